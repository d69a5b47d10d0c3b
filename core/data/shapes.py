"""What the full canvas holds, painted: freehand and straight lines, boxes and circles, wherever they were moved to."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.errors import LabError

Points = NDArray[np.float64]
Picture = NDArray[np.uint8]

SOFT = 3  # painted so many times larger and averaged
BOWS = 6  # straight pieces of one bow
RING = 64  # straight pieces of a circle
BEYOND = 100_000.0  # pixels: nothing on a canvas is farther away
MOST = 2_000  # things on one canvas
ORIGIN = {"left": 0.5, "top": 0.5, "center": 0.0, "right": -0.5, "bottom": -0.5}  # where left and top are measured from


def picture(things: Sequence[Any], size: tuple[int, int]) -> Picture:
    """(height, width): white paper with everything on it, later things over earlier ones; `size` is width, height."""
    if len(things) > MOST:
        raise LabError(f"The canvas holds {len(things):,} lines; allowed: up to {MOST:,}. Clear it.")
    return painted(np.full(size[::-1], 255, np.uint8), things)


def painted(paper: Picture, things: Sequence[Any]) -> Picture:
    """The same paper with some things more."""
    sheet = Image.fromarray(paper)
    try:
        for thing in things:
            _paint(sheet, thing)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
        raise LabError("What came from the canvas is damaged. Clear the canvas and draw again.") from None
    return np.asarray(sheet)


def right_edge(thing: Any) -> float:
    """How far to the right a thing reaches."""
    path, width = _placed(thing)
    return float(path[:, 0].max() + width / 2)


def _paint(sheet: Image.Image, thing: Any) -> None:
    """Paints only where the thing is, so that a line which grows costs no more than its last stroke."""
    path, width = _placed(thing)
    colour, half = _grey(thing["stroke"]), width / 2 + 1
    left, top = np.maximum(np.floor(path.min(axis=0) - half), 0).astype(int).tolist()
    right, bottom = np.minimum(np.ceil(path.max(axis=0) + half), sheet.size).astype(int).tolist()
    if left >= right or top >= bottom:
        return  # moved off the canvas
    mask = Image.new("L", ((right - left) * SOFT, (bottom - top) * SOFT), 0)
    pen = ImageDraw.Draw(mask)
    path, radius = (path - (left, top)) * SOFT, max(width * SOFT / 2, 0.5)
    pen.line(path.ravel().tolist(), fill=255, width=2 * int(radius - 0.5) + 1)  # odd: as wide on either side
    radius -= 0.5 if len(path) > 1 else 0  # of the round ends and joints: never wider than the line
    for x, y in path.tolist():
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    sheet.paste(colour, (left, top), mask.reduce(SOFT))


def _placed(thing: Any) -> tuple[Points, float]:
    """The line through a thing's points on the canvas, and how wide it is."""
    local = _OUTLINES[str(thing["type"]).lower()](thing)
    grow = np.array([float(thing["scaleX"]), float(thing["scaleY"])])
    pen, uniform = float(thing["strokeWidth"]), bool(thing.get("strokeUniform"))
    extent = np.array([float(thing["width"]), float(thing["height"])])
    extent = extent * grow + pen if uniform else (extent + pen) * grow
    angle = math.radians(float(thing.get("angle", 0)))
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])  # for row vectors
    origin = np.array([ORIGIN[thing["originX"]], ORIGIN[thing["originY"]]])
    middle = np.array([float(thing["left"]), float(thing["top"])]) + (origin * extent) @ turn
    mirror = np.array([-1.0 if thing.get("flipX") else 1.0, -1.0 if thing.get("flipY") else 1.0])
    path = (local * grow * mirror) @ turn + middle
    width = pen if uniform else pen * float(abs(grow).mean())
    if not np.isfinite(path).all() or abs(path).max() > BEYOND or not 0 <= width <= BEYOND:
        raise ValueError("off the canvas")
    return path, width


def _freehand(thing: Any) -> Points:
    """The pen's path, its middle at 0, 0."""
    points: list[tuple[float, float]] = []
    for command, *numbers in thing["path"]:
        ends = [(float(x), float(y)) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
        if command == "Q" and points:
            points += _bow(points[-1], *ends)
        else:
            points += ends[-1:]
    path = np.array(points, np.float64).reshape(-1, 2)
    return np.asarray(path - (path.min(axis=0) + path.max(axis=0)) / 2)


def _bow(start: tuple[float, float], pull: tuple[float, float], end: tuple[float, float]) -> Iterable[Any]:
    """A quadratic Bezier curve, without its start."""
    for step in range(1, BOWS + 1):
        t = step / BOWS
        yield tuple(
            (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c for a, b, c in zip(start, pull, end, strict=True)
        )


def _straight(thing: Any) -> Points:
    return np.array([[thing["x1"], thing["y1"]], [thing["x2"], thing["y2"]]], np.float64)


def _box(thing: Any) -> Points:
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]], np.float64)
    return np.asarray(corners * (float(thing["width"]) / 2, float(thing["height"]) / 2))


def _circle(thing: Any) -> Points:
    turn = np.linspace(0, 2 * math.pi, RING + 1)
    return np.asarray(np.stack([np.cos(turn), np.sin(turn)], axis=1) * float(thing["radius"]))


_OUTLINES = {"path": _freehand, "line": _straight, "rect": _box, "circle": _circle}


def _grey(colour: str) -> int:
    """`#rrggbb` -> how bright it is, 0 to 255."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return round(0.299 * red + 0.587 * green + 0.114 * blue)
