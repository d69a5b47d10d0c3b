"""Tab: which tab of which browser this is. A reload begins a new session, but the tab is still the same."""

import re
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).with_suffix("")
TOKEN = re.compile(r"[0-9a-f]{32}")

_component = st.components.v2.component(
    "inkling_tab",
    html="<i hidden></i>\n<!-- nothing to see -->",
    js=HERE.with_suffix(".js").read_text(),
)


def tab(key: str, known: str) -> str:
    """The tab's token; `known` is what it said before, empty at first."""
    result = _component(key=key, height=1, data={"known": known}, default={"token": None}, on_token_change=lambda: None)
    return said(result) or known


def said(state: Any) -> str:
    """The token in the browser's message; empty where there is none."""
    token = state.get("token") if hasattr(state, "get") else None
    return token if isinstance(token, str) and TOKEN.fullmatch(token) else ""
