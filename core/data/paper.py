"""Finding the ink on paper: light or dark ink, uneven light, shadows, ruled lines and specks of any photo."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from core.data.dust import without_dust, without_lines

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

LARGEST = 280  # the character is looked for at this size at most
SMALL_FIND = 60  # a character smaller than this is cut out of the full picture and looked at again
PALE = 14 / 255  # ink paler than this against its paper is no ink
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


def find_ink(raw: NDArray[Any], closer: bool = True) -> Found:
    """The ink of a picture at a workable size; small writing on a large picture is looked at twice."""
    colour, scale = shrunk(raw)
    if closer and (inner := _scrap(opaque(colour))):
        near = _part(raw, Found(np.zeros((1, 1), np.float32), inner, scale), 0)
        if near and not near.why and not near.touches_edge:
            return near
    ink, why = _ink(opaque(colour))
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
    ink, why = _ink(opaque(colour), page=True)
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
    ground = float(np.median(_rim(plane)))
    if float((abs(_rim(plane) - ground) < 6).mean()) < 0.7:
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


def grey(raw: NDArray[Any]) -> Bytes:
    """The picture as one grey plane."""
    colour = opaque(raw)
    return colour if colour.ndim == 2 else np.asarray(Image.fromarray(colour).convert("L"))


def upright(raw: NDArray[Any], found: Found) -> Floats:
    """The part where ink was found as it is, only turned so that the ink is bright: no threshold, no cleaning."""
    (left, top), (height, width) = found.corner, found.ink.shape
    part = raw[top : top + round(height * found.scale), left : left + round(width * found.scale)]
    plane = Image.fromarray(grey(shrunk(part)[0])).resize((width, height), Image.Resampling.BOX)
    light = np.asarray(plane, np.float32) / np.float32(255)
    return np.asarray(1 - light if _dark_on_light(light) else light, np.float32)


def opaque(raw: NDArray[Any]) -> Bytes:
    """Without transparency: what is clear becomes paper, white under dark ink and black under light ink."""
    raw = np.asarray(raw, np.uint8)
    if raw.ndim == 2 or raw.shape[2] == 3:
        return raw
    if raw.shape[2] == 1:
        return raw[:, :, 0]
    colour, alpha = raw[:, :, :3].astype(np.float32), raw[:, :, 3:].astype(np.float32) / 255
    if alpha.min() == 1:
        return np.ascontiguousarray(raw[:, :, :3])
    seen = float((colour.mean(axis=2, keepdims=True) * alpha).sum() / max(alpha.sum(), 1e-6))
    ground = 0.0 if seen > 127 else 255.0
    return np.round(colour * alpha + ground * (1 - alpha)).astype(np.uint8)


def shrunk(raw: NDArray[Any], largest: int = LARGEST) -> tuple[Bytes, float]:
    """No side above `largest`, by averaging; and how many raw pixels one pixel stands for."""
    raw = np.asarray(raw, np.uint8)
    scale = max(raw.shape[:2]) / largest
    if scale <= 1:
        return raw, 1.0
    size = (max(1, round(raw.shape[1] / scale)), max(1, round(raw.shape[0] / scale)))
    picture = Image.fromarray(raw[:, :, 0] if raw.shape[2:] == (1,) else np.ascontiguousarray(raw))
    return np.asarray(picture.resize(size, Image.Resampling.BOX, reducing_gap=2.0)), scale


def _dark_on_light(plane: Floats) -> bool:
    """Whether the ink is darker than the paper: a smooth sheet is laid through the paper, the ink sticks out of it."""
    small = np.asarray(Image.fromarray(plane).resize((24, 24), Image.Resampling.BOX), np.float64)
    down, across = np.mgrid[-1:1:24j, -1:1:24j]
    terms = np.stack([np.ones_like(down), down, across, down * across, down**2, across**2], -1).reshape(-1, 6)
    rim = np.maximum(abs(down), abs(across)).ravel() > 0.85
    weight = np.where(rim, 1.0, 0.2)
    level = float(np.median(small.ravel()[rim]))
    sheet = np.full(576, level)
    if np.ptp(small) > 0:
        for _ in range(3):  # what sticks out counts less each time
            off = abs(small.ravel() - sheet)
            trust = weight / (1 + (off / max(float(np.median(off)), 0.01)) ** 2)
            sheet = terms @ np.linalg.lstsq(terms * trust[:, None], small.ravel() * trust, rcond=None)[0]
    plane = plane[::2, ::2] if min(plane.shape) > 100 else plane  # every second pixel tells enough
    height, width = plane.shape
    smooth = Image.fromarray(sheet.reshape(24, 24).astype(np.float32))
    rest = (plane - np.asarray(smooth.resize((width, height), Image.Resampling.BILINEAR))).ravel()
    few = max(4, rest.size // 300)
    return _top(-rest, few) >= _top(rest, few)


def _ink(colour: Bytes, page: bool = False) -> tuple[Floats, str]:
    """How much ink every pixel holds, 0..1, and the sentence if that is none."""
    planes = np.atleast_3d(colour).astype(np.float32) / np.float32(255)  # (height, width, 1 or 3)
    if not _dark_on_light(planes.mean(axis=2, dtype=np.float32)):
        planes = 1 - planes
    if planes.shape[2] == 3 and float(np.ptp(planes, axis=2).max()) < 0.03:
        planes = planes[:, :, 1:2]  # no colour: one plane says it all
    depth = np.max(np.stack([_depth(planes[:, :, each]) for each in range(planes.shape[2])]), axis=0)
    nothing = np.zeros(depth.shape, np.float32)
    strong = _top(depth, max(4, depth.size // 2000))
    noise = 1.5 * float(np.median(_rim(depth)))
    if strong < PALE or strong < 4 * noise or strong < 7 * _grain(planes[:, :, 0]):
        return nothing, "There is no ink in this picture: it has one colour all over."
    level = _between(depth[depth > max(0.12 * strong, 2 * noise)])
    full = float(np.percentile(depth[depth >= level], 60))
    ink = np.clip((depth / full - 0.2) / 0.6, 0, 1)
    ink = without_lines(ink)
    ink = without_dust(ink, page)
    if float((ink > 0.5).mean()) > 0.75:
        return nothing, "This picture is ink all over: leave some paper around the character."
    return ink, ""


def _depth(plane: Floats) -> Floats:
    """How much darker than its paper each pixel is. The paper is what stays when all strokes are filled in."""
    height, width = plane.shape
    ground = float(np.median(_rim(plane)))
    flat = ground - plane
    if float((abs(_rim(flat)) < 0.03).mean()) > 0.6 and not _half_dark(flat):  # a clean canvas: only paper and pen
        return np.asarray(np.maximum(flat, 0), np.float32)
    shrink = max(1, round(max(height, width) / 160))
    size = (max(1, width // shrink), max(1, height // shrink))
    small = np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BOX), np.float32)
    reach = max(3, round(0.3 * min(small.shape)))
    paper = ndimage.grey_closing(ndimage.uniform_filter(small, 3), size=(reach, reach))
    whole = np.asarray(Image.fromarray(paper).resize((width, height), Image.Resampling.BILINEAR), np.float32)
    return np.asarray(np.maximum(whole - plane, 0), np.float32)


def _half_dark(flat: Floats) -> bool:
    """Whether areas, not only the rims of strokes, are neither paper nor ink: a shadow, or a scrap of grey paper."""
    dark = flat > 0.08
    half = dark & (flat < 0.6 * float(flat.max()))
    if not half.any() or half.sum() < 0.3 * dark.sum():
        return False
    return bool(ndimage.binary_erosion(half, np.ones((3, 3))).sum() > 0.1 * dark.sum())


def _rim(plane: Floats) -> Floats:
    """The outermost strip of the picture, where paper is likely."""
    strip = max(1, min(plane.shape) // 16)
    sides = (plane[:strip], plane[-strip:], plane[:, :strip], plane[:, -strip:])
    return np.concatenate([side.ravel() for side in sides])


def _grain(plane: Floats) -> float:
    """The spread of the paper's grain and the camera's noise, by the usual difference from the nearest pixels."""
    middle, before, after = plane[::2, 1:-1:2], plane[::2, :-2:2], plane[::2, 2::2]
    return 1.21 * float(np.median(np.abs(middle - (before + after) / 2)))


def _top(values: Floats, count: int) -> float:
    """The mean of the largest values."""
    high = values[values > 0.5 * values.max()]
    values = high if high.size >= count else values.ravel()
    return float(np.partition(values, values.size - count)[-count:].mean())


def _between(values: Floats) -> float:
    """Otsu's threshold: the level that parts the values into two groups as tight as possible."""
    counts, edges = np.histogram(values, 64)
    middle = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    total = np.cumsum(counts * middle)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = below * above * (total / below - (total[-1] - total) / above) ** 2
    return float(edges[1 + int(np.nanargmax(apart))]) if np.isfinite(apart).any() else float(values.min())


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
