"""The bell: runs the fragment it stands in again when the ink pad, or the latent panel, has its answer."""

from pathlib import Path

import streamlit as st

PAD, LATENT = "inkling-answered", "inkling-latent"  # the events that the two components send

_component = st.components.v2.component(
    "inkling_bell", html="<i hidden></i>\n<!-- heard, not seen -->", js=Path(__file__).with_suffix(".js").read_text()
)


def bell(key: str, event: str = PAD) -> None:
    """Put it into the fragment that shall follow."""
    _component(key=key, data={"event": event}, height=1, on_n_change=lambda: None)
