"""The nearest training pictures: those most alike pixel by pixel, or most alike in a network's own eyes."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.look.predictor import Predictor

BATCH = 2048  # pictures turned into floats at a time: 60,000 of them at once would take 188 MB


@dataclass(frozen=True)
class Near:
    """One training picture and how alike it is: 1 is the same, 0 has nothing in common."""

    index: int
    alike: float


@dataclass(frozen=True, eq=False)
class Neighbours:
    """A predictor beside training pictures (N, 1, 28, 28); their features are worked out when first asked for."""

    predictor: Predictor
    images: Tensor
    most: int = 20_000  # pictures whose features are kept; pixels are compared with all

    def pixels(self, image: NDArray[np.uint8], count: int = 5) -> list[Near]:
        """The training pictures most alike to a prepared 28x28 drawing, pixel by pixel."""
        return by_pixels(torch.from_numpy(np.array(image))[None], self.images, count)

    def features(self, image: NDArray[np.uint8], count: int = 5) -> list[Near]:
        """Those most alike to it in this network's own eyes."""
        mine = features(self.predictor.net, self._eats, torch.from_numpy(np.array(image))[None, None])
        return by_features(mine[0], self._known, count)

    @cached_property
    def _known(self) -> Tensor:
        return features(self.predictor.net, self._eats, self.images[: self.most])

    def _eats(self, part: Tensor) -> Tensor:
        return self.predictor.eats(list(part[:, 0].numpy()))


def by_pixels(picture: Tensor, images: Tensor, count: int = 5) -> list[Near]:
    """The uint8 `images` (N, C, H, W) most alike to a uint8 picture (C, H, W): the cosine of their pixels."""
    wanted = picture.flatten().float()
    alike = torch.cat([_cosine(part.flatten(1).float(), wanted) for part in images.split(BATCH)])
    return _best(alike, count)


def by_features(feature: Tensor, features: Tensor, count: int = 5) -> list[Near]:
    """The rows of `features` (N, D) that point the same way as `feature` (D,)."""
    return _best(_cosine(features, feature), count)


@torch.inference_mode()
def features(net: nn.Module, eats: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """(N, D): what the last layer gets of each picture, the network's summary of it. `eats` scales uint8 pictures."""
    net = copy.deepcopy(net).eval()  # others may be reading with the same network: the hook is on a copy
    seen: list[Tensor] = []
    for last in [module for module in net.modules() if isinstance(module, nn.Linear)][-1:]:
        last.register_forward_pre_hook(lambda _, given: seen.append(given[0].flatten(1).float()))
    answers = [net(eats(part)).float() for part in images.split(BATCH)]
    return torch.cat(seen or answers).cpu()  # a network without a last layer of weights: its answers are all it has


def _cosine(rows: Tensor, wanted: Tensor) -> Tensor:
    lengths = rows.norm(dim=1) * wanted.norm()
    cosine: Tensor = (rows @ wanted) / lengths.clamp_min(1e-9)
    return cosine


def _best(alike: Tensor, count: int) -> list[Near]:
    values, places = alike.topk(min(count, len(alike)))
    return [Near(int(place), float(value)) for place, value in zip(places, values, strict=True)]
