"""The menu of earlier sweeps."""

import streamlit as st

from ui import services, state


def sweeps_menu() -> None:
    """The way back to earlier sweeps; nothing while there is none."""
    known = services.store().sweeps(limit=12)
    if not known:
        return
    menu = st.popover("Sweeps", icon=":material/history:", key="sweeps", on_change="rerun")
    if menu.open:
        with menu:
            for each in known:
                label = f"{each.id} · {each.name} ({each.status})"
                st.button(label, key=f"sweep-{each.id}", type="tertiary", on_click=_open, args=(each.id,))


def _open(sweep: int) -> None:
    st.session_state["sweeps"] = False
    state.open_sweep(sweep)
