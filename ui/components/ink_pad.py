"""The ink pad: a square to draw one character on with mouse, finger or pen, read while the pen still moves."""

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).with_suffix("")
STORE = "inkling-drawing"  # where the browser's tab remembers the drawing over a reload
PEN = (150, 550, 1000)  # thinnest, usual and thickest pen in ten-thousandths of the pad

HTML = f"""
<div class="pad" data-testid="ink-pad">
  <div class="sheet">
    <canvas tabindex="0" role="application" aria-label="Drawing pad. Draw with mouse, finger or pen. With the keyboard:
      arrows move, space puts the pen down or lifts it, Control Z undoes, Escape clears."></canvas>
    <div class="invite"><b></b><span></span></div>
  </div>
  <div class="tools" role="toolbar" aria-label="Pen">
    <label title="Pen width"><span class="nib"><i class="dot"></i></span>
      <input class="width" type="range" min="{PEN[0]}" max="{PEN[2]}" step="50" value="{PEN[1]}" aria-label="Pen width">
    </label>
    <button type="button" class="undo icon" title="Undo (Ctrl+Z)" aria-label="Undo"><svg viewBox="0 0 24 24">
      <path d="M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3"/></svg></button>
    <button type="button" class="redo icon" title="Redo (Ctrl+Shift+Z)" aria-label="Redo"><svg viewBox="0 0 24 24">
      <path d="m15 14 5-5-5-5M20 9H10a6 6 0 0 0 0 12h3"/></svg></button>
    <button type="button" class="clear" title="Clear the pad (Escape)"><svg viewBox="0 0 24 24">
      <path d="M6 6l12 12M18 6L6 18"/></svg><span class="word">Clear</span></button>
  </div>
</div>
"""

_component = st.components.v2.component(
    "inkling_ink_pad", html=HTML, css=HERE.with_suffix(".css").read_text(), js=HERE.with_suffix(".js").read_text()
)


def ink_pad(
    key: str, *, ink: str | None, generation: int, seen: int, invite: str, hint: str, asks: str = ""
) -> dict[str, Any] | None:
    """Shows the pad; returns what was last sent: `n` its number, `up` whether the pen is lifted, `ink` the strokes.

    `seen` tells the pad that message n has its answer. A new `generation` makes it show `ink` instead of its own.
    Where there is an address to ask, only a lifted pen's message comes here; what is read there goes to the answer.
    """
    result = _component(
        key=key,
        data={
            "ink": ink,
            "generation": generation,
            "seen": seen,
            "invite": invite,
            "hint": hint,
            "asks": asks,
            "store": STORE,
        },
        default={"ink": None},
        on_ink_change=lambda: None,
    )
    return sent(result)


def sent(state: Any) -> dict[str, Any] | None:
    """The pad's message, or None for anything that is none: what comes from a browser is not trusted."""
    message = state.get("ink") if hasattr(state, "get") else None
    if not isinstance(message, dict) or not isinstance(message.get("ink"), str):
        return None
    number = message.get("n")
    return {
        "n": number if isinstance(number, int) else 0,
        "up": bool(message.get("up", True)),
        "ink": message["ink"],
    }
