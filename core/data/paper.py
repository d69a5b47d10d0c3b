"""Where on a picture the character is: its ink, the box around it, or why there is none."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from core.data.depth import dark_on_light, ink_of, middle, rim_of
from core.data.pixels import Bytes, Floats, grey, opaque, shrunk

SMALL_FIND = 60  # a character smaller than this is cut out of the full picture and looked at again
NO_INK = "There is no ink in this picture: draw a character first."
DOT = "This is only a dot: draw a whole character."


@dataclass(frozen=True, eq=False)
class Found:
    """The ink (0..1) of a picture or of the part where it is, the box around it, or the sentence why there is none."""

    ink: Floats
    box: tuple[int, int, int, int]  # left, top, right, bottom in `ink`
    scale: float = 1.0  # raw pixels per pixel of `ink`
    why: str = ""
    corner: tuple[int, int] = (0, 0)  # where `ink` begins in the raw picture: left, top

    @property
    def touches_edge(self) -> bool:
        left, top, right, bottom = self.box
        return left == 0 or top == 0 or bottom == self.ink.shape[0] or right == self.ink.shape[1]

    def raw_box(self, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """A box of `ink` in pixels of the raw picture."""
        left, top, right, bottom = (round(side * self.scale) for side in box)
        return (left + self.corner[0], top + self.corner[1], right + self.corner[0], bottom + self.corner[1])


def find_ink(raw: NDArray[Any], closer: bool = True, small: tuple[Bytes, float] | None = None) -> Found:
    """The ink of a picture at a workable size; small writing on a large picture is looked at twice.

    `small` is `shrunk(raw)`, for those who have it already.
    """
    colour, scale = small or shrunk(raw)
    colour = opaque(colour)
    if closer and (inner := _scrap(colour)):
        near = _part(raw, Found(np.zeros((1, 1), np.float32), inner, scale), 0)
        if near and not near.why and not near.touches_edge:
            return near
    ink, why = ink_of(colour)
    box = _box(ink)
    if why or not box[2]:
        return Found(ink, (0, 0, 0, 0), scale, why or NO_INK)
    size, solid = max(box[2] - box[0], box[3] - box[1]), float((_cut(ink, box) > 0.15).mean()) > 0.55
    if closer and size < 0.5 * max(ink.shape) and (solid or (scale > 1 and size < SMALL_FIND)):
        near = _part(raw, Found(ink, box, scale), 0.3 if solid else 1.0)  # solid: perhaps a scrap of paper, not ink
        if near:
            return Found(ink, box, scale, near.why) if near.why else near
    return Found(ink, box, scale, _blob(_cut(ink, box) > 0.5))


def find_page(raw: NDArray[Any], largest: int) -> Found:
    """The ink of a whole page of writing: nothing is taken for dust because something else is larger."""
    colour, scale = shrunk(raw, largest)
    ink, why = ink_of(opaque(colour), page=True)
    return Found(ink, _box(ink), scale, why or ("" if ink.any() else NO_INK))


def _cut(ink: Floats, box: tuple[int, int, int, int]) -> Floats:
    return ink[box[1] : box[3], box[0] : box[2]]


def _part(raw: NDArray[Any], far: Found, room: float) -> Found | None:
    """The same search in the neighbourhood of what was found, in more detail; None if that is the whole picture."""
    margin = room * max(far.box[2] - far.box[0], far.box[3] - far.box[1])
    left, top = (max(0, round((side - margin) * far.scale)) for side in far.box[:2])
    right, bottom = (round((side + margin) * far.scale) for side in far.box[2:])
    part = raw[top:bottom, left:right]
    if part.shape[:2] == raw.shape[:2] or min(part.shape[:2]) < 8:
        return None
    near = find_ink(part)
    return replace(near, corner=(left + near.corner[0], top + near.corner[1]))


def _scrap(colour: Bytes) -> tuple[int, int, int, int] | None:
    """The inside of a photo or scrap of paper that lies on a plain sheet: a box whose whole rim is not the sheet."""
    plane = colour.astype(np.float32).mean(axis=2) if colour.ndim == 3 else colour.astype(np.float32)
    rim = rim_of(plane)
    ground = middle(rim)
    if float((abs(rim - ground) < 6).mean()) < 0.7:
        return None
    other = abs(plane - ground) > 12
    rows, columns = np.nonzero(other.sum(axis=1) > 4)[0], np.nonzero(other.sum(axis=0) > 4)[0]
    if not len(rows) or not len(columns):
        return None
    left, top, right, bottom = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    inset = 2 + round(0.01 * max(right - left, bottom - top))
    inner = other[top + inset // 2 : bottom - inset // 2, left + inset // 2 : right - inset // 2]
    if min(inner.shape) < 12 or max(inner.shape) > 0.5 * max(plane.shape):
        return None
    around = np.concatenate([inner[0], inner[-1], inner[:, 0], inner[:, -1]])
    if around.mean() < 0.97:
        return None
    return int(left) + inset, int(top) + inset, int(right) - inset, int(bottom) - inset


def upright(raw: NDArray[Any], found: Found) -> Floats:
    """The part where ink was found as it is, only turned so that the ink is bright: no threshold, no cleaning."""
    (left, top), (height, width) = found.corner, found.ink.shape
    part = raw[top : top + round(height * found.scale), left : left + round(width * found.scale)]
    plane = Image.fromarray(grey(shrunk(part)[0])).resize((width, height), Image.Resampling.BOX)
    light = np.asarray(plane, np.float32) / np.float32(255)
    return np.asarray(1 - light if dark_on_light(light) else light, np.float32)


def _box(ink: Floats) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(ink.max(axis=1) > 0.5)[0], np.nonzero(ink.max(axis=0) > 0.5)[0]
    if not len(rows):
        return (0, 0, 0, 0)
    return (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _blob(mask: NDArray[np.bool_]) -> str:
    """The sentence for a dot: ink without any line in it."""
    if max(mask.shape) < 4:
        return DOT
    if mask.mean() < 0.5:
        return ""
    inside = ndimage.distance_transform_edt(np.pad(mask, 1))
    if 2 * float(inside.max()) > 0.8 * max(mask.shape):
        return DOT
    return ""
