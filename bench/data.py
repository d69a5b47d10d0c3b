"""Speed: how fast sets are drawn, batches made and pictures augmented, as figures for the bench."""

import time
from collections.abc import Callable

import torch

from core.config import RunConfig
from core.data.augment import augment
from core.data.batches import batches
from core.data.strokes import draw_set

BATCH = 256
CIFAR = RunConfig(crop=4, flip=True, cutout=8)
AFFINE = RunConfig(rotate=10, shift=0.1, zoom=0.1, shear=5)
COLOUR = RunConfig(brightness=0.2, contrast=0.2, saturation=0.2, sharpness=0.2)


def measure(quick: bool = False) -> dict[str, float]:
    """Milliseconds per batch and pictures per second, with the number of threads torch has now."""
    luck = torch.Generator().manual_seed(0)
    grey = torch.randint(0, 256, (20_000, 1, 28, 28), dtype=torch.uint8, generator=luck)
    colour = torch.randint(0, 256, (10_000, 3, 32, 32), dtype=torch.uint8, generator=luck)
    count = 6_000 if quick else 60_000
    draw_set(340, 0)  # warm-up
    start = time.perf_counter()
    draw_set(count, 0)
    drawing = time.perf_counter() - start
    return {
        "threads": torch.get_num_threads(),
        "strokes_per_second": count / drawing,
        "strokes_seconds_for_60000": 60_000 * drawing / count,
        "batch_ms_28x28_grey": _batch_ms(grey),
        "batch_ms_32x32_colour": _batch_ms(colour),
        "crop_flip_cutout_per_second_32x32_colour": _per_second(lambda: augment(colour[:BATCH], CIFAR, luck)),
        "affine_per_second_28x28_grey": _per_second(lambda: augment(grey[:BATCH], AFFINE, luck)),
        "colour_per_second_32x32_colour": _per_second(lambda: augment(colour[:BATCH], COLOUR, luck)),
    }


def _batch_ms(x: torch.Tensor) -> float:
    labels = torch.zeros(len(x), dtype=torch.int64)
    best = float("inf")
    for epoch in range(3):  # the best of three: a busy machine only ever makes it slower
        mean = (0.1, 0.2, 0.3)[: x.shape[1]]
        start = time.perf_counter()
        steps = sum(1 for _ in batches(x, labels, RunConfig(batch_size=BATCH), mean, mean, epoch, None))
        best = min(best, (time.perf_counter() - start) / steps)
    return best * 1000


def _per_second(work: Callable[[], object], repeat: int = 10) -> float:
    best = float("inf")
    for _ in range(4):
        start = time.perf_counter()
        for _ in range(repeat):
            work()
        best = min(best, (time.perf_counter() - start) / repeat)
    return BATCH / best
