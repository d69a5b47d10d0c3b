"""A contact sheet: a row of drawings for every character of the built-in strokes.

`python -m core.data.sheet docs/pictures/strokes.png` makes the one in the documentation.
"""

import sys

import torch
from PIL import Image

from core.data.glyphs import GLYPHS
from core.data.strokes import SIDE, draw_set

GAP = 4  # pixels between the digits' half and the letters'


def sheet(per_class: int = 16, seed: int = 7, classes: tuple[str, ...] = tuple(GLYPHS)) -> torch.Tensor:
    """(rows * 28, per_class * 28) uint8, one row for each class."""
    rows = []
    for number, name in enumerate(classes):
        pictures, _ = draw_set(per_class, seed + number, (name,))
        rows.append(torch.cat(list(pictures[:, 0]), 1))
    return torch.cat(rows)


def side_by_side(columns: int = 2) -> Image.Image:
    """All 34 characters in some columns, dark on light paper as in a copybook."""
    names = tuple(GLYPHS)
    rows = -(-len(names) // columns)
    blocks = [sheet(classes=names[start : start + rows]) for start in range(0, len(names), rows)]
    height = rows * SIDE
    white = [torch.zeros(height, GAP * SIDE // 2, dtype=torch.uint8)] * (len(blocks) - 1)
    padded = [torch.nn.functional.pad(block, (0, 0, 0, height - len(block))) for block in blocks]
    parts = [part for pair in zip(padded, [*white, None], strict=True) for part in pair if part is not None]
    return Image.fromarray((255 - torch.cat(parts, 1)).numpy())


if __name__ == "__main__":
    side_by_side().save(sys.argv[1], optimize=True)
