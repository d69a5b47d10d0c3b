"""Latent: one picture of a generator as a value. The same Latent gives the same picture, always."""

import base64
import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from core.errors import LabError

DECIMALS = 3  # of every number: short links, and no picture differs by the last bit of an addition
FAR = 10.0  # numbers beyond this never come from a generator's own dice
STRONG = 20.0  # the same for a move along a direction
TRUNCATION = (0.0, 1.5)


@dataclass(frozen=True)
class Latent:
    """Where a picture comes from: the dice's seed, how far from the middle, and what was changed by hand."""

    seed: int = 0
    edits: tuple[tuple[int, float], ...] = ()  # index -> the number that stands there instead
    truncation: float = 1.0  # the seed's numbers are multiplied by it: smaller is more ordinary
    moves: tuple[tuple[str, float], ...] = ()  # direction by name -> how far along it
    label: int | None = None  # the class, where a generator knows classes

    def __post_init__(self) -> None:
        _whole("seed", self.seed, 0, 2**31 - 1)
        _number("truncation", self.truncation, *TRUNCATION)
        object.__setattr__(self, "truncation", round(float(self.truncation), DECIMALS))
        object.__setattr__(self, "edits", _pairs("edits", self.edits, FAR))
        object.__setattr__(self, "moves", _pairs("moves", self.moves, STRONG))
        for index, _ in self.edits:
            _whole("an edited index", index, 0, 4095)
        if self.label is not None:
            _whole("label", self.label, 0, 9999)

    def edit(self, index: int, value: float | None) -> Self:
        """With another number at one index; None gives back the seed's own."""
        edits = {place: number for place, number in self.edits if place != index}
        return replace(self, edits=tuple((edits if value is None else {**edits, index: value}).items()))

    def has_of_seed(self, size: int) -> bool:
        """Whether one of the seed's own numbers is left: a sum has none, and truncation nothing to act on."""
        return len(self.edits) < size

    def move(self, name: str, amount: float) -> Self:
        """Moved so far along a direction; 0 takes the move back."""
        moves = {each: number for each, number in self.moves if each != name}
        return replace(self, moves=tuple(({**moves, name: amount} if amount else moves).items()))

    def numbers(self, size: int, directions: Mapping[str, Any] | None = None) -> "list[float]":
        """The numbers that the generator eats, rounded to three decimals."""
        import torch

        for index, _ in self.edits:
            if index >= size:
                raise LabError(f"The latent changes index {index}; this generator has the indices 0 to {size - 1}.")
        z = torch.randn(size, generator=torch.Generator().manual_seed(self.seed), dtype=torch.float32).double()
        z = z * self.truncation
        for index, value in self.edits:
            z[index] = value
        for name, amount in self.moves:
            if directions is None or name not in directions:
                known = ", ".join(directions or ()) or "none"
                raise LabError(f"The latent moves along {name!r}, a direction not known here. Known: {known}.")
            z = z + amount * torch.as_tensor(directions[name], dtype=torch.float64)
        return [round(value, DECIMALS) for value in z.tolist()]

    def baked(self, size: int, directions: Mapping[str, Any] | None = None) -> Self:
        """The same picture without any names of directions: every number written down."""
        return replace(self, edits=tuple(enumerate(self.numbers(size, directions))), moves=(), truncation=1.0)

    def to_dict(self) -> dict[str, Any]:
        """What differs from the defaults, as JSON."""
        values: dict[str, Any] = {"seed": self.seed}
        if self.truncation != 1.0:
            values["truncation"] = self.truncation
        if self.edits:
            values["edits"] = {str(index): value for index, value in self.edits}
        if self.moves:
            values["moves"] = dict(self.moves)
        if self.label is not None:
            values["label"] = self.label
        return values

    def to_json(self) -> str:
        return json.dumps({"latent": self.to_dict()}, indent=1, ensure_ascii=False)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """A latent from its dict, or from the plain list of all its numbers under `numbers`."""
        known = {"seed", "edits", "truncation", "moves", "label", "numbers"}
        strange = [str(name) for name in values if name not in known]
        if strange:
            raise LabError(f"A latent has no {strange[0]!r}; allowed: {', '.join(sorted(known))}.")
        edits = values.get("edits", {})
        if isinstance(edits, Mapping):
            edits = tuple(edits.items())
        moves = values.get("moves", {})
        if not isinstance(edits, list | tuple) or not isinstance(moves, Mapping):
            raise LabError("A latent's edits and moves are lists of a name and a number each.")
        return cls(
            values.get("seed", 0),
            tuple(edits),
            values.get("truncation", 1.0),
            tuple(moves.items()),
            values.get("label"),
        )

    @classmethod
    def from_json(cls, text: str, size: int | None = None) -> Self:
        """A latent from a file: what `to_json` wrote, or a bare list of as many numbers as the generator eats."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            raise LabError(
                "The latent is no readable JSON; allowed: a file that the lab saved, or a list of numbers."
            ) from None
        if isinstance(values, dict):
            values = values.get("latent", values)
        if isinstance(values, dict) and "numbers" in values:
            values = values["numbers"]
        if isinstance(values, list):
            return cls.of(values, size)
        if not isinstance(values, dict):
            raise LabError(f"The latent is a JSON {type(values).__name__}; allowed: an object or a list of numbers.")
        return cls.from_dict(values)

    @classmethod
    def of(cls, numbers: list[Any], size: int | None = None) -> Self:
        """A latent that is nothing but its numbers."""
        if size is not None and len(numbers) != size:
            raise LabError(f"The latent has {len(numbers)} numbers; this generator needs {size}.")
        for place, number in enumerate(numbers):
            _number(f"number {place} of the latent", number, -FAR, FAR)
        return cls(0, tuple(enumerate(numbers)))

    def to_link(self) -> str:
        """A text for a URL: `seed`, or base64 of the JSON; many edits go as 16-bit numbers."""
        values = self.to_dict()
        if len(values) == 1:
            return str(self.seed)
        if len(self.edits) > 8:
            packed = struct.pack(f"<{len(self.edits)}h", *(round(value * 10**DECIMALS) for _, value in self.edits))
            places = [index for index, _ in self.edits]
            values["edits"] = {"p": "all" if places == list(range(len(places))) else places, "v": _letters(packed)}
        return "~" + _letters(json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode())

    @classmethod
    def from_link(cls, text: str) -> Self:
        """The way back from `to_link`."""
        try:
            if not text.startswith("~"):
                return cls(int(text))
            values = json.loads(_bytes(text[1:]))
            edits = values.get("edits", {})
            if isinstance(edits, dict) and set(edits) == {"p", "v"}:
                packed = _bytes(edits["v"])
                numbers = [value / 10**DECIMALS for value in struct.unpack(f"<{len(packed) // 2}h", packed)]
                places = range(len(numbers)) if edits["p"] == "all" else edits["p"]
                values["edits"] = list(zip(places, numbers, strict=True))
            return cls.from_dict(values)
        except (ValueError, TypeError, KeyError, AttributeError, struct.error):
            raise LabError(
                "The link's picture cannot be read: it was cut or changed. Ask for the link again."
            ) from None


def _pairs(what: str, pairs: Any, far: float) -> tuple[tuple[Any, float], ...]:
    found: dict[Any, float] = {}
    for pair in pairs:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise LabError(f"{what} hold {str(pair)[:40]!r}; allowed: pairs of a place and a number.")
        place, value = pair
        if what == "edits":
            try:
                place = int(place)
            except (TypeError, ValueError):
                raise LabError(f"{what} name the index {str(place)[:20]!r}; allowed: whole numbers from 0.") from None
        _number(f"{what} at {place}", value, -far, far)
        found[place] = round(float(value), DECIMALS)
    return tuple(sorted(found.items(), key=lambda pair: (str(type(pair[0])), pair[0])))


def _number(what: str, value: Any, low: float, high: float) -> None:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or not low <= value <= high
    ):
        raise LabError(f"{what} is {str(value)[:20]}; allowed: a number from {low:g} to {high:g}.")


def _whole(what: str, value: Any, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise LabError(f"{what} is {str(value)[:20]}; allowed: a whole number from {low} to {high}.")


def _letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
