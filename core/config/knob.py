"""Knob: what one setting of a run means and what it may be."""

import math
from dataclasses import dataclass, field
from typing import Any

from core.errors import LabError, unknown


@dataclass(frozen=True)
class Knob:
    """What a field means and what it may be: the sidebar, the docs and the error messages are made from it."""

    name: str
    kind: type
    optional: bool  # None means "as the network line says"
    default: Any
    fold: str  # basic, optimiser, data, gan
    label: str
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    log: bool = False  # a logarithmic slider
    beginner: bool = False  # one of the six knobs of beginner mode

    def check(self, value: Any) -> Any:
        """The value in its proper type, or a LabError that names the knob, the value and what is allowed."""
        if value is None and self.optional:
            return None
        value = self._typed(value)
        if self.choices and value not in self.choices:
            raise unknown(self.name, value, self.choices)
        if self.low is not None and self.high is not None:
            for number in value if isinstance(value, tuple) else (value,):
                if not self.low <= number <= self.high:
                    raise LabError(f"{self.name} is {_plain(value)}; allowed: {self._allowed()}.")
        return value

    def parse(self, text: str) -> Any:
        """The value from the command line: `--set lr=0.01`, `--set filters=64,128`, `--set dropout=none`."""
        if text.lower() in ("none", "") and self.optional:
            return None
        return self.check(text)

    def _typed(self, value: Any) -> Any:
        wrong = LabError(f"{self.name} is {value!r}; allowed: {self._allowed()}.")
        if self.kind is bool:
            if isinstance(value, bool):
                return value
            words = {
                "true": True,
                "yes": True,
                "on": True,
                "1": True,
                "false": False,
                "no": False,
                "off": False,
                "0": False,
            }
            if str(value).lower() not in words:
                raise wrong
            return words[str(value).lower()]
        if self.kind is tuple:
            parts = value.replace("/", ",").split(",") if isinstance(value, str) else value
            try:
                numbers = tuple(int(part) for part in parts)
            except (TypeError, ValueError, OverflowError):
                raise wrong from None
            if not 1 <= len(numbers) <= 16:
                raise wrong
            return numbers
        if self.kind in (int, float):
            if isinstance(value, bool):
                raise wrong
            try:
                number = float(value)
            except (TypeError, ValueError, OverflowError):
                raise wrong from None
            if not math.isfinite(number) or (self.kind is int and number != int(number)):
                raise wrong
            return int(number) if self.kind is int else number
        if not isinstance(value, str) or not value.strip():
            raise wrong
        return value.strip()

    def _allowed(self) -> str:
        none = " (or none: as the network line says)" if self.optional else ""
        if self.choices:
            return ", ".join(self.choices) + none
        if self.kind is bool:
            return "true or false" + none
        if self.kind is tuple:
            return f"1 to 16 whole numbers from {_plain(self.low)} to {_plain(self.high)}, such as 64,128,256" + none
        if self.low is not None:
            whole = "a whole number from " if self.kind is int else ""
            return f"{whole}{_plain(self.low)} to {_plain(self.high)}" + none
        return "some text" + none


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def knob(default: Any, fold: str, label: str, help: str, **more: Any) -> Any:
    """A dataclass field that carries its knob."""
    return field(default=default, metadata={"fold": fold, "label": label, "help": help, **more})
