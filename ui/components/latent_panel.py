"""The latent panel: a picture and the sliders that make it; the picture follows while a slider moves."""

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).with_suffix("")

HTML = """
<div class="panel" data-testid="latent-panel">
  <div class="face"><img alt="">
    <div class="tools" role="toolbar" aria-label="Picture">
      <button type="button" class="dice">Another</button>
      <button type="button" class="undo">Undo</button>
      <button type="button" class="redo">Redo</button>
      <button type="button" class="reset">Reset</button>
    </div>
    <p class="said"></p>
  </div>
  <div class="all">
    <div class="named"></div>
    <details><summary>All numbers, one by one</summary>
      <div class="find"><input type="search" placeholder="17, or what it moves: hair" aria-label="Search">
        <button type="button" class="mix" title="New numbers for all that are not locked">Randomise</button>
        <button type="button" class="back" title="The seed's own numbers again">Put back</button></div>
      <div class="numbers"></div>
      <p class="none" hidden>No index fits. Search for a number from 0 on, or for a word such as hair.</p>
    </details>
  </div>
</div>
"""

_component = st.components.v2.component(
    "inkling_latent_panel", html=HTML, css=HERE.with_suffix(".css").read_text(), js=HERE.with_suffix(".js").read_text()
)


def latent_panel(key: str, data: dict[str, Any]) -> None:
    """Shows the panel. What it sent last is `sent(st.session_state.get(key))`, to be read before it is shown again.

    data: generation (a new one makes it take `state`), state (the Latent as a dict), seen (the message that `image`
    answers), image, alt, said, asks (the address that makes the picture of a state without the page), base (the seed's
    numbers), named [{name, low, high, note}], notes (one per index), classes.
    """
    _component(key=key, data=data, default={"moved": None}, on_moved_change=lambda: None)


def sent(state: Any) -> dict[str, Any] | None:
    """The panel's message: `n` its number, `up` whether the slider was let go, `state` a Latent's dict, unchecked."""
    message = state.get("moved") if hasattr(state, "get") else None
    if not isinstance(message, dict) or not isinstance(message.get("state"), dict):
        return None
    number, generation = message.get("n"), message.get("generation")
    return {
        "n": number if isinstance(number, int) else 0,
        "generation": generation if isinstance(generation, int) else -1,
        "up": bool(message.get("up", True)),
        "state": message["state"],
    }
