"""A drawing or a photo as a network wants it: made like MNIST for those that learned ink, fitted for all others."""

from typing import Any

from numpy.typing import NDArray
from torch import Tensor

from core.data.ink import prepare
from core.errors import LabError
from core.look.opened import Opened, fitted

INK = ("mnist", "strokes", "strokes-digits", "strokes-greek", "class-drawings")  # white ink on black, centred


def learned_ink(opened: Opened) -> bool:
    """Whether this network learned white characters on black, centred in 28x28."""
    return opened.dataset in INK and opened.shape == (1, 28, 28)


def seen(opened: Opened, raw: NDArray[Any], as_mnist: bool = True) -> tuple[Tensor, tuple[str, ...]]:
    """The uint8 picture (C, H, W) of a drawing (dark on white) or photo, and sentences on what was changed."""
    if not learned_ink(opened):
        return fitted(255 - raw if raw.ndim == 2 and opened.dataset == "fashion" else raw, opened.shape)
    if not as_mnist:
        return fitted(255 - raw if raw.ndim == 2 else raw, opened.shape)
    ready = prepare(raw)
    if ready.empty:
        raise LabError(ready.why)
    picture, _ = fitted(ready.image, opened.shape)
    changed = raw.shape != ready.image.shape
    return picture, ("The ink was found and centred in 28x28, as MNIST was made.",) if changed else ()
