"""Vary: one knob of a sweep, with the values it takes or the range they come from."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.config.run import KNOBS
from core.errors import LabError, unknown

FIXED = {  # knobs that no sweep varies, and why
    "seed": "seeds are not varied, every point is trained with several of them: say --seeds 3",
    "dataset": "accuracies on different pictures cannot be compared: make a sweep for each dataset",
    "holdout": "each value would be judged on other pictures",
    "kind": "only classifiers are judged by accuracy",
    "fixed_labels": "the label game writes it",
    "snapshots": "it changes nothing but what is kept",
}
LISTED = 1_000_000  # values a range may be cut into


@dataclass(frozen=True)
class Vary:
    """Either `values`, or a range from `low` to `high` (both included), on a logarithmic scale if `log`."""

    knob: str
    values: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None
    log: bool = False

    def __post_init__(self) -> None:
        if self.knob not in KNOBS:
            raise unknown("The setting", self.knob, KNOBS)
        if self.knob in FIXED:
            raise LabError(f"{self.knob} cannot be varied: {FIXED[self.knob]}.")
        knob = KNOBS[self.knob]
        if self.low is None or self.high is None:
            checked = tuple(dict.fromkeys(knob.check(value) for value in self.values))
            if not checked:
                raise LabError(f"{self.knob} has no values to vary; say {self.knob}=first,second.")
            object.__setattr__(self, "values", checked)
            return
        if knob.kind not in (int, float):
            raise LabError(f"{self.knob} has no range {shown(self.low)}..{shown(self.high)}; list its values.")
        object.__setattr__(self, "low", knob.check(self.low))
        object.__setattr__(self, "high", knob.check(self.high))
        said = f"The range of {self.knob} is {shown(self.low)}..{shown(self.high)}"
        if not self.low < self.high:
            raise LabError(f"{said}; its first end must be the smaller one.")
        if self.log and self.low <= 0:
            raise LabError(f"{said}; a logarithmic range begins above 0.")

    @property
    def count(self) -> int | None:
        """How many values there are; None for a range of numbers with a point, which has no end of them."""
        if self.low is None or self.high is None:
            return len(self.values)
        return int(self.high) - int(self.low) + 1 if KNOBS[self.knob].kind is int and not self.log else None

    def value(self, place: int) -> Any:
        """The value at one of `count` places."""
        return self.values[place] if self.low is None else int(self.low) + place

    def drawn(self, luck: random.Random) -> Any:
        """A value by chance, with as many digits as anybody would type."""
        if self.low is None or self.high is None:
            return self.values[luck.randrange(len(self.values))]
        if self.log:
            return self.rounded(math.exp(luck.uniform(math.log(self.low), math.log(self.high))))
        return self.rounded(luck.uniform(self.low, self.high))

    def rounded(self, value: float) -> Any:
        """Three digits are enough to tell two points apart, and let an equal run be recognised."""
        assert self.low is not None and self.high is not None
        if KNOBS[self.knob].kind is int:
            return min(max(round(value), int(self.low)), int(self.high))
        return min(max(float(f"{value:.3g}"), self.low), self.high)

    @property
    def text(self) -> str:
        """As the command line says it: 32,64,128 or 0.0001..0.1:log."""
        if self.low is None:
            return ", ".join(shown(value) for value in self.values)
        return f"{shown(self.low)}..{shown(self.high)}{':log' * self.log}"

    def to_dict(self) -> dict[str, Any]:
        values = [list(value) if isinstance(value, tuple) else value for value in self.values]
        return {"knob": self.knob, "values": values, "low": self.low, "high": self.high, "log": self.log}


def parse(text: str) -> Vary:
    """`lr=0.1,0.01`, `lr=1e-4..1e-1:log`, `lr=1e-4..1e-1:log:5` (five values), `filters=8/16,16/32`."""
    name, equals, told = text.partition("=")
    name, told = name.strip(), told.strip()
    if not equals or not name or not told:
        raise LabError(f"--vary is {text!r}; allowed: key=value,value such as lr=0.1,0.01, or lr=1e-4..1e-1:log.")
    if name not in KNOBS:
        raise unknown("The setting", name, KNOBS)
    if ".." not in told:
        return Vary(name, tuple(KNOBS[name].parse(part.strip()) for part in told.split(",")))
    ends, *more = told.split(":")
    low, _, high = ends.partition("..")
    try:
        first, last = float(low), float(high)
    except ValueError:
        raise LabError(f"The range of {name} is {ends!r}; allowed: two numbers such as 0.001..0.1.") from None
    wrong = [each for each in more if each not in ("log", "linear") and not each.isdigit()]
    if wrong:
        raise LabError(f"The range of {name} ends with {wrong[0]!r}; allowed: log, linear, or a number of values.")
    span = Vary(name, (), first, last, "log" in more)
    counts = [int(each) for each in more if each.isdigit()]
    return cut(span, counts[0]) if counts else span


def cut(span: Vary, count: int) -> Vary:
    """So many values of a range, evenly apart, both ends among them."""
    if not 2 <= count <= LISTED:
        raise LabError(f"The range of {span.knob} is cut into {count} values; allowed: 2 to {LISTED:,}.")
    assert span.low is not None and span.high is not None
    low, high = (math.log(span.low), math.log(span.high)) if span.log else (span.low, span.high)
    places = [low + (high - low) * place / (count - 1) for place in range(count)]
    return Vary(span.knob, tuple(span.rounded(math.exp(each) if span.log else each) for each in places))


def shown(value: Any) -> str:
    """A knob's value as a word."""
    if value is None:
        return "as the line"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "/".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
