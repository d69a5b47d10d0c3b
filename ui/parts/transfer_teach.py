"""Teach: draw five of each, press Teach, and the network reads them a few seconds later."""

import time

import streamlit as st

from core.data.glyphs import GLYPHS
from core.errors import LabError
from core.runs import teaching
from core.runs.drawings import Pool
from ui import services
from ui.parts import canvas
from ui.parts.drawings import pool
from ui.parts.transfer_desk import desk
from ui.parts.transfer_drawings import album
from ui.parts.transfer_entry import entry
from ui.parts.transfer_lesson import RUN, learning, progress, recall
from ui.parts.transfer_names import keep_names, names, typed
from ui.parts.words import plain
from ui.state import visitor

EXAMPLES = "star, house, heart"


def teach() -> None:
    """The whole view."""
    services.lab().warm()
    drawings = pool()
    counts = {name: drawings.count(name) for name in names()}
    if said := st.session_state.pop("teach-said", None):
        st.error(said, icon=":material/error:")
    recall(list(counts))
    with st.container(key="teach-top"):
        top(counts)
    if not counts:
        welcome(drawings)
        return
    with st.container(key="teach-lesson"):  # always there: the pad stays the same pad when a lesson begins
        if RUN in st.session_state:
            st.html(PAD_FIRST)
            progress(st.session_state[RUN])
    desk(list(counts))
    with st.container(key="teach-album"):
        album(drawings, counts)


# With a network that reads, or soon will, a phone shows the pad and what is read there on one screen, the rest below.
PAD_FIRST = """<style>@media (max-width: 640px) {
  :has(> .st-key-teach-lesson) { order: 1; }
  :has(> .st-key-teach-top) { order: 2; }
  :has(> .st-key-teach-album) { order: 3; }
}</style>"""


STEPS = (
    ("Name", "Two things or more: star, house, heart."),
    ("Draw", "Five of each. Tap the name below the pad, and the drawing is kept."),
    ("Teach", "A network that reads handwriting keeps its eyes; only its last layer is new."),
    ("Test", "Draw another one: it is read while you draw. What is none of them is refused."),
)


def welcome(drawings: Pool) -> None:
    """How it goes, and what the class has drawn before."""
    for number, (column, (title, text)) in enumerate(zip(st.columns(len(STEPS)), STEPS, strict=True), 1):
        with column, st.container(border=True, height="stretch", gap="xxsmall"):
            st.markdown(f"**{number}. {title}**")
            st.caption(text)
    own = {label: count for label, count in drawings.labels().items() if label not in GLYPHS}
    if own:
        st.pills(
            "Or go on with what the class has drawn", list(own), selection_mode="multi", key="teach-own",
            format_func=lambda name: f"{plain(name)} · {own[name]}", on_change=_go_on,
        )  # fmt: skip


def _go_on() -> None:
    chosen = st.session_state.get("teach-own")
    if chosen:  # none are when the pills go because a name was typed
        keep_names(list(chosen)[: teaching.MOST])


def top(counts: dict[str, int]) -> None:
    """Name a class; press Teach."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        entry(
            "New class", "teach-new", "Add", ":material/add:", typed, max_chars=120,
            placeholder=f"a name, or several: {EXAMPLES}",
        )  # fmt: skip
        busy = learning()
        why = "It is learning: once it is done, it can be taught again." if busy else teaching.ready(counts)
        st.button(
            "Learning …" if busy else "Teach", icon=":material/school:", type="primary", key="teach-go",
            on_click=_teach, disabled=bool(why), help=why or "A frozen trunk and a new last layer: a few seconds.",
        )  # fmt: skip
    if counts and (wrong := teaching.wrong_number(len(counts))):
        st.caption(wrong)


def _teach() -> None:
    if learning():  # the button was pressed twice
        return
    try:
        run = teaching.teach(services.store(), pool(), names(), visitor())
        services.lab().tend(now=True)
    except LabError as error:
        st.session_state["teach-said"] = str(error)
        return
    st.session_state[RUN] = run
    st.session_state["teach-since"] = time.time()
    canvas.lay("")
