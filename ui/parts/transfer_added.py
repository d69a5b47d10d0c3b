"""What became of the pictures that were added last: new ones, known ones, and a reason for each left out."""

from typing import Any

import numpy as np
import streamlit as st

from core.errors import LabError
from ui import services
from ui.parts import pictures, transfer_open

FAULTS = 60


def keep(name: str, act: Any) -> bool:
    """Adds pictures and notes what became of them, for the page to say; false, with a sentence, if that cannot be."""
    try:
        st.session_state["own-added"] = (name, act())
        services.forget_datasets()
    except LabError as error:
        st.session_state["own-said"] = str(error)
        return False
    transfer_open.chose()
    return True


def added(name: str) -> None:
    """What became of the last files: how many are new, and a sentence and a thumbnail for each that is not."""
    where, done = st.session_state.get("own-added", (None, None))
    if where != name or done is None:
        return
    parts = [f"**{done.new:,}** new"]
    parts += [f"{done.known:,} there already"] if done.known else []
    parts += [f"**{len(done.faults):,}** left out"] if done.faults else []
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                st.markdown(f":material/inventory_2: {', '.join(parts)}.")
            st.button("Close", key="own-close", on_click=lambda: st.session_state.pop("own-added", None))
        if done.faults:
            st.html(_faults(done.faults[:FAULTS]))
            if len(done.faults) > FAULTS:
                st.caption(f"… and {len(done.faults) - FAULTS:,} more.")


def _faults(faults: Any) -> str:
    from html import escape

    rows = "".join(
        f"<li>{_thumb(each.thumbnail)}<span><b>{escape(each.name[-60:])}</b><i>{escape(each.why)}</i></span></li>"
        for each in faults
    )
    return f'<ul class="ink-faults">{rows}</ul>{STYLE}'


def _thumb(pixels: Any) -> str:
    if pixels is None:
        return '<em aria-hidden="true">?</em>'
    return f'<img src="{pictures.png(np.moveaxis(pixels, -1, 0))}" alt="">'


STYLE = """<style>
.ink-faults { list-style: none; margin: 0 !important; padding: 0 !important;
  display: grid; gap: 0.5rem; max-height: 22rem; overflow: auto; }
.ink-faults li { margin: 0 !important;
  display: grid; grid-template-columns: 3rem 1fr; gap: 0.7rem; align-items: center; font-size: 0.88rem; }
.ink-faults img, .ink-faults em { width: 3rem; height: 3rem; object-fit: cover; border-radius: 0.35rem; display: grid;
  place-items: center; background: rgba(128, 128, 128, 0.18); font: 600 1.3rem/1 Georgia, serif; }
.ink-faults span { display: grid; min-width: 0; overflow-wrap: anywhere; }
.ink-faults i { font-style: normal; opacity: 0.75; }
</style>"""
