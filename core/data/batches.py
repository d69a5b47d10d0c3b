"""Batches: the training set once through, in an order that only the seed and the epoch decide."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from core.config import RunConfig
from core.data.augment import augment, augments
from core.data.scaling import scaled


def order(n: int, seed: int, epoch: int, shuffle: bool) -> Tensor:
    """The order of the pictures in one epoch: the same again for the same seed and epoch, whatever came before."""
    if not shuffle:
        return torch.arange(n)
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed * 1_000_003 + epoch))


def parts(places: Tensor, size: int) -> list[Tensor]:
    """The order cut into batches. A last picture all by itself joins the batch before: batch norm needs company."""
    cut: list[Tensor] = list(torch.split(places, size))
    if size > 1 and len(cut) > 1 and len(cut[-1]) == 1:
        cut[-2:] = [torch.cat(cut[-2:])]
    return cut


def steps_per_epoch(n: int, size: int) -> int:
    """How many batches `parts` makes of n pictures."""
    return max(1, n // size) if n % size == 1 < size else -(-n // size)


def batches(
    x: Tensor,
    y: Tensor,
    config: RunConfig,
    mean: Sequence[float],
    std: Sequence[float],
    epoch: int,
    generator: torch.Generator | None,
    start: int = 0,
) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch's batches from number `start` on, scaled and augmented; the last one may be smaller.

    The generator (on the pictures' device) feeds the augmentation only, so a resumed run that restores it
    and says where it stopped sees the very same pictures.
    """
    places = order(len(x), config.seed, epoch, config.shuffle).to(x.device)
    augmenting = augments(config)
    for chosen in parts(places, config.batch_size)[start:]:
        pictures = x.index_select(0, chosen)
        if augmenting:
            assert generator is not None, "augmentation needs a generator"
            pictures = augment(pictures, config, generator)
        yield scaled(pictures, config.scale, mean, std), y.index_select(0, chosen)
