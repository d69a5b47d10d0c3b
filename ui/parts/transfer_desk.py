"""The pad of the Teach view: draw, tap the name, and read what the taught network says."""

import streamlit as st

from core.data.ink import Steps, prepare
from core.errors import LabError
from core.runs import teaching
from core.runs.drawings import Labelled
from ui import quick
from ui.parts import canvas, reading
from ui.parts.drawings import pool
from ui.parts.signs import sign
from ui.parts.transfer_lesson import learning, taught
from ui.parts.words import plain
from ui.state import visitor

SHOWN = 3  # classes named in the invitation to draw one of them


@st.fragment
def desk(classes: list[str]) -> None:
    """The pad, and beside it what the taught network says and where the drawing belongs."""
    model = taught()
    asks, reader = quick.offer(model.predictor, Steps(), "things") if model else ("", None)
    now = canvas.pad_now(reader)
    with st.container(key="draw-desk"):
        left, right = st.columns(2, gap="large")
    with left:
        hint = "Then tap its name: the class keeps it, and the pad is free again."
        canvas.show_pad(_invitation(classes), hint, asks)
    with right:
        if model:
            reading.show(now.prediction, now.n, "things", model.predictor.rejects, asks)
        _keeper(now, classes)  # on a phone right below the pad
        if not model:
            _so_far(classes)
    if "teach-kept" in st.session_state:
        st.session_state.pop("teach-kept")
        st.rerun()


def _so_far(classes: list[str]) -> None:
    """Before the first lesson: how many drawings there are, and how many are still worth drawing."""
    if learning():
        st.subheader("It is learning", anchor=False)
        st.write("As soon as it is done, draw one of them here: it is read at once.")
        return
    counts = pool().labels()
    have = sum(min(counts.get(name, 0), teaching.ENOUGH) for name in classes)
    need = teaching.ENOUGH * len(classes)
    st.subheader("Five of each" if have < need else "Now press Teach", anchor=False)
    st.progress(have / need, text=f"{have} of {need} drawings")
    st.write("Draw them as differently as you would another day: larger, slanted, in a hurry. Then tap what it is.")


def _invitation(classes: list[str]) -> str:
    """To draw the class that has the fewest drawings; any of them once there are enough."""
    counts = pool().labels()
    fewest = min(classes, key=lambda name: counts.get(name, 0))
    if counts.get(fewest, 0) < teaching.ENOUGH:
        return f"Draw “{fewest}”"
    more = " …" if len(classes) > SHOWN else ""
    return f"Draw one of these: {', '.join(classes[:SHOWN])}{more}"


def _keeper(now: canvas.Drawn, classes: list[str]) -> None:
    prepared = prepare(now.raw) if now.raw is not None and now.up else None
    if prepared is not None and prepared.empty:
        st.caption(prepared.why)
        prepared = None
    if prepared is not None:
        st.session_state["teach-drawn"] = (prepared.image, now.ink)
    counts = pool().labels()
    st.pills(
        "What is it? Tap it",
        classes,
        format_func=lambda name: f"{plain(sign(name))} · {counts.get(name, 0)}",
        key="teach-tap",
        on_change=_keep,
        disabled=prepared is None,
    )
    # below the pad, since it comes and goes: a pad that moves up while somebody draws loses the stroke
    few = teaching.too_few({name: counts.get(name, 0) for name in classes})
    if few:
        st.caption(few)


def _keep() -> None:
    label, waiting = st.session_state.get("teach-tap"), st.session_state.pop("teach-drawn", None)
    st.session_state["teach-tap"] = None
    if label is None or waiting is None:
        return
    try:
        pool().keep(Labelled(waiting[0], label, visitor(), waiting[1]))
    except LabError as error:
        st.session_state["teach-said"] = str(error)
    st.session_state["teach-kept"] = True
    canvas.lay("")
