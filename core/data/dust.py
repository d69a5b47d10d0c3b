"""What is dark on a sheet but no writing: specks, ruled lines, edges of the sheet, feet of the neighbours."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float32]
Part = tuple[slice, slice]

SPECK = 0.09  # of the character's size: what is smaller is dust
LIGHT = 0.012  # of the largest piece's ink
FOOT = 0.2  # of the largest piece's ink: what is smaller and cut off by the edge is a neighbour's


def without_lines(ink: Floats) -> Floats:
    """Ruled or squared paper: what runs from one edge of a photo to the other, thin and straight, is no writing."""
    for axis in (0, 1):
        dark = ink > 0.25
        ruled = dark.take(0, axis) & dark.take(-1, axis)
        if not ruled.any():  # nothing runs from edge to edge: most drawings
            continue
        ruled &= dark.mean(axis=axis) > 0.9
        strips, count = ndimage.label(ruled)
        thickest = max((np.bincount(strips)[1:]), default=0)
        if count == 0 or thickest > 0.04 * len(ruled):
            continue
        lines = np.expand_dims(ndimage.binary_dilation(ruled, iterations=1), axis)
        crossing = ndimage.uniform_filter1d(dark.astype(np.float32), 4 * thickest + 5, axis=1 - axis) > 0.8
        ink = np.where(lines & ~crossing, 0, ink).astype(np.float32)
    return ink


def without_dust(ink: Floats, page: bool = False) -> Floats:
    """The writing alone. On a page of many characters only what is far smaller than the usual one is dust."""
    dark = ink > 0.3
    rows, columns = np.nonzero(dark.any(axis=1))[0], np.nonzero(dark.any(axis=0))[0]
    clean = np.zeros_like(ink)
    if not len(rows):
        return clean
    top, left = max(rows[0] - 2, 0), max(columns[0] - 2, 0)
    used = (slice(top, rows[-1] + 3), slice(left, columns[-1] + 3))  # most of a canvas is empty
    dark, near = dark[used], ink[used]
    names, count = ndimage.label(dark, np.ones((3, 3)))
    mass = np.bincount(names[dark], near[dark], count + 1)[1:]
    strong = np.bincount(names[near > 0.6], minlength=count + 1)[1:] > 0
    parts = [_moved(part, top, left) for part in ndimage.find_objects(names)]
    keep = np.concatenate([[False], _writing(parts, mass, strong, ink.shape, page)])
    if page:
        clean[used] = np.where(keep[names], near, 0)
    else:  # the soft rim of what is kept stays, too
        clean[used] = np.where(_wider(keep[names]), near, 0)
    return clean


def _wider(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """One pixel more to all four sides: eight times as fast as scipy's dilation by the same cross."""
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    wide[:, 1:] |= mask[:, :-1]
    wide[:, :-1] |= mask[:, 1:]
    return wide


def _writing(
    parts: list[Part], mass: NDArray[Any], strong: NDArray[np.bool_], shape: tuple[int, ...], page: bool
) -> NDArray[np.bool_]:
    """Which pieces of ink are kept."""
    sides = np.array([max(down.stop - down.start, right.stop - right.start) for down, right in parts])
    good = strong & ~np.array([_along_rim(part, shape) for part in parts])
    good = good if good.any() else strong
    if not good.any():
        return good
    most = mass[good].max()
    largest = float(sides[good & (mass >= 0.25 * most)].max())
    if page:
        usual = float(np.median(sides[good & (sides > 0.3 * largest)]))
        return np.asarray(good & (sides >= 2 * SPECK * usual), np.bool_)
    cut_off = np.array([_cut_off(part, shape) for part in parts])
    kept = good & (sides >= SPECK * largest) & (mass >= LIGHT * most) & ~(cut_off & (mass < FOOT * most))
    return np.asarray(kept, np.bool_)


def _moved(part: Part, down: int, right: int) -> Part:
    rows, columns = part
    return slice(rows.start + down, rows.stop + down), slice(columns.start + right, columns.stop + right)


def _along_rim(part: Part, shape: tuple[int, ...]) -> bool:
    """Whether a piece of ink lies wholly in the picture's outermost strip: the sheet's edge, not writing."""
    for stretch, side in zip(part, shape, strict=True):
        strip = max(1, round(0.05 * side))
        if stretch.stop <= strip or stretch.start >= side - strip:
            return True
    return False


def _cut_off(part: Part, shape: tuple[int, ...]) -> bool:
    """Whether a piece of ink runs out of the picture."""
    return any(stretch.start == 0 or stretch.stop == side for stretch, side in zip(part, shape, strict=True))
