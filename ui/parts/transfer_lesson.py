"""The run that learns the drawings: how far it is, and what it has learned."""

from typing import Any

import streamlit as st

from core.errors import LabError
from core.runs.classroom import labels_in
from ui import services
from ui.parts import links, models

RUN = "teach-run"  # session_state: the run that learns them, or has
DOING = {"queued": "Waiting for a worker", "running": "Learning", "paused": "Paused on the Train page"}
UNDER_WAY = tuple(DOING)
LINK = "taught"  # the address: the same run, not the one that other pages are about


def recall(classes: list[str]) -> None:
    """The run as the address says, if it has learned some of these classes and no other; the address follows."""
    linked = st.query_params.get(LINK, "")
    number = int(linked) if linked.isascii() and linked.isdigit() and len(linked) < 10 else None
    if RUN not in st.session_state and number is not None and _has_learned(number, classes):
        st.session_state[RUN] = number
    links.tell(LINK, str(st.session_state.get(RUN, "")) if classes else "")


def _has_learned(number: int, classes: list[str]) -> bool:
    try:
        run = services.store().run(number)
    except LabError:
        return False
    return "taught" in run.tags and {*labels_in(run.config.dataset.partition(":")[2])} <= {*classes}


def progress(number: int) -> None:
    """How far the run is; once it is done, what it can do and where to go on with it."""
    try:
        run = services.store().run(number)
    except LabError as error:
        st.session_state.pop(RUN)
        st.warning(str(error))
        return
    if run.status in UNDER_WAY:
        _watch(number)
    elif run.status == "failed":
        st.error(run.error or "The run failed.", icon=":material/error:")
    else:
        _done(run)


def _watch(number: int) -> None:
    def tick() -> None:
        services.lab().tend()
        run = services.store().run(number)
        if run.status not in UNDER_WAY:
            st.rerun()
        st.progress(run.progress, text=f"{run.doing or DOING[run.status]} …")

    st.fragment(tick, run_every=0.4)()


def _done(run: Any) -> None:
    accuracy = run.result.get("test/accuracy")
    took = f"{max(run.finished - run.created, 0):.0f} s" if run.finished else "a few seconds"
    share = "all" if accuracy == 1 else f"{accuracy or 0:.0%}"  # of two or three pictures: no digits after the point
    held = f", and reads {share} of the few drawings kept aside" if accuracy is not None else ""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            st.markdown(
                f":material/check_circle: **Learned in {took}**{held}. Draw one of them now: it is read at once."
            )
        links.inside(run.id)


def learning() -> bool:
    """Whether a lesson is under way; one that somebody has paused may be given up for another."""
    number = st.session_state.get(RUN)
    try:
        return number is not None and services.store().run(number).status in ("queued", "running")
    except LabError:  # somebody has deleted the run: `progress` says so
        return False


def taught() -> Any:
    """The network that has learned the drawings; None while there is none."""
    number = st.session_state.get(RUN)
    if number is None:
        return None
    run = services.store().run(number)
    return models.of_run(run, quiet=True) if run.status in ("finished", "stopped") else None
