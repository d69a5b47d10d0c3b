"""Errors for the person at the screen: what, which value, what is allowed."""

from collections.abc import Iterable
from difflib import get_close_matches


class LabError(Exception):
    """A sentence a student can act on. Pages show it as it is; nothing else is caught."""


def unknown(what: str, value: object, allowed: Iterable[str]) -> LabError:
    """The error for a name that is not in a table, with a guess at what was meant."""
    names = list(allowed)
    close = get_close_matches(str(value), names, n=1)
    guess = f" Did you mean {close[0]!r}?" if close else ""
    return LabError(f"{what} is {value!r}, which does not exist.{guess} Allowed: {', '.join(names)}.")
