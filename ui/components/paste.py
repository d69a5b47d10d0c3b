"""Paste: a picture from the clipboard, shrunk in the browser, wherever the pointer is on the page."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

HERE = Path(__file__).with_suffix("")

_component = st.components.v2.component(
    "inkling_paste", html="<span hidden></span>\n<i hidden></i>", js=HERE.with_suffix(".js").read_text()
)


def paste(key: str, on_pasted: Callable[[], None]) -> None:
    """Calls `on_pasted` when a picture was pasted; it is `st.session_state[key]["pasted"]`, a PNG or JPEG in base64."""
    _component(key=key, height=1, on_pasted_change=on_pasted)
