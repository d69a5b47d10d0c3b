"""A drawing or a photo as a network wants it: made like MNIST for those that learned ink, fitted for all others."""

from typing import Any

from numpy.typing import NDArray
from torch import Tensor

from core.data.ink import CHARACTERS, prepare
from core.errors import LabError
from core.look.opened import Opened, fitted


def learned_ink(opened: Opened) -> bool:
    """Whether this network learned white characters on black, centred in 28x28."""
    sets = {each.strip().partition(":")[0] for each in opened.dataset.split(",")}  # `mnist, strokes` is two of them
    return not sets.isdisjoint(CHARACTERS) and opened.shape == (1, 28, 28)


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


def made_seen(
    opened: Opened, made: NDArray[Any], light_ink: bool, learned_from: int | None = None
) -> tuple[Tensor, tuple[str, ...]]:
    """The same for a generator's picture, which has the colours of its training set already: white ink stays white.

    `learned_from`: the side of the pictures it learned, where they got a margin; the margin is cut off again.
    """
    notes: tuple[str, ...] = ()
    side = made.shape[0]
    if learned_from is not None and learned_from < side and opened.shape[1] <= learned_from:
        edge = (side - learned_from) // 2
        made = made[edge : edge + learned_from, edge : edge + learned_from]
        notes = (
            f"The generator's margin of {edge} pixels was cut off: it learned from {learned_from}x{learned_from}.",
        )
    if learned_ink(opened) and not light_ink:
        notes += ("This network learned white characters on black; this picture is neither, so read on with a smile.",)
    picture, changed = fitted(made, opened.shape)
    return picture, (*notes, *changed)
