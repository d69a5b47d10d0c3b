"""Which test pictures Inside shows a network: its own set's, or those of another set with its classes."""

from core.look.opened import Opened
from ui.parts.mistakes_pictures import Pictures, fitting, pictures

NONE = "No test pictures on this machine have this network's classes"


def tests(opened: Opened) -> Pictures | None:
    """The pictures with the network's own class numbers; None where this machine has none that fit."""
    sets = fitting(opened)
    return pictures(opened, sets[0]) if sets else None


def classes(opened: Opened, of: Pictures) -> list[str]:
    """The classes that these pictures show: a set of digits has nothing of a network's letters."""
    return [opened.classes[index] for index in sorted(set(of.truth.tolist()))]
