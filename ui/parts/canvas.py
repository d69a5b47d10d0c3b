"""The ink pad on the page: what is on it, before and while it is shown. The full canvas is in line.py."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.errors import LabError
from ui import quick
from ui.components import ink_pad

PAD, FULL = "pad", "full"


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is on a canvas."""

    raw: Any = None  # uint8 picture, None while nothing is drawn
    prediction: Any = None  # what is read there
    ink: str = ""  # the strokes as text (ink pad only)
    up: bool = True  # the pen is lifted
    n: int = 0  # the number of the message


def pad_now(reader: quick.Reader | None = None) -> Drawn:
    """What is on the ink pad before it is shown, and what a reader reads there: the answer is ready when the pad is."""
    kept = st.session_state.setdefault("drawing", {"ink": None, "n": 0, "generation": 0})
    message = ink_pad.sent(st.session_state.get("pad"))
    if message and message["n"] != kept["n"]:
        kept |= {"ink": message["ink"], "n": message["n"], "up": message["up"]}
    ink = kept["ink"] or ""
    raw = prediction = None
    try:
        raw, prediction = quick.answered(reader, ink) if reader else (quick.painted(ink), None)
    except LabError as error:  # only a tampered message gets here
        st.warning(str(error))
    return Drawn(raw, prediction, ink, kept.get("up", True), kept["n"])


def show_pad(invite: str, hint: str, asks: str = "") -> None:
    """The ink pad itself, told that its last message has its answer, and where it can ask in between."""
    kept = st.session_state["drawing"]
    ink_pad.ink_pad(
        "pad", ink=kept["ink"], generation=kept["generation"], seen=kept["n"], invite=invite, hint=hint, asks=asks
    )


def lay(ink: str) -> None:
    """Puts other strokes on the pad; none clears it."""
    kept = st.session_state.setdefault("drawing", {"ink": None, "n": 0, "generation": 0})
    kept |= {"ink": ink, "generation": kept["generation"] + 1, "up": True}
