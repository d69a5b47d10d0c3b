"""Teach: draw five of each, press Teach, and the network reads them a few seconds later."""

import time
from typing import Any

import streamlit as st

from core.data.glyphs import GLYPHS
from core.data.ink import Steps, prepare
from core.errors import LabError
from core.runs import teaching
from core.runs.drawings import Labelled, Pool
from core.runs.drawings import named as cleaned
from ui import quick, services
from ui.parts import canvas, links, models, pictures, reading
from ui.parts.drawings import pool
from ui.parts.signs import both, sign
from ui.parts.words import percent, plain
from ui.state import visitor

NAMES = "teach-names"  # session_state: the classes being taught, in order
RUN = "teach-run"  # session_state: the run that learns them, or has
SHOWN = 12  # drawings of a class on the page
EXAMPLES = "star, house, heart"


def names() -> list[str]:
    """The classes of this visitor, from the link when the visit begins."""
    if NAMES not in st.session_state:
        linked = st.query_params.get("classes", "")
        st.session_state[NAMES] = [each for each in map(str.strip, linked.split(",")) if each][: teaching.MOST]
    return list(st.session_state[NAMES])


def teach() -> None:
    """The whole view."""
    services.lab().warm()
    drawings = pool()
    counts = {name: drawings.count(name) for name in names()}
    if said := st.session_state.pop("teach-said", None):
        st.error(said, icon=":material/error:")
    top(counts)
    if not counts:
        welcome(drawings)
        return
    if "teach-run" in st.session_state:
        progress(st.session_state[RUN])
    desk(list(counts))
    album(drawings, counts)


STEPS = (
    ("Name", "Two things or more: star, house, heart."),
    ("Draw", "Five of each. Tap the name below the pad, and the drawing is kept."),
    ("Teach", "A network that reads handwriting keeps its eyes; only its last layer is new."),
    ("Test", "Draw another one: it is read while you draw. What is none of them is refused."),
)


def welcome(drawings: Pool) -> None:
    """How it goes, and what the class has drawn before."""
    with st.grid("auto", min_column_width=220):
        for number, (title, text) in enumerate(STEPS, 1):
            with st.container(border=True, height="stretch", gap="xxsmall"):
                st.markdown(f"**{number}. {title}**")
                st.caption(text)
    own = {label: count for label, count in drawings.labels().items() if label not in GLYPHS}
    if own:
        st.pills(
            "Or go on with what the class has drawn", list(own), selection_mode="multi", key="teach-own",
            format_func=lambda name: f"{plain(name)} · {own[name]}", on_change=_go_on,
        )  # fmt: skip


def _go_on() -> None:
    _keep_names(list(st.session_state.get("teach-own") or [])[: teaching.MOST])


