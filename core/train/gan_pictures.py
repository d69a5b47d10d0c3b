"""Pictures as a GAN learns them: square, 32x32 or 64x64, the whole set at once; and which of a dataset they are."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.config import RunConfig
from core.data.dataset import Dataset
from core.errors import LabError

FEWEST = 8  # pictures that a GAN can be asked to learn from
SMALL = 40  # up to this side a picture becomes 32x32, larger ones 64x64


def learned(config: RunConfig, data: Dataset) -> tuple[Tensor, Tensor]:
    """The pictures that a run learns from, squared, with their labels; a sentence where there are too few."""
    if config.conditional and not data.labelled:
        raise LabError(f"Dataset {data.name!r} has no labels; a generator by class needs some: switch `By class` off.")
    x, labels = data.x_train, data.y_train
    if config.train_size and config.train_size < len(x):
        chosen = torch.randperm(len(x), generator=torch.Generator().manual_seed(config.seed))[: config.train_size]
        x, labels = x[chosen], labels[chosen]
    if len(x) < FEWEST:
        raise LabError(
            f"Dataset {data.name!r} has {len(x)} pictures; a GAN needs {FEWEST} at least, and 1,000 to be any good."
        )
    return squared(x), labels


def squared(x: Tensor) -> Tensor:
    """uint8 (N, C, H, W) of any size -> uint8 (N, C, S, S) with S 32 or 64; the middle is kept, the rest cut off."""
    height, width = x.shape[-2:]
    side = 32 if min(height, width) <= SMALL else 64
    if height == width == side:
        return x
    if max(height, width) <= side:  # MNIST's 28x28: a margin, not a blur
        top, left = (side - height) // 2, (side - width) // 2
        return F.pad(x.float(), (left, side - width - left, top, side - height - top), mode="replicate").to(torch.uint8)
    least = min(height, width)
    top, left = (height - least) // 2, (width - least) // 2
    middle = x[:, :, top : top + least, left : left + least]
    parts = [
        F.interpolate(part.float(), (side, side), mode="bilinear", antialias=True)
        .round_()
        .clamp_(0, 255)
        .to(torch.uint8)
        for part in middle.split(512)
    ]
    return torch.cat(parts)
