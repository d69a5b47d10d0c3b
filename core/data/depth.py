"""How much darker than its paper every pixel is: light or dark ink, uneven light, shadows and grain of any photo."""

from functools import cache, reduce

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from core.data.dust import without_dust, without_lines
from core.data.pixels import Bytes, Floats

PALE = 14 / 255  # ink paler than this against its paper is no ink
CLEAN = 0.95  # of a clean canvas's rim is one and the same; a photo between two bars of a screenshot has less


def dark_on_light(plane: Floats) -> bool:
    """Whether the ink is darker than the paper: a smooth sheet is laid through the paper, the ink sticks out of it."""
    edge = rim_of(plane)
    ground = middle(edge)
    if np.count_nonzero(edge == ground) > CLEAN * edge.size and (plane.max() <= ground or plane.min() >= ground):
        return bool(plane.max() <= ground)  # a clean canvas: nothing sticks out on the other side
    small = np.asarray(Image.fromarray(plane).resize((24, 24), Image.Resampling.BOX), np.float64)
    terms, rim, weight = _bent_sheet()
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


@cache
def _bent_sheet() -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """What a smooth sheet of 24x24 is blended from, where its rim is, and how much each place counts."""
    down, across = np.mgrid[-1:1:24j, -1:1:24j]
    terms = np.stack([np.ones_like(down), down, across, down * across, down**2, across**2], -1).reshape(-1, 6)
    rim = np.maximum(abs(down), abs(across)).ravel() > 0.85
    return terms, rim, np.where(rim, 1.0, 0.2)


def ink_of(colour: Bytes, page: bool = False) -> tuple[Floats, str]:
    """How much ink every pixel holds, 0..1, and the sentence if that is none."""
    planes = np.atleast_3d(colour).astype(np.float32) / np.float32(255)  # (height, width, 1 or 3)
    if not dark_on_light(planes.mean(axis=2, dtype=np.float32) if planes.shape[2] > 1 else planes[:, :, 0]):
        planes = 1 - planes
    if planes.shape[2] == 3 and float(np.ptp(planes, axis=2).max()) < 0.03:
        planes = planes[:, :, 1:2]  # no colour: one plane says it all
    depth = reduce(np.maximum, [_depth(planes[:, :, each]) for each in range(planes.shape[2])])
    nothing = np.zeros(depth.shape, np.float32)
    strong = _top(depth, max(4, depth.size // 2000))
    noise = 1.5 * middle(rim_of(depth))
    if strong < PALE or strong < 4 * noise or strong < 7 * _grain(planes[:, :, 0]):
        return nothing, "There is no ink in this picture: it has one colour all over."
    level = _between(depth[depth > max(0.12 * strong, 2 * noise)])
    full = float(np.percentile(depth[depth >= level], 60))
    ink = depth / np.float32(full)
    ink -= np.float32(0.2)
    ink /= np.float32(0.6)
    np.clip(ink, 0, 1, out=ink)
    ink = without_lines(ink)
    ink = without_dust(ink, page)
    if float((ink > 0.5).mean()) > 0.75:
        return nothing, "This picture is ink all over: leave some paper around the character."
    return ink, ""


def _depth(plane: Floats) -> Floats:
    """How much darker than its paper each pixel is. The paper is what stays when all strokes are filled in."""
    height, width = plane.shape
    ground = middle(rim_of(plane))
    flat = ground - plane
    if float((abs(rim_of(flat)) < 0.03).mean()) > 0.6 and not _half_dark(flat):  # a clean canvas: only paper and pen
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


def rim_of(plane: Floats) -> Floats:
    """The outermost strip of the picture, where paper is likely."""
    strip = max(1, min(plane.shape) // 16)
    sides = (plane[:strip], plane[-strip:], plane[:, :strip], plane[:, -strip:])
    return np.concatenate([side.ravel() for side in sides])


def middle(values: Floats) -> float:
    """The median, at once where more than half of the values are one and the same: on every clean canvas."""
    first = values.flat[0]
    return float(first if 2 * np.count_nonzero(values == first) > values.size else np.median(values))


def _grain(plane: Floats) -> float:
    """The spread of the paper's grain and the camera's noise, by the usual difference from the nearest pixels."""
    here, before, after = plane[::2, 1:-1:2], plane[::2, :-2:2], plane[::2, 2::2]
    return 1.21 * middle(np.abs(here - (before + after) / 2))


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
