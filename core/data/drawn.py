"""A drawing as the pen's own path: strokes with their widths, packed into a short text, painted at any size."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.errors import LabError

UNIT = 10_000  # the pad is a square of so many units: finer than any screen, and fits 16 bits
SIDE = 320  # pixels of the painted picture: where looking for ink begins, so nothing is scaled twice
SOFT = 2  # painted so many times larger and averaged: soft rims, as a pen leaves them
MOST = 60_000  # numbers in one drawing: half an hour of scribbling


@dataclass(frozen=True, eq=False)
class Stroke:
    """From pen down to pen up."""

    width: int  # in units of the pad
    points: NDArray[np.uint16]  # (n, 2): x, y in units of the pad, y downwards


def unpack(text: str) -> tuple[Stroke, ...]:
    """Strokes from what the ink pad sends: base64 of 16-bit numbers `width, count, x, y, x, y …` for each stroke."""
    try:
        numbers = np.frombuffer(base64.b64decode(text, validate=True), "<u2")
    except (binascii.Error, ValueError):
        raise LabError("The drawing's text is damaged: it is not base64 of 16-bit numbers.") from None
    if len(numbers) > MOST:
        raise LabError(f"The drawing has {len(numbers):,} numbers; allowed: up to {MOST:,}. Clear the pad.")
    strokes, at = [], 0
    while at < len(numbers):
        width, count = (int(numbers[at]), int(numbers[at + 1])) if at + 1 < len(numbers) else (0, 0)
        end = at + 2 + 2 * count
        if not 0 < width <= UNIT or not count or end > len(numbers) or numbers[at + 2 : end].max() > UNIT:
            raise LabError(f"The drawing's text is damaged at number {at}; allowed: width, count, then x, y per point.")
        strokes.append(Stroke(width, numbers[at + 2 : end].reshape(count, 2)))
        at = end
    return tuple(strokes)


def pack(strokes: Iterable[Stroke]) -> str:
    """The text that `unpack` reads."""
    parts = [np.concatenate([[each.width, len(each.points)], each.points.ravel()]) for each in strokes]
    numbers = np.concatenate(parts) if parts else np.zeros(0)
    return base64.b64encode(numbers.astype("<u2").tobytes()).decode()


def picture(strokes: Sequence[Stroke], side: int = SIDE) -> NDArray[np.uint8]:
    """(side, side): dark ink on white paper, at the place and in the size it was drawn."""
    paper = Image.new("L", (side * SOFT, side * SOFT), 255)
    pen = ImageDraw.Draw(paper)
    scale = side * SOFT / UNIT
    for stroke in strokes:
        path = stroke.points.astype(np.float32) * scale
        radius = max(stroke.width * scale / 2, 0.5)
        if len(path) > 1:
            pen.line(path.ravel().tolist(), fill=0, width=max(round(2 * radius), 1))
        for x, y in path.tolist():  # a blot at every point: round ends and joints, and a dot of a single tap
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    return np.asarray(paper.reduce(SOFT))
