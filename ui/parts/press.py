"""Press: a button that acts where it stands, so what was typed a moment before its press counts."""

import time
from typing import Any

import streamlit as st

WAITS = 20.0  # seconds; older than that, nobody expects anything of a press any more


def press(label: str, key: str, **looks: Any) -> bool:
    """Draws the button; True once after its press, as soon as the page has come by here with all that was typed.

    A callback's arguments are those of the last time the page was drawn: without what the press itself took out of a
    text box. And a press that only this run of the page knows is lost when another interrupts it. So a callback notes
    the press, and it waits until it is acted upon here.
    """
    st.button(label, key=key, on_click=_note, args=(key,), **looks)
    return forget(key)


def forget(key: str) -> bool:
    """Takes a waiting press back, where its button is not drawn; True if there was one."""
    noted = st.session_state.pop(f"pressed-{key}", None)
    return noted is not None and time.monotonic() - noted < WAITS


def _note(key: str) -> None:
    st.session_state[f"pressed-{key}"] = time.monotonic()
