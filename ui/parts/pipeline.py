"""The pipeline: from the raw picture to what the network sees, step by step, each with its switch."""

from typing import Any

import streamlit as st

from core.data.ink import Steps, prepare
from core.data.photo import same_size
from ui.parts import tiles
from ui.parts.code import show_code

# stage of core/data/ink.py -> title, switches (step, its label) and what it is for
STAGES: dict[str, tuple[str, tuple[tuple[str, str], ...], str]] = {
    "raw": ("Raw", (), "As you drew it: any place, any size."),
    "threshold": ("Ink", (("threshold", "find the ink"),), "Paper, shadows and specks go."),
    "crop": ("Crop", (("crop", "cut it out"),), "Where it stood no longer matters."),
    "resize": ("20 pixels", (("resize", "one size"), ("pen", "one pen")), "The longest side to 20, every pen as wide."),
    "centre": ("Centre", (("centre", "centre of mass"),), "The middle of the ink to the middle of 28 × 28."),
}
SHOWN = 160  # pixels of a picture on the page


def steps() -> Steps:
    """The steps as the switches say, also before these are shown."""
    names = [name for _, switches, _ in STAGES.values() for name, _ in switches]
    return Steps(**{name: bool(st.session_state.get(f"step-{name}", True)) for name in names})


def show(prepared: Any) -> None:
    """Five pictures and their switches; the answer above follows at once."""
    st.caption("MNIST was made this way, so your drawing is, too. Switch a step off and watch the answer.")
    with st.container(horizontal=True, gap="small"):
        for stage, (title, switches, about) in STAGES.items():
            with st.container(width=160, gap="small"):
                pixels = prepared.stages.get(stage)
                if pixels is not None:
                    tiles.row([tiles.tile(same_size(pixels, SHOWN), title, about, f"{title}: {about}")])
                for name, label in switches:
                    st.toggle(label, value=True, key=f"step-{name}", persist_state="page", on_change=_changed)
    if steps() != Steps():
        st.button("Switch all steps on", icon=":material/restart_alt:", on_click=_all_on, key="steps-on")
    show_code(prepare)
    if st.session_state.pop("steps-changed", False):
        st.rerun()  # the answer is in another fragment


def _changed() -> None:
    st.session_state["steps-changed"] = True


def _all_on() -> None:
    _changed()
    for name in vars(Steps()):
        st.session_state[f"step-{name}"] = True
