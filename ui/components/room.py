"""Room: how wide a part of the page can be, as the browser sees it; what has a fixed size then fits a phone, too."""

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).with_suffix("")
LEAST = 200  # pixels: whatever a browser says, nothing gets narrower

_component = st.components.v2.component(
    "inkling_room",
    html='<div style="width: 100%; height: 1px"></div>\n<!-- nothing to see -->',
    js=HERE.with_suffix(".js").read_text(),
)


def room(key: str, now: int, most: int) -> int:
    """The pixels there are, at most `most`; `now` is what is known so far, 0 at first."""
    result = _component(
        key=key, height=1, data={"width": now, "most": most}, default={"width": None}, on_width_change=lambda: None
    )
    return said(result, now, most)


def said(state: Any, now: int, most: int) -> int:
    """The width in the browser's message, kept within sense; `now` where there is none."""
    width = state.get("width") if hasattr(state, "get") else None
    return min(max(width, LEAST), most) if isinstance(width, int) and not isinstance(width, bool) else now
