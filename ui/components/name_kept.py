"""Name kept: writes the nickname that was typed into this browser, where it outlives a reload."""

from pathlib import Path
from urllib.parse import unquote

import streamlit as st

COOKIE = "inkling-name"

_component = st.components.v2.component(
    "inkling_name_kept",
    html="<i hidden></i>\n<!-- nothing to see -->",
    js=Path(__file__).with_suffix(".js").read_text(),
)


def remembered() -> str:
    """The nickname that the browser had when it opened this session; empty where there is none."""
    text = st.context.cookies.get(COOKIE)
    return unquote(text) if isinstance(text, str) else ""


def name_kept(key: str, name: str) -> None:
    """Makes the browser remember `name`; an empty one is forgotten."""
    _component(key=key, height=1, data={"cookie": COOKIE, "name": name})
