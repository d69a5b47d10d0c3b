"""The card of a network after surgery: where it comes from, what was cut, and how good it is now."""

import re
from collections.abc import Sequence

from core.errors import LabError
from core.look.opened import Opened
from core.look.surgery import Cut
from core.nets.card import Card

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def named(text: str, taken: Sequence[str]) -> str:
    """A name for a new model, or a sentence on what is wrong with it."""
    name = text.strip().lower().replace(" ", "-").replace("_", "-")
    if not NAME.fullmatch(name):
        raise LabError(f"The name is {text!r}; allowed: 1 to 40 of a-z, 0-9 and -, beginning with a letter or digit.")
    if name in taken:
        raise LabError(f"The name {name!r} is taken; choose another one.")
    return name


def card(opened: Opened, name: str, cuts: Sequence[Cut], accuracy: float | None, made: str) -> Card:
    """What is written beside the weights."""
    story = "; ".join(f"{opened.words.get(cut.path, cut.path)}: {cut.said}" for cut in cuts) or "nothing was cut"
    return Card(
        name=name,
        net=opened.net.line,
        shape=opened.shape,
        classes=opened.classes,
        about=f"{opened.title} after surgery ({story}).",
        dataset=opened.dataset,
        mean=opened.mean,
        std=opened.std,
        scale=opened.scale,
        accuracy=accuracy,
        made=made,
        figures={"cuts": [cut.to_dict() for cut in cuts]},
    )
