"""A sweep's name and state, and what can be done with it: stop, go on, try again, delete."""

import streamlit as st

from core.errors import LabError
from core.runs.outcome import Outcome
from core.runs.owners import may_delete, needs_code
from ui import services, state
from ui.navigation import PAGES
from ui.parts.board import live
from ui.parts.words import plain

LOOKS = {
    "betting": (":material/how_to_vote:", "violet"),
    "running": (":material/play_arrow:", "blue"),
    "stopped": (":material/stop:", "gray"),
    "finished": (":material/check:", "green"),
}


def header(now: Outcome) -> None:
    """The sweep's name and state, and its buttons."""
    sweep = now.sweep
    icon, colour = LOOKS[sweep.status]
    whose = f" :gray[by {plain(sweep.owner)}]" if sweep.owner else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", key="run-title"):
            st.markdown(
                f"### :gray[Sweep {sweep.id}] {plain(sweep.name)} :{colour}-badge[{icon} {sweep.status}]{whose}"
            )
        with st.container(horizontal=True, width="content", gap="xsmall", vertical_alignment="center"):
            if any(place.file == "compare.py" for place in PAGES) and now.has_results:
                st.page_link(
                    next(place.path for place in PAGES if place.file == "compare.py"),
                    label="Compare these runs",
                    icon=":material/balance:",
                    query_params={"sweep": str(sweep.id)},
                )
            buttons(now)


def buttons(now: Outcome) -> None:
    """Only what this state allows."""
    number, store = now.sweep.id, services.store()
    if now.sweep.status in ("running", "betting"):
        button("Stop", ":material/stop:", store.stop_sweep, number)
    broken = now.count("failed", "gone", "paused")
    if now.sweep.status == "stopped":
        button("Go on", ":material/play_arrow:", store.resume_sweep, number)
    elif broken:
        button(f"Try {broken} again", ":material/replay:", store.resume_sweep, number)
    menu = st.popover("More", icon=":material/more_horiz:", key=f"more-sweep-{number}", on_change="rerun")
    if menu.open:
        with menu:
            button("Back to the runs", ":material/arrow_back:", state.open_sweep, None, width="stretch")
            busy = now.sweep.status == "running" or now.count("running", "queued") > 0
            sure = st.checkbox("Delete it with its own runs", key=f"sure-sweep-{number}", disabled=busy)
            st.caption("Reused runs stay." if not busy else "Stop it first.")
            if needs_code(now.sweep, state.visitor()):
                st.text_input("Teacher code", key=f"code-sweep-{number}", type="password")
            button("Delete", ":material/delete:", _delete, now, width="stretch", disabled=not sure)


def button(label: str, icon: str, act, *args, **more) -> None:
    """A button whose action may fail; what it says then stands on the page."""
    st.button(label, icon=icon, key=f"{label}-sweep", on_click=_said, args=(act, *args), **more)


def _said(act, *args) -> None:
    """An action in a callback: its error becomes a sentence on the page."""
    try:
        act(*args)
        services.lab().tend(now=True)
    except LabError as error:
        st.session_state["said"] = str(error)
    live()


def _delete(now: Outcome) -> None:
    may_delete(now.sweep, state.visitor(), st.session_state.get(f"code-sweep-{now.sweep.id}", ""))
    services.store().delete_sweep(now.sweep.id)
    state.open_sweep(None)