def top(counts: dict[str, int]) -> None:
    """Name a class; press Teach."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "New class", key="teach-new", max_chars=120, placeholder=f"a name, or several: {EXAMPLES}", on_change=_name
        )
        st.button("Add", icon=":material/add:", on_click=_name)
        why = teaching.ready(counts)
        st.button(
            "Teach", icon=":material/school:", type="primary", on_click=_teach, disabled=bool(why),
            help=why or "A frozen trunk and a new last layer: a few seconds.",
        )  # fmt: skip
    if counts and why:
        st.caption(why)


def _name() -> None:
    """Takes the names that were typed; the same name twice, or one that cannot be, is said."""
    typed = [each for each in str(st.session_state.get("teach-new", "")).split(",") if each.strip()]
    known = names()
    for each in typed:
        try:
            name = cleaned("label", each)
        except LabError as error:
            st.session_state["teach-said"] = str(error)
            continue
        if name.casefold() in (other.casefold() for other in known):
            st.session_state["teach-said"] = f"The class {name!r} is there already; allowed: each name once."
        elif len(known) >= teaching.MOST:
            st.session_state["teach-said"] = f"There are {teaching.MOST} classes; allowed: no more at once."
        else:
            known.append(name)
    _keep_names(known)
    st.session_state["teach-new"] = ""


def _keep_names(known: list[str]) -> None:
    st.session_state[NAMES] = known
    if known:
        st.query_params["classes"] = ",".join(known)
    else:
        st.query_params.pop("classes", None)


def _teach() -> None:
    try:
        run = teaching.teach(services.store(), pool(), names(), visitor())
        services.lab().tend(now=True)
    except LabError as error:
        st.session_state["teach-said"] = str(error)
        return
    st.session_state[RUN] = run
    st.session_state["teach-since"] = time.time()
    canvas.lay("")


def progress(number: int) -> None:
    """How far the run is; once it is done, what it can do and where to go on with it."""
    try:
        run = services.store().run(number)
    except LabError as error:
        st.session_state.pop(RUN)
        st.warning(str(error))
        return
    if run.status in ("queued", "running", "paused"):
        _watch(number)
    elif run.status == "failed":
        st.error(run.error or "The run failed.", icon=":material/error:")
    else:
        _done(run)


def _watch(number: int) -> None:
    def tick() -> None:
        services.lab().tend()
        run = services.store().run(number)
        if run.status not in ("queued", "running", "paused"):
            st.rerun()
        doing = run.doing or ("Learning" if run.status == "running" else "Waiting for a worker")
        st.progress(run.progress, text=f"{doing} …")

    st.fragment(tick, run_every=0.4)()


def _done(run: Any) -> None:
    accuracy = run.result.get("test/accuracy")
    took = f"{max(run.finished - run.created, 0):.0f} s" if run.finished else "a few seconds"
    held = f", and reads {percent(accuracy)} of the drawings kept aside" if accuracy is not None else ""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            st.markdown(
                f":material/check_circle: **Learned in {took}**{held}. Draw one of them now: it is read at once."
            )
        links.inside(run.id)


@st.fragment
def desk(classes: list[str]) -> None:
    """The pad, and beside it what the taught network says and where the drawing belongs."""
    model = _model()
    asks, reader = quick.offer(model.predictor, Steps(), "things") if model else ("", None)
    now = canvas.pad_now(reader)
    with st.container(key="draw-desk"):
        left, right = st.columns(2, gap="large")
    with left:
        hint = "Then tap its name: the class keeps it, and the pad is free again."
        canvas.show_pad(f"Draw {_next(classes)}", hint, asks)
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
    counts = pool().labels()
    have = sum(min(counts.get(name, 0), teaching.ENOUGH) for name in classes)
    need = teaching.ENOUGH * len(classes)
    st.subheader("Five of each" if have < need else "Now press Teach", anchor=False)
    st.progress(have / need, text=f"{have} of {need} drawings")
    st.write("Draw them as differently as you would another day: larger, slanted, in a hurry. Then tap what it is.")


def _model() -> Any:
    number = st.session_state.get(RUN)
    if number is None:
        return None
    run = services.store().run(number)
    return models.of_run(run, quiet=True) if run.status in ("finished", "stopped") else None


def _next(classes: list[str]) -> str:
    """The class that has the fewest drawings."""
    counts = pool().labels()
    fewest = min(classes, key=lambda name: counts.get(name, 0))
    return fewest if counts.get(fewest, 0) < teaching.ENOUGH else f"{', '.join(classes[:3])} …"


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


def album(drawings: Pool, counts: dict[str, int]) -> None:
    """The drawings of each class, newest first."""
    with st.grid("auto", min_column_width=280):
        for name, count in counts.items():
            with st.container(border=True, key=f"album-{list(counts).index(name)}"):
                with st.container(horizontal=True, vertical_alignment="center"):
                    left = max(0, teaching.ENOUGH - count)
                    more = f"{count}, {left} more are better" if left else f"{count}"
                    with st.container(width="stretch"):
                        st.markdown(f"**{plain(both(name))}** :gray[{more}]")
                    st.button(
                        "", icon=":material/undo:", key=f"back-{name}", on_click=_take_back, args=(name,),
                        help=f"Takes the newest drawing of {name} out again.", disabled=not count,
                    )  # fmt: skip
                    st.button(
                        "", icon=":material/close:", key=f"drop-{name}", on_click=_drop, args=(name,),
                        help=f"Leaves {name} out; its drawings stay in the class's pool.",
                    )  # fmt: skip
                shown = drawings.drawings(name, count=SHOWN)
                if shown:
                    pictures.strip(
                        [each.image for each in shown], [""] * len(shown), side=44, label=f"Drawings of {name}"
                    )


def _take_back(name: str) -> None:
    """Takes the visitor's newest drawing of a class out again."""
    from core.runs.owners import may_delete

    drawings = pool()
    newest = drawings.drawings(name, count=1)
    try:
        if newest:
            may_delete(newest[0], visitor(), "")
            drawings.delete(newest[0].id)
    except LabError as error:
        st.session_state["teach-said"] = str(error)


def _drop(name: str) -> None:
    _keep_names([each for each in names() if each != name])
