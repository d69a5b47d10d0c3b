"""The time machine's player: a slider and a play button that move everything, without asking the server."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from ui.components import kit

_component = st.components.v2.component(
    "inkling_time_machine",
    html='<div class="machine" data-testid="machine"></div>\n<div class="tip" hidden></div>\n',
    css=kit.sheet("time_machine"),
    js=kit.script("time_machine"),
)


def time_machine(key: str, data: dict[str, Any], on_step: Callable[[], None] = lambda: None) -> None:
    """Draws it; `st.session_state[key]["step"]` is the step at which the slider was let go."""
    _component(key=key, data=data, on_step_change=on_step)


def stepped(state: Any) -> int | None:
    """The step that the browser tells; nothing else is believed."""
    value = state.get("step") if hasattr(state, "get") else None
    return value if isinstance(value, int) and value >= 0 else None
