"""Signs: what is printed for a class, such as ω for omega."""

import unicodedata
from collections.abc import Iterable

from core.data.greek import GREEK

UNICODE = {"lambda": "lamda"}  # the standard spells this one letter its own way
SIGNS = {name: unicodedata.lookup(f"GREEK SMALL LETTER {UNICODE.get(name, name).upper()}") for name in GREEK}


def sign(label: str) -> str:
    """What a reader expects to see: the letter itself, or the label where there is no sign for it."""
    return SIGNS.get(label, label)


def both(label: str) -> str:
    """`ω omega` for a letter, `7` for a digit."""
    return f"{SIGNS[label]} {label}" if label in SIGNS else label


def named(label: str) -> str:
    """As one says it in a sentence: a 7, an 8, omega."""
    if label in SIGNS or not label.isdigit():
        return label
    return f"an {label}" if label.startswith("8") else f"a {label}"


def signs(labels: Iterable[str]) -> list[str]:
    """What stands on the axes of a board."""
    return [sign(each) for each in labels]
