"""Aside: folds the sidebar away where it covers the page, once what was asked for there has begun."""

from pathlib import Path

import streamlit as st

BEGUN = "begun-aside"  # session_state: how often that was

_component = st.components.v2.component(
    "inkling_aside", html="<i hidden></i>\n<!-- nothing to see -->", js=Path(__file__).with_suffix(".js").read_text()
)


def fold() -> None:
    """To be called when something was begun from the sidebar; a page that draws `aside` follows."""
    st.session_state[BEGUN] = st.session_state.get(BEGUN, 0) + 1


def aside(key: str) -> None:
    """Put it on a page whose sidebar can begin something."""
    _component(key=key, data={"begun": st.session_state.get(BEGUN, 0)}, height=1)
