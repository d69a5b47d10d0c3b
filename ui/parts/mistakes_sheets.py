"""Sheets of pictures: a thousand in one image, so that a browser shows any of them without asking."""

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from ui import served, services
from ui.parts.mistakes_pictures import Pictures

PER, COLUMNS = 1_000, 40  # pictures on one sheet
LARGEST = 64  # pixels a side; larger pictures are made small for the sheets


def sheets(
    key: tuple[Any, ...], count: int, side: int, channels: int, take: Callable[[int, int], Any]
) -> dict[str, Any]:
    """Where the pictures are: a thousand on each sheet. `take(first, last)` gives some as bytes (N, C, H, W)."""
    side, kind = min(side, LARGEST), "png" if channels == 1 else "webp"
    addresses = [
        served.offer(kind, ("sheet", key, first), _making(take, first, min(first + PER, count), side))
        for first in range(0, count, PER)
    ]
    return {"addresses": addresses, "per": PER, "columns": COLUMNS, "side": side}


def _making(take: Callable[[int, int], Any], first: int, last: int, side: int) -> Callable[[], bytes]:
    return lambda: sheet(np.asarray(take(first, last)), side)


def sheet(images: Any, side: int) -> bytes:
    """Pictures (N, C, H, W) as one image with so many columns, each a square of `side` pixels."""
    import io

    count, channels, height, width = images.shape
    tiles = np.zeros((-(-count // COLUMNS) * COLUMNS, side, side, channels), np.uint8)
    moved = np.moveaxis(images, 1, -1)
    if (height, width) == (side, side):
        tiles[:count] = moved
    else:
        for i, one in enumerate(moved):
            small = Image.fromarray(one[..., 0] if channels == 1 else one)
            small.thumbnail((side, side))
            top, left = (side - small.height) // 2, (side - small.width) // 2
            tiles[i, top : top + small.height, left : left + small.width] = np.asarray(small).reshape(
                small.height, small.width, channels
            )
    grid = tiles.reshape(-1, COLUMNS, side, side, channels).swapaxes(1, 2).reshape(-1, COLUMNS * side, channels)
    file = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(grid[..., 0] if channels == 1 else grid))
    if channels == 1:
        picture.save(file, "PNG", compress_level=6)
    else:
        picture.save(file, "WEBP", quality=88, method=2)
    return file.getvalue()


def small(picture: Any) -> Any:
    """A uint8 picture (C, H, W) as an image (H, W) or (H, W, 3)."""
    array = np.asarray(picture)
    return array[0] if array.shape[0] == 1 else np.moveaxis(array, 0, -1)


def test_sheets(pictures: Pictures) -> dict[str, Any]:
    """The sheets of a dataset's test pictures."""
    name = pictures.dataset
    _, channels, height, width = pictures.x.shape
    return sheets(
        pictures.key[:3], len(pictures.truth), max(height, width), channels,
        lambda first, last: services.dataset(name).x_test[first:last].numpy(),
    )  # fmt: skip
