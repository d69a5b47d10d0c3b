"""Finds: how well people found labels that were flipped on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Finds:
    """Numbers of training pictures."""

    right: tuple[int, ...]  # flipped, and given their true label again
    third: tuple[int, ...]  # flipped, found, and given another wrong label
    missed: tuple[int, ...]  # flipped, and left as they were
    alarms: tuple[int, ...]  # relabelled although nobody had flipped them

    @property
    def found(self) -> int:
        return len(self.right) + len(self.third)

    @property
    def flipped(self) -> int:
        return self.found + len(self.missed)


def finds(flipped: Mapping[int, int], fixed: Mapping[int, int], truth: Mapping[int, int]) -> Finds:
    """`flipped`: picture -> wrong label; `fixed`: picture -> what people made of it; `truth`: of all that are named."""
    changed = {picture for picture, label in fixed.items() if label != flipped.get(picture, truth[picture])}
    found = sorted(changed & flipped.keys())
    return Finds(
        right=tuple(each for each in found if fixed[each] == truth[each]),
        third=tuple(each for each in found if fixed[each] != truth[each]),
        missed=tuple(sorted(flipped.keys() - changed)),
        alarms=tuple(sorted(changed - flipped.keys())),
    )
