"""Damage: accuracy after surgery, and how far it falls when each filter of a layer is muted."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import prod

import torch
from torch import Tensor, nn

from core.look.opened import Opened
from core.look.surgery import convolution, norm_after

CHUNK = 500  # pictures at once: their maps stay in the processor's cache
WORK = 2e11  # multiply-adds that a page may wait for: about four seconds on two cores
FEWEST = 200  # pictures: fewer say nothing about accuracy
MEMORY = 400_000_000  # bytes of kept activations; what does not fit is computed each time


@dataclass(frozen=True, eq=False)
class Below:
    """What all layers before one of them make of many pictures: computed once, whatever is cut above."""

    layer: int  # the number of the first layer that is not done yet
    chunks: tuple[Tensor, ...]  # what that layer gets
    labels: Tensor

    @property
    def count(self) -> int:
        return len(self.labels)


def affordable(opened: Opened, count: int, passes: int = 1) -> int:
    """How many of so many pictures can be judged so many times while somebody waits."""
    each = max(sum(row.macs for row in opened.rows), 1) * passes
    return min(count, max(FEWEST, int(WORK / each)))


def below(opened: Opened, pictures: Tensor, labels: Tensor, path: str) -> Below:
    """Runs uint8 pictures up to the layer that holds `path`; or keeps them as they are where the maps are too many."""
    layer = int(path.split(".")[1])
    while layer:
        size = 4 * prod(opened.net.places[layer].before)  # bytes per picture of what comes in here
        if size * len(pictures) <= MEMORY:
            break
        layer -= 1
    with torch.inference_mode():
        chunks = tuple(opened.net.layers[:layer](opened.eats(chunk)) for chunk in pictures.split(CHUNK))
    return Below(layer, chunks, labels)


def accuracy(opened: Opened, start: Below) -> float:
    """The share of right answers, going on from what is already done."""
    right = 0
    with torch.inference_mode():
        for x, labels in zip(start.chunks, start.labels.split(CHUNK), strict=True):
            answers = opened.net.layers[start.layer :](x)
            right += int((answers.argmax(1) == labels).sum())
    return right / max(start.count, 1)


def ranking(opened: Opened, start: Below, path: str, told: Callable[[float], None] | None = None) -> list[float]:
    """For each filter of a convolution: by how much accuracy falls when it alone is muted (negative: it rises)."""
    opened = opened.private()
    whole = accuracy(opened, start)
    layer: nn.Module = norm_after(opened, path) or convolution(opened, path)
    filters = convolution(opened, path).out_channels
    damage = []
    for number in range(filters):
        hook = layer.register_forward_hook(partial(_mute, number))
        try:
            damage.append(whole - accuracy(opened, start))
        finally:
            hook.remove()
        if told:
            told((number + 1) / filters)
    return damage


def _mute(number: int, layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
    output[:, number] = 0
