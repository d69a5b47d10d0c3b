"""An entry: a line of text and its button, sent together."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

# On a phone Streamlit's "Press Enter to submit form" lies over the text; the button beside it says as much.
STYLE = """<style>@media (max-width: 640px) {
  [data-testid="stForm"] [data-testid="InputInstructions"] { display: none; }
}</style>"""


def entry(
    label: str, key: str, word: str, icon: str, take: Callable[..., None] | None = None, args: Sequence[Any] = (),
    **more: Any,
) -> bool:  # fmt: skip
    """A text that Enter or the button `word` sends; true in the run that it sets off, after `take` was called.

    A text outside a form is sent as soon as the pointer goes down on the button, and once more when it goes up: the
    second time with what the page showed before the first.
    """
    st.html(STYLE)
    with (
        st.form(f"{key}-form", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(label, key=key, **more)
        return st.form_submit_button(word, key=f"{key}-send", icon=icon, on_click=take, args=tuple(args))
