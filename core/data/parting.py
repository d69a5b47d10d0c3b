"""Parting: which pictures are kept for testing, such that a picture and its near copies stay on one side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SHARE = 0.2  # of each class for testing
NEAR = 5  # of 128 bits that may differ between two pictures that are nearly the same
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Parted:
    """Who is for testing, and which pictures are copies of one another."""

    test: NDArray[np.bool_]
    groups: NDArray[np.int64]  # pictures with the same number are copies, exact or near
    exact: int  # pictures that show exactly what an earlier one shows
    near: int  # pictures that nearly do
    mixed: tuple[tuple[int, ...], ...]  # the copies that stand in two classes, group by group


def fingerprint(picture: Bytes) -> NDArray[np.uint8]:
    """128 bits: where the picture gets brighter, to the right and downwards, at 9x9 pixels."""
    grey = Image.fromarray(picture).convert("L").resize((9, 9), Image.Resampling.BOX)
    plane = np.asarray(grey, np.int16)
    right, down = plane[:8, 1:] > plane[:8, :-1] + 1, plane[1:, :8] > plane[:-1, :8] + 1
    return np.packbits(np.concatenate([right.ravel(), down.ravel()]))


def part(pictures: Sequence[Bytes], labels: NDArray[np.int64], seed: int = 0) -> Parted:
    """A fifth of each class for testing, drawn by the seed; copies are never torn apart."""
    groups, exact, near = copies(pictures)
    luck = np.random.default_rng(seed)
    order = luck.permutation(int(groups.max()) + 1 if len(groups) else 0)
    test = np.zeros(len(labels), dtype=bool)
    wanted = {label: max(1, round(SHARE * int((labels == label).sum()))) for label in np.unique(labels).tolist()}
    members = _members(groups)
    for group in order:
        mine = members[group]
        kinds, counts = np.unique(labels[mine], return_counts=True)
        fits = all(
            test[labels == kind].sum() + count <= max(1, round(1.25 * wanted[kind]))
            and test[labels == kind].sum() < wanted[kind]
            and (labels == kind).sum() - test[labels == kind].sum() - count >= 1
            for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True)
        )
        if fits:
            test[mine] = True
    mixed = tuple(tuple(each.tolist()) for each in members if len(set(labels[each].tolist())) > 1)
    return Parted(test, groups, exact, near, mixed)


def copies(pictures: Sequence[Bytes]) -> tuple[NDArray[np.int64], int, int]:
    """A group number for every picture; how many are exact and near copies of earlier ones."""
    if not len(pictures):
        return np.zeros(0, np.int64), 0, 0
    prints = np.stack([fingerprint(each) for each in pictures])
    whole = [each.tobytes() for each in pictures]
    groups, exact, near = np.arange(len(pictures)), 0, 0
    first: dict[bytes, int] = {}
    for number, pixels in enumerate(whole):
        if pixels in first:
            groups[number] = groups[first[pixels]]
            exact += 1
            continue
        first[pixels] = number
        if number:
            away = np.bitwise_count(prints[:number] ^ prints[number]).sum(1)
            closest = int(away.argmin())
            if away[closest] <= NEAR and _alike(pictures[closest], pictures[number]):
                groups[number] = groups[closest]
                near += 1
    return np.unique(groups, return_inverse=True)[1].astype(np.int64), exact, near


def _alike(one: Bytes, other: Bytes) -> bool:
    """Two pictures with one fingerprint are copies only if their pixels are near as well: drawings on white are not."""
    return float(np.abs(_small(one) - _small(other)).mean()) < 8.0


def _small(picture: Bytes) -> NDArray[np.float64]:
    return np.asarray(Image.fromarray(picture).convert("L").resize((16, 16), Image.Resampling.BOX), np.float64)


def _members(groups: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    order = np.argsort(groups, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(groups[order])) + 1) if len(groups) else []
