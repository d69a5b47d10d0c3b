"""The card of a checkpoint: readable JSON that says what the weights are and how good they are."""

import dataclasses
import json
import math
from dataclasses import dataclass, field
from typing import Any, Self

from core.errors import LabError


@dataclass(frozen=True)
class Card:
    """Everything about some weights but the weights."""

    name: str
    net: str  # the network line
    shape: tuple[int, int, int]  # of one picture: channels, height, width
    classes: tuple[str, ...]
    about: str = ""
    kind: str = "classifier"  # other rooms keep other kinds, such as generators
    dataset: str = ""
    mean: tuple[float, ...] = ()  # per channel, of training pixels scaled to 0..1
    std: tuple[float, ...] = ()
    scale: str = "standard"  # how pixels are scaled before the network sees them, as in the run's config
    config: dict[str, Any] = field(default_factory=dict)
    accuracy: float | None = None  # on the test set, 0..1
    seconds: float | None = None  # of training
    device: str = ""
    code_version: str = ""
    made: str = ""  # ISO date
    weights_sha256: str = ""
    figures: dict[str, Any] = field(default_factory=dict)  # measured, such as accuracy on other people's digits
    reading: dict[str, Any] = field(default_factory=dict)  # what a predictor needs: calibration, rejection

    def to_json(self) -> str:
        return json.dumps(_clean(dataclasses.asdict(self)), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str = "The card") -> Self:
        """A card from its JSON; keys that this version does not know are ignored."""
        try:
            values = json.loads(text)
        except (json.JSONDecodeError, RecursionError) as error:
            raise LabError(f"{where} is not readable JSON ({error}).") from None
        if not isinstance(values, dict):
            raise LabError(f"{where} is a JSON {type(values).__name__}; allowed: an object with name, net, classes …")
        known = {}
        for each in dataclasses.fields(cls):
            written = _written(each.type)
            if each.name in values:
                known[each.name] = _typed(each.name, written, values[each.name], where)
            elif each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING:
                raise LabError(f"{where} has no {each.name!r}; needed: name, net, shape and classes.")
        return cls(**known)


def _typed(name: str, annotation: str, value: Any, where: str) -> Any:
    """The value as the card's field wants it, or a sentence."""
    wrong = LabError(f"{where}: {name} is {str(value)[:60]!r}; allowed: {ALLOWED[annotation]}.")
    if annotation == "str" and isinstance(value, str):
        return value
    if annotation == "dict" and isinstance(value, dict):
        return value
    if annotation == "float | None" and (value is None or _number(value)):
        return value
    if not annotation.startswith("tuple") or not isinstance(value, list | tuple):
        raise wrong
    texts = annotation == "tuple[str, ...]"
    if not all(isinstance(each, str) if texts else _number(each) for each in value):
        raise wrong
    if annotation == "tuple[int, int, int]" and (len(value) != 3 or not all(isinstance(v, int) for v in value)):
        raise wrong
    if name == "classes" and (not value or len(set(value)) != len(value)):
        raise LabError(f"{where}: classes are {str(value)[:60]}; allowed: one or more names, each once.")
    return tuple(value)


ALLOWED = {
    "str": "some text",
    "dict": "a JSON object",
    "float | None": "a number or null",
    "tuple[int, int, int]": "[channels, height, width]",
    "tuple[str, ...]": "a list of texts",
    "tuple[float, ...]": "a list of numbers",
}


def _written(annotation: Any) -> str:
    """`str` for the class str, `tuple[int, int, int]` for that, `dict` for any dict."""
    text = annotation.__name__ if annotation is str else str(annotation)
    return "dict" if text.startswith("dict") else text


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _clean(value: Any) -> Any:
    """JSON has no NaN, no arrays and no tuples: null, and plain numbers and lists."""
    if isinstance(value, dict):
        return {str(key): _clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    if hasattr(value, "tolist"):  # numpy and torch
        return _clean(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value
