"""A page of several characters becomes its characters: boxes in reading order."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from core.data import paper

Bytes = NDArray[np.uint8]

PAGE = 900  # pixels: the page is searched at this size at most
MOST = 200  # characters on one page


@dataclass(frozen=True)
class Box:
    """Where a character is on the picture, in its pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


@dataclass(frozen=True, eq=False)
class Character:
    """One character of a page: its box, and a picture of it alone, dark on white."""

    box: Box
    picture: Bytes


def split(raw: NDArray[Any]) -> list[Character]:
    """The characters of a drawing or photo, line by line from left to right; an empty list where there is no ink."""
    found = paper.find_page(raw, PAGE)
    if found.why:
        return []
    names, count = ndimage.label(found.ink > 0.3, np.ones((3, 3)))
    pieces = [_box(part) for part in ndimage.find_objects(names)]
    groups = _together(pieces)
    size = float(np.median([max(box.height, box.width) for box, _ in groups]))
    groups = [(box, members) for box, members in groups if max(box.height, box.width) > 0.25 * size]
    ordered = _in_order([box for box, _ in groups])[:MOST]
    members_of = {box: members for box, members in groups}
    owner = np.full(count + 1, -1)  # which character a piece belongs to; specks to none
    owner[0] = 0  # the paper between the pieces, with their soft rims, to all
    for number, box in enumerate(ordered, 1):
        owner[members_of[box]] = number
    return [_cut(found, owner[names[_place(box)]], box, number) for number, box in enumerate(ordered, 1)]


def _box(part: tuple[slice, slice]) -> Box:
    return Box(part[1].start, part[0].start, part[1].stop, part[0].stop)


def _together(pieces: list[Box]) -> list[tuple[Box, list[int]]]:
    """Pieces of ink that belong to one character: those above one another, such as the bars of xi or a broken five."""
    groups = [(box, [number]) for number, box in enumerate(pieces, 1)]
    groups.sort(key=lambda group: group[0].width * group[0].height, reverse=True)
    groups = groups[: 2 * MOST]
    while True:
        kept: list[tuple[Box, list[int]]] = []
        for box, members in groups:
            for place, (other, others) in enumerate(kept):
                if _belong(box, other):
                    kept[place] = (_around(box, other), others + members)
                    break
            else:
                kept.append((box, members))
        if len(kept) == len(groups):
            return kept
        groups = kept  # grown boxes may now reach others


def _belong(a: Box, b: Box) -> bool:
    """Whether two pieces overlap from side to side by most of the narrower one, and nearly touch."""
    across = min(a.right, b.right) - max(a.left, b.left)
    gap = max(a.top, b.top) - min(a.bottom, b.bottom)
    tall = max(a.height, b.height)
    narrower = min(a.width, b.width)
    if across > 0.5 * narrower:
        if narrower > 0.5 * max(a.width, b.width) and any(box.height < 0.4 * box.width for box in (a, b)):
            return gap < 0.65 * max(a.width, b.width)  # bars above one another, as in xi
        small = min(a.height, b.height) < 0.5 * tall
        return gap < (0.35 if small else 0.12) * max(tall, a.width, b.width)
    side_gap = -across
    inside = gap < -0.6 * min(a.height, b.height)  # beside each other: a stroke that just misses the other
    return inside and side_gap < 0.06 * tall and min(a.height, b.height) < 0.6 * tall


def _around(a: Box, b: Box) -> Box:
    return Box(min(a.left, b.left), min(a.top, b.top), max(a.right, b.right), max(a.bottom, b.bottom))


def _in_order(boxes: list[Box]) -> list[Box]:
    """Reading order: a box whose middle lies within a line's height belongs to that line."""
    lines: list[list[Box]] = []
    for box in sorted(boxes, key=lambda each: each.height, reverse=True):
        middle = (box.top + box.bottom) / 2
        for line in lines:
            if min(each.top for each in line) <= middle <= max(each.bottom for each in line):
                line.append(box)
                break
        else:
            lines.append([box])
    lines.sort(key=lambda line: float(np.mean([box.top + box.bottom for box in line])))
    return [box for line in lines for box in sorted(line, key=lambda each: each.left)]


def _place(box: Box) -> tuple[slice, slice]:
    return slice(box.top, box.bottom), slice(box.left, box.right)


def _cut(found: paper.Found, owners: NDArray[np.intp], box: Box, me: int) -> Character:
    """The character without its neighbours, on a white sheet with some room around it."""
    ink = found.ink[_place(box)]
    mine = (owners == 0) | (owners == me)
    room = max(4, max(ink.shape) // 4)
    sheet = 255 - np.round(np.pad(np.where(mine, ink, 0), room) * 255).astype(np.uint8)
    low = max(1.0, 40 / max(sheet.shape))  # tiny writing is shown large enough to be seen
    if low > 1:
        size = (round(sheet.shape[1] * low), round(sheet.shape[0] * low))
        sheet = np.asarray(Image.fromarray(sheet).resize(size, Image.Resampling.BICUBIC))
    scaled = Box(*found.raw_box((box.left, box.top, box.right, box.bottom)))
    return Character(scaled, sheet)
