"""Axis: one knob of a chart, its values as places and ticks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.charts.figure import escaped


@dataclass(frozen=True)
class Axis:
    """One knob: its name and its value in each recipe or run. Words lie one beside the other, numbers to scale."""

    label: str
    values: Sequence[Any]
    log: bool = False

    @property
    def numeric(self) -> bool:
        return all(isinstance(each, int | float) and not isinstance(each, bool) for each in self.values)

    @property
    def logarithmic(self) -> bool:
        return self.log and self.numeric and min(self.values) > 0

    def words(self) -> list[str]:
        """Each different value once, in order."""
        if self.numeric:
            return [said(each) for each in sorted(set(self.values))]
        return sorted({said(each) for each in self.values})

    def places(self) -> list[float]:
        """Where each value lies: the number (its logarithm where the axis is), or the place of the word."""
        if self.numeric:
            return [math.log10(each) if self.logarithmic else float(each) for each in self.values]
        order = {word: float(place) for place, word in enumerate(self.words())}
        return [order[said(each)] for each in self.values]

    def ticks(self) -> tuple[list[float], list[str]]:
        """Where to write what: all values while they are few, else some round ones."""
        if not self.numeric:
            return [float(place) for place in range(len(self.words()))], [short(word) for word in self.words()]
        found = sorted(set(self.values))
        if len(found) > 7:
            found = [found[round(place * (len(found) - 1) / 5)] for place in range(6)]
        return [math.log10(each) if self.logarithmic else float(each) for each in found], [said(each) for each in found]


def said(value: Any) -> str:
    """A value as it stands at a tick."""
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def short(word: str, most: int = 18) -> str:
    """What fits below a tick."""
    return escaped(word if len(word) <= most else word[: most - 1] + "…")
