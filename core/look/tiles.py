"""Tiles: numbers to colours on one scale, and all maps of a layer as one picture."""

import math

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Picture = NDArray[np.uint8]  # (height, width, 3)

# One diverging scale everywhere: blue below zero, white at zero, orange above. Blue and orange stay apart for all
# common kinds of colour blindness, and in grey both get darker away from zero, so signs are printed, too.
BELOW = ((255, 255, 255), (146, 197, 238), (33, 113, 181), (8, 48, 107))
ABOVE = ((255, 255, 255), (253, 190, 112), (217, 95, 2), (127, 39, 4))


def scale() -> Picture:
    """511 colours: index 0 is −1, 255 is zero, 510 is +1."""
    return np.concatenate([_ramp(BELOW)[::-1], _ramp(ABOVE)[1:]])


def coloured(values: Tensor, most: float | None = None) -> Picture:
    """Numbers as colours, (…, 3); `most` is the value of the strongest colour, by default the largest there is."""
    numbers = np.nan_to_num(values.detach().cpu().double().numpy())
    top = most or float(np.abs(numbers).max(initial=0)) or 1.0
    colours: Picture = scale()[np.rint(np.clip(numbers / top, -1, 1) * 255).astype(int) + 255]
    return colours


def tiled(maps: Tensor, columns: int | None = None, most: float | None = None, gap: int = 1) -> Picture:
    """(channels, height, width) as one picture with every channel in it, a grey line between them."""
    count, height, width = maps.shape
    columns = columns or max(1, math.ceil(math.sqrt(count * height / width)))
    rows = math.ceil(count / columns)
    picture = np.full((rows * (height + gap) + gap, columns * (width + gap) + gap, 3), 128, np.uint8)
    colours = coloured(maps, most)
    for i in range(count):
        top, left = i // columns * (height + gap) + gap, i % columns * (width + gap) + gap
        picture[top : top + height, left : left + width] = colours[i]
    return picture


def enlarged(picture: Picture, smallest: int = 240) -> Picture:
    """Pixels become squares, so that no viewer smooths them away."""
    factor = max(1, -(-smallest // max(picture.shape[:2])))
    return picture.repeat(factor, 0).repeat(factor, 1)


def shown(picture: Tensor) -> Picture:
    """A uint8 picture (C, H, W) as (H, W, 3)."""
    array: Picture = (
        picture.expand(3, -1, -1).permute(1, 2, 0).cpu().numpy()
        if picture.shape[0] == 1
        else (picture[:3].permute(1, 2, 0).cpu().numpy())
    )
    return np.ascontiguousarray(array)


def _ramp(stops: tuple[tuple[int, int, int], ...]) -> Picture:
    at = np.linspace(0, 255, len(stops))
    steps = np.arange(256)
    return np.stack([np.interp(steps, at, [stop[i] for stop in stops]) for i in range(3)], 1).round().astype(np.uint8)
