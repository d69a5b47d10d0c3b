"""Confusion: which class is taken for which, and what that says about each class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SURE = 1.959963984540054  # of a normal distribution, 95 % lie within so many spreads

Numbers = NDArray[Any]


def matrix(truth: Numbers, answers: Numbers, classes: int) -> Numbers:
    """(classes, classes): row = what it is, column = what the network says, entry = how many pictures."""
    counted = np.bincount(truth.astype(np.int64) * classes + answers, minlength=classes * classes)
    return counted.reshape(classes, classes)


def shares(counts: Numbers) -> Numbers:
    """Each row as shares of its own pictures; a class without pictures has zeros."""
    found: Numbers = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    return found


@dataclass(frozen=True)
class ClassFigures:
    """How one class fares."""

    name: str
    pictures: int  # that are of this class
    called: int  # that the network says are of this class
    right: int  # both
    low: float  # the 95 % interval of the recall: with other pictures it might be anything in here
    high: float

    @property
    def recall(self) -> float | None:
        """Of all pictures of this class, the share that is recognised; reports call it the accuracy of a class."""
        return self.right / self.pictures if self.pictures else None

    @property
    def precision(self) -> float | None:
        """Of all pictures that the network calls this class, the share that is."""
        return self.right / self.called if self.called else None


def per_class(counts: Numbers, names: Sequence[str]) -> list[ClassFigures]:
    """A row for each class, in order."""
    rows = []
    for i, name in enumerate(names):
        pictures, called, right = int(counts[i].sum()), int(counts[:, i].sum()), int(counts[i, i])
        rows.append(ClassFigures(name, pictures, called, right, *interval(right, pictures)))
    return rows


def interval(right: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share: honest for few pictures and near 100 %, too."""
    if not of:
        return 0.0, 1.0
    share, z = right / of, SURE
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * float(np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)))
    return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True)
class Pair:
    """Two classes that are taken for each other."""

    first: int
    second: int
    there: int  # pictures of the first that are taken for the second
    back: int  # pictures of the second that are taken for the first

    @property
    def total(self) -> int:
        return self.there + self.back


def pairs(counts: Numbers, most: int = 10) -> list[Pair]:
    """The most confused pairs, worst first, each with the direction that happens more often first."""
    found = []
    for i in range(len(counts)):
        for j in range(i + 1, len(counts)):
            there, back = int(counts[i, j]), int(counts[j, i])
            if there + back:
                found.append(Pair(i, j, there, back) if there >= back else Pair(j, i, back, there))
    return sorted(found, key=lambda pair: (-pair.total, pair.first, pair.second))[:most]
