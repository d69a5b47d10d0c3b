"""From any picture of one character to the 28x28 that a network reads: white ink on black, made as MNIST was made."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from core.data import paper
from core.data.pixels import Bytes, Floats, grey, shrunk

CHARACTERS = ("mnist", "strokes", "strokes-digits", "strokes-greek", "class-drawings")  # the sets made as MNIST was
SIDE, BOX = 28, 20  # MNIST: the character fits a 20x20 box inside 28x28
FINE = 80  # pen width is measured and made equal at four times the box
PEN = 8.0  # in FINE pixels: MNIST's middle half is 7.8 to 11.5, and thin strokes keep small loops open
TOUCH = np.ones((3, 3))  # pixels that meet at a corner belong together
FINEST = 5.5  # no pen is left thinner than this for the sake of its gaps
SMALLEST = 8  # a picture needs so many pixels a side


@dataclass(frozen=True)
class Steps:
    """Which steps of the pipeline are done: the Draw page switches them off to show what each is for."""

    threshold: bool = True  # find the ink: paper, shadows and specks go
    crop: bool = True  # cut out the character
    resize: bool = True  # longest side to 20 pixels, proportions kept (off: everything is squeezed into 28x28)
    pen: bool = True  # every pen as wide as MNIST's
    centre: bool = True  # centre of mass to the middle


@dataclass(frozen=True, eq=False)
class Prepared:
    """What the network sees, the picture after every step, and why there is nothing to read if so."""

    image: Bytes  # (28, 28), ink is 255
    stages: dict[str, Bytes] = field(default_factory=dict)
    empty: bool = False
    why: str = ""  # the sentence for an empty picture
    box: tuple[int, int, int, int] = (0, 0, 0, 0)  # left, top, right, bottom of the character in the raw picture


def prepare(raw: NDArray[Any], steps: Steps = Steps()) -> Prepared:
    """A drawing or photo, uint8 of shape (H, W), (H, W, 3) or (H, W, 4), as the network wants it."""
    raw = np.asarray(raw, dtype=np.uint8)
    if min(raw.shape[:2]) < SMALLEST:
        size = f"{raw.shape[1]} x {raw.shape[0]}"
        why = f"The picture has {size} pixels; a character needs at least {SMALLEST} x {SMALLEST}."
        return Prepared(np.zeros((SIDE, SIDE), np.uint8), {"raw": grey(raw)}, True, why)
    small = shrunk(raw)
    stages = {"raw": grey(small[0])}
    if steps == Steps() and already_made(stages["raw"]):
        return Prepared(_as_mnist(stages["raw"]), stages, box=(0, 0, SIDE, SIDE))
    found = paper.find_ink(raw, steps.crop, small)
    ink = found.ink if steps.threshold else paper.upright(raw, found)
    stages["threshold"] = as_bytes(ink)
    box = found.box if steps.crop and not found.why else (0, 0, ink.shape[1], ink.shape[0])
    cut = ink[box[1] : box[3], box[0] : box[2]]
    stages["crop"] = as_bytes(cut)
    fitted = fit_box(cut, steps.pen and steps.threshold) if steps.resize else _sized(cut, SIDE, SIDE)
    stages["resize"] = as_bytes(fitted)
    image = as_bytes(place(fitted, steps.centre))
    stages["centre"] = image
    if found.why:
        return Prepared(np.zeros_like(image), stages, True, found.why)
    return Prepared(image, stages, box=found.raw_box(box))


def plain(raw: NDArray[Any]) -> Bytes:
    """What most demos do instead: squeeze the whole picture into 28x28. The yardstick that `prepare` must beat."""
    return prepare(raw, Steps(False, False, False, False, False)).image


def already_made(plane: Bytes) -> bool:
    """Whether this is an MNIST picture already: 28x28, a black rim, a box of 20 with its mass in the middle."""
    if plane.shape != (SIDE, SIDE):
        return False
    image = _as_mnist(plane)
    rows, columns = np.nonzero(image.max(axis=1) > 0)[0], np.nonzero(image.max(axis=0) > 0)[0]
    if not len(rows) or image[0].any() or image[-1].any() or image[:, 0].any() or image[:, -1].any():
        return False
    if float(((image > 20) & (image < 235)).sum()) < 0.2 * float((image > 20).sum()):
        return False  # MNIST's strokes have soft rims
    longest = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    down, right = ndimage.center_of_mass(image)
    return bool(BOX - 1 <= longest <= BOX and abs(down - SIDE / 2) <= 1 and abs(right - SIDE / 2) <= 1)


def pen_width(mask: NDArray[np.bool_]) -> float:
    """The usual width of the strokes in pixels: twice the distance from the middle of a stroke to its rim."""
    return _width(mask, ndimage.distance_transform_edt(mask))


def _width(mask: NDArray[np.bool_], inside: NDArray[np.float64]) -> float:
    middle = (inside >= ndimage.maximum_filter(inside, 3)) & mask
    return float(2 * np.median(inside[middle]) - 0.5) if middle.any() else 0.0


def _as_mnist(plane: Bytes) -> Bytes:
    return np.asarray(255 - plane if np.median(plane) > 127 else plane, np.uint8)


def fit_box(ink: Floats, equal_pen: bool = True, box: int = BOX) -> Floats:
    """Longest side to 20 pixels; with an equal pen the outline moves in or out until the stroke has MNIST's width."""
    height, width = ink.shape
    if not equal_pen:
        scale = box / max(height, width)
        return _sized(ink, max(1, round(height * scale)), max(1, round(width * scale)))
    room = FINE - PEN  # the middle of the stroke fits this, so that the widened stroke fits FINE
    scale = room / max(height, width)
    tall, wide = max(1, round(height * scale)), max(1, round(width * scale))
    edge = round(PEN)
    fine = np.pad(_sized(ink, tall, wide, Image.Resampling.BICUBIC), edge)
    mask = fine > 0.5 * np.clip(ndimage.maximum_filter(fine, edge), 0.3, 1)  # faint strokes count as strokes, too
    if not mask.any():
        mask = fine >= fine.max()
    solid = _pen_made_equal(mask)
    rows, columns = np.nonzero(solid.max(axis=1))[0], np.nonzero(solid.max(axis=0))[0]
    solid = solid[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = box / max(solid.shape)
    return _sized(solid, max(1, round(solid.shape[0] * scale)), max(1, round(solid.shape[1] * scale)))


def _pen_made_equal(mask: NDArray[np.bool_]) -> Floats:
    """The outline moved in or out to the usual pen, but less where the character would break or a gap would close."""
    inside = ndimage.distance_transform_edt(mask)
    width = _width(mask, inside)
    grow = (PEN - width) / 2
    outline = inside if grow < 0 else inside - ndimage.distance_transform_edt(~mask)  # a thinner pen stays inside
    side = mask if grow < 0 else ~mask  # a thinner pen must keep its pieces, a wider one its loops and gaps
    pieces = _pieces(side)
    least = -0.5 if grow < 0 else max(FINEST - width, 0) / 2
    while abs(grow) > abs(least) and _pieces((outline + grow > 0.5) == (grow < 0)) != pieces:
        grow = max(0.65 * grow, least) if grow > 0 else 0.65 * grow
    solid: Floats = np.clip(outline + grow, 0, 1).astype(np.float32)
    return solid


def _pieces(mask: NDArray[np.bool_]) -> int:
    """How many pieces there are, without the tiny ones."""
    names, count = ndimage.label(mask, TOUCH)
    return int((np.bincount(names.ravel(), minlength=count + 1)[1:] > PEN).sum())


def place(small: Floats, by_mass: bool = True, side: int = SIDE) -> Floats:
    """Into the 28x28: the centre of mass, or else the box, to the middle."""
    height, width = small.shape
    down, right = (side - height) / 2, (side - width) / 2
    if by_mass and small.sum() > 0:
        mass_down, mass_right = ndimage.center_of_mass(small)
        down, right = side / 2 - mass_down - 0.5, side / 2 - mass_right - 0.5
    top = int(np.clip(round(down), 0, side - height))
    left = int(np.clip(round(right), 0, side - width))
    image = np.zeros((side, side), np.float32)
    image[top : top + height, left : left + width] = small
    return image


def _sized(ink: Floats, height: int, width: int, how: Image.Resampling = Image.Resampling.BOX) -> Floats:
    if ink.shape == (height, width):
        return ink
    if max(ink.shape) < max(height, width):
        how = Image.Resampling.BICUBIC
    return np.clip(np.asarray(Image.fromarray(ink).resize((width, height), how), np.float32), 0, 1)


def as_bytes(ink: Floats) -> Bytes:
    return np.round(np.clip(ink, 0, 1) * 255).astype(np.uint8)
