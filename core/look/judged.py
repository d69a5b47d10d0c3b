"""Judged: what a network says to many pictures whose right answers are known, with the loss of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from core.errors import LabError
from core.look.opened import Opened

MOST = 10_000  # pictures: more can be told apart neither in a matrix nor on a map
CHUNK = 500  # pictures at once: their maps stay in the processor's cache
WIDE = 512  # features from which on they are kept in half precision

Numbers = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Judged:
    """One entry per picture."""

    truth: Numbers  # (N,) number of the right class
    probabilities: Numbers  # (N, classes) float32
    losses: Numbers  # (N,) float32: minus the logarithm of the right class's probability
    features: Numbers  # (N, D): what the last layer gets, the network's summary of a picture

    def __len__(self) -> int:
        return len(self.truth)

    @cached_property
    def answers(self) -> Numbers:
        """(N,) the class that the network finds likeliest."""
        found: Numbers = self.probabilities.argmax(1)
        return found

    @cached_property
    def right(self) -> Numbers:
        """(N,) whether that is the right one."""
        found: Numbers = self.answers == self.truth
        return found

    @property
    def accuracy(self) -> float:
        return float(self.right.mean()) if len(self) else 0.0

    def first(self, count: int) -> "Judged":
        """The first so many pictures."""
        return Judged(self.truth[:count], self.probabilities[:count], self.losses[:count], self.features[:count])

    def without_features(self) -> "Judged":
        """The same, smaller."""
        return replace(self, features=np.zeros((len(self), 0), np.float32))


def judged(
    opened: Opened, pictures: Tensor, truth: Tensor, told: Callable[[float], None] = lambda share: None
) -> Judged:
    """Shows uint8 pictures (N, C, H, W) to a network, chunk by chunk; `told` hears how far it is, 0..1."""
    if len(pictures) != len(truth):
        raise LabError(f"There are {len(pictures):,} pictures and {len(truth):,} labels; allowed: one label each.")
    opened = opened.private()  # others may be reading with the same network: the hook is on a copy
    seen: list[Tensor] = []
    last = next((each for each in reversed(list(opened.net.modules())) if isinstance(each, nn.Linear)), None)
    if last is not None:
        last.register_forward_pre_hook(lambda _, given: seen.append(given[0].flatten(1)))
    parts: list[tuple[Numbers, Numbers, Numbers]] = []
    done = 0
    for chunk, labels in zip(pictures.split(CHUNK), truth.split(CHUNK), strict=True):
        seen.clear()
        with torch.inference_mode():
            logits = opened.net(opened.eats(chunk)).float()
            losses = F.cross_entropy(logits, labels, reduction="none")
            features = seen[0] if seen else logits  # without a last layer of weights its answers are all it has
            exact = torch.float32 if features.shape[1] <= WIDE else torch.float16
        parts.append((torch.softmax(logits, 1).numpy(), losses.numpy(), features.to(exact).numpy().copy()))
        done += len(chunk)
        told(done / len(pictures))
    if not parts:
        empty = np.zeros((0, len(opened.classes)), np.float32)
        return Judged(truth.numpy(), empty, empty[:, 0], empty)
    probabilities, losses_, features_ = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Judged(truth.numpy().copy(), probabilities, losses_, features_)


def mapped(labels: Tensor, names: Sequence[str], classes: Sequence[str]) -> Tensor:
    """Labels of a dataset with the classes `names` as numbers of a network's `classes`; a sentence if it has others."""
    strange = [name for name in names if name not in classes]
    if strange:
        shown = ", ".join(strange[:5]) + (" …" if len(strange) > 5 else "")
        raise LabError(
            f"The pictures have classes that this network does not know: {shown}. It knows: {', '.join(classes)}."
        )
    return torch.tensor([list(classes).index(name) for name in names])[labels]
