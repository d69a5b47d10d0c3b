"""The nickname: one field on two pages, remembered by the browser until somebody types another one."""

import streamlit as st

from ui.components.name_kept import name_kept
from ui.state import VISITOR, visitor

TYPED = "visitor-typed"  # session_state: it was typed in this session, so the browser has to be told


def field(placeholder: str, about: str | None = None) -> None:
    """Who is here; what is typed is kept over a reload, and so is that it was emptied."""
    visitor()  # before the field is drawn: what the browser remembers
    st.text_input(
        "Your nickname", key=VISITOR, persist_state="session", max_chars=40, placeholder=placeholder, help=about,
        on_change=lambda: st.session_state.update({TYPED: True}),
    )  # fmt: skip
    if st.session_state.get(TYPED):
        name_kept("name-kept", visitor() or "")
