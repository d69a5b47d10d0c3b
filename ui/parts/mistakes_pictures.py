"""The test pictures that a network is judged on, with their labels as its class numbers."""

import hashlib
from dataclasses import dataclass
from typing import Any

from core.data.digits import DIGITS
from core.data.greek import GREEK
from core.errors import LabError
from core.look.judged import MOST, mapped
from core.look.opened import Opened
from ui import services

KNOWN = {  # sets that other networks of the same characters can be judged on, too
    "mnist": tuple(DIGITS),
    "strokes-digits": tuple(DIGITS),
    "strokes-greek": tuple(GREEK),
    "strokes": (*DIGITS, *GREEK),
}
DRAWINGS = "class-drawings"


@dataclass(frozen=True, eq=False)
class Pictures:
    """Test pictures with their labels as the network's class numbers."""

    key: tuple[Any, ...]
    dataset: str
    x: Any
    truth: Any


def fitting(opened: Opened) -> list[str]:
    """Datasets on this machine that the network can be judged on, its own first."""
    found = [opened.dataset] if services.ready(opened.dataset) else []
    for name, classes in KNOWN.items():
        fits_in = set(classes) <= set(opened.classes) and services.frame(name)[0] == opened.shape
        if fits_in and name not in found and services.at_hand(name):
            found.append(name)
    ready = services.ready(DRAWINGS) and opened.shape == (1, 28, 28) and DRAWINGS not in found
    if ready and set(services.dataset(DRAWINGS).classes) <= set(opened.classes):
        found.append(DRAWINGS)
    return found


def pictures(opened: Opened, name: str) -> Pictures:
    """The test pictures of a dataset, at most ten thousand."""
    data = services.dataset(name)
    x, y = data.x_test[:MOST], data.y_test[:MOST]
    if not len(y):
        raise LabError(f"The dataset {name!r} has no test pictures; needed: at least one.")
    if tuple(data.shape) != opened.shape:
        sizes = ["x".join(map(str, shape)) for shape in (data.shape, opened.shape)]
        raise LabError(f"The pictures of {name} are {sizes[0]}; {opened.title} eats {sizes[1]}.")
    return Pictures(("pictures", name, stamp(x, y), opened.classes), name, x, mapped(y, data.classes, opened.classes))


def stamp(x: Any, y: Any) -> str:
    """Another value for other pictures or labels: cached looks must never outlive what they looked at."""
    some = hashlib.sha256(y.numpy().tobytes())
    some.update(str(tuple(x.shape)).encode())
    some.update(x[:: max(1, len(x) // 64)].numpy().tobytes())
    return some.hexdigest()[:16]
