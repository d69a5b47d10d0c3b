"""Dataset: a set of pictures as two tensors and their labels, whole, uint8, on one device."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core.errors import LabError

Colours = tuple[float, ...]  # one figure per channel


@dataclass(frozen=True, eq=False)
class Dataset:
    """Training and test pictures with labels; a small set is simply held in memory, there is no loader."""

    name: str
    x_train: Tensor  # (N, C, H, W) uint8, contiguous
    y_train: Tensor  # (N,) int64
    x_test: Tensor
    y_test: Tensor
    classes: tuple[str, ...]  # empty: pictures without labels, for generators
    mean: Colours  # per channel, of the training pixels scaled to 0..1
    std: Colours

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of one picture."""
        channels, height, width = self.x_train.shape[1:]
        return channels, height, width

    @property
    def labelled(self) -> bool:
        """False for pictures without labels: a generator can learn from them, a classifier cannot."""
        return bool(self.classes)

    def to(self, device: torch.device | str) -> "Dataset":
        """The same set with all its tensors on that device."""
        tensors = {name: getattr(self, name).to(device) for name in ("x_train", "y_train", "x_test", "y_test")}
        return replace(self, **tensors)


def made(name: str, train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], classes: Sequence[str]) -> Dataset:
    """A Dataset with its mean and spread measured; the tensors are (N, C, H, W) uint8 and (N,) labels."""
    (x_train, y_train), (x_test, y_test) = train, test
    if not len(x_train):
        raise LabError(f"Dataset {name!r} has no training pictures; allowed: at least one.")
    mean, std = moments(x_train)
    return Dataset(
        name, x_train.contiguous(), y_train.long(), x_test.contiguous(), y_test.long(), tuple(classes), mean, std
    )


def moments(x: Tensor) -> tuple[Colours, Colours]:
    """Mean and standard deviation per channel of uint8 pictures, as if their pixels were 0..1."""
    total = torch.zeros(2, x.shape[1], dtype=torch.float64)
    for part in torch.split(x, 4096):  # bounded memory: the float copy is four times as large
        pixels = part.float()
        sums = torch.stack([pixels.sum((2, 3)), pixels.square_().sum((2, 3))])  # one picture fits a float's precision
        total += sums.double().sum(1).cpu()
    mean, square = total * x.shape[1] / x.numel()
    std = (square - mean.square()).clamp_min(0).sqrt()
    return tuple((mean / 255).tolist()), tuple((std / 255).tolist())
