"""The atlas: for every latent index what it changes, how much, and how far it can go. R0's open question as a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from core.latent.directions import points, straight
from core.latent.sampler import Sampler
from core.nets.eye import features

BASES = 6  # ordinary pictures from which each index is moved
STEP = 1.5  # how far, both ways, for picture and effect
FAR = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0)  # how far for the range; training saw hardly anything beyond 3
TRIED = 3  # pictures per place of the range
DOUBT = 0.05  # implausible: fewer ordinary pictures convince the discriminator less, or look stranger to the eye
SIDE = 32  # of the effect's picture
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Atlas:
    """One row per index."""

    attributes: tuple[str, ...]
    pictures: Tensor  # (indices, 32, 32) uint8: mean |dG/dz_i| over colours, 255 is the most any index changes
    size: Tensor  # (indices,): mean change of a pixel per unit, in 255ths
    moved: Tensor  # (indices, attributes): per unit, in standard deviations over ordinary pictures
    low: Tensor  # (indices,): from here …
    high: Tensor  # … to here most pictures stay plausible

    def strongest(self, index: int) -> list[tuple[str, float]]:
        """What an index moves, most first."""
        row = self.moved[index].tolist()
        return sorted(zip(self.attributes, row, strict=True), key=lambda pair: -abs(pair[1]))

    def of(self, attribute: str) -> list[int]:
        """The indices that move an attribute, most first."""
        return self.moved[:, self.attributes.index(attribute)].abs().argsort(descending=True).tolist()

    def tensors(self) -> dict[str, Tensor]:
        """For keeping beside the weights."""
        half = {name: getattr(self, name).half() for name in ("size", "moved", "low", "high")}
        words = torch.tensor(list("\n".join(self.attributes).encode()), dtype=torch.uint8)
        return {f"atlas.{name}": value for name, value in {**half, "pictures": self.pictures, "words": words}.items()}


def kept(tensors: Mapping[str, Tensor]) -> Atlas | None:
    """The atlas that was stored with the weights, if there is one."""
    if "atlas.words" not in tensors:
        return None
    words = tuple(bytes(tensors["atlas.words"].tolist()).decode().split("\n"))
    size, moved, low, high = (tensors[f"atlas.{name}"].float() for name in ("size", "moved", "low", "high"))
    return Atlas(words, tensors["atlas.pictures"], size, moved, low, high)


@torch.inference_mode()
def atlas(sampler: Sampler, progress: Progress | None = None) -> Atlas:
    """Moves each index from a few ordinary pictures, one at a time, and looks at what happens."""
    lines, fits = straight(sampler)  # many pictures: six would only show their own accidents
    ordinary = points(sampler, 256, seed=21)
    labels = torch.arange(256) % len(sampler.classes) if sampler.classes else None
    usual = sampler.many(ordinary, labels)
    strange = Strangeness(usual)
    oddness, answers = strange(usual), sampler.judged(usual, labels).float()
    most, least = oddness.quantile(1 - DOUBT), answers.quantile(DOUBT)
    plain = ((oddness <= oddness.median()) & (answers >= answers.quantile(0.25))).nonzero()[:BASES, 0]
    z = ordinary[plain if len(plain) == BASES else torch.arange(BASES)]  # from pictures that are not odd themselves
    y = torch.arange(BASES) % len(sampler.classes) if sampler.classes else None
    pictures, sizes, lows, highs = [], [], [], []
    for index in range(sampler.size):
        places = torch.cat([moved_to(z, index, z[:, index] + STEP), moved_to(z, index, z[:, index] - STEP)])
        far = torch.cat([moved_to(z[:TRIED], index, sign * value) for sign in (-1, 1) for value in FAR])
        again = None if y is None else torch.cat([y, y, y[:TRIED].repeat(2 * len(FAR))])
        made = sampler.many(torch.cat([places, far]), again, batch=32)
        more, less = made[:BASES].float(), made[BASES : 2 * BASES].float()
        change = (more - less).abs().mean((0, 1)) / (2 * STEP) * 127.5
        pictures.append(F.adaptive_avg_pool2d(change[None, None], SIDE)[0, 0])
        sizes.append(change.mean())
        tried, told = made[2 * BASES :], None if again is None else again[2 * BASES :]
        believed = (sampler.judged(tried, told).float() >= least) & (strange(tried) <= most)
        low, high = believed.view(2, len(FAR), TRIED).float().mean(2).tolist()
        lows.append(0.0 - reach(low))
        highs.append(reach(high))
        if progress:
            progress((index + 1) / sampler.size)
    stacked = torch.stack(pictures)
    shown = (stacked / stacked.max().clamp_min(1e-6) * 255).round().to(torch.uint8)
    return Atlas(tuple(fits), shown, torch.stack(sizes), lines, torch.tensor(lows), torch.tensor(highs))


class Strangeness:
    """How far a picture lies from the cloud of ordinary ones, as the lab's eye sees it (Mahalanobis distance)."""

    def __init__(self, usual: Tensor) -> None:
        seen = features(usual.float())
        self.middle = seen.mean(0)
        cov = torch.cov(seen.T)
        # few pictures for so many features: pulled towards a round cloud
        self.inverse = torch.linalg.inv(0.5 * cov + 0.5 * torch.eye(len(cov)) * cov.diagonal().mean())

    def __call__(self, x: Tensor) -> Tensor:
        apart = features(x.float()) - self.middle
        far: Tensor = ((apart @ self.inverse) * apart).sum(1).sqrt()
        return far


def moved_to(z: Tensor, index: int, value: Tensor | float) -> Tensor:
    """The same places with another number at one index."""
    other = z.clone()
    other[:, index] = value
    return other


def reach(shares: list[float]) -> float:
    """The farthest place up to which at least half of the pictures are believed, beginning from the middle."""
    farthest = 0.0
    for value, share in zip(FAR, shares, strict=True):
        if share < 0.5:
            break
        farthest = value
    return farthest
