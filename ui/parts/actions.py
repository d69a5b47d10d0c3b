"""What can be done with a run: stop, pause, go on, and the menu with the rest."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.config import RunConfig
from core.errors import LabError
from core.runs.owners import may_delete, needs_code
from core.runs.run import Run
from ui import services, state
from ui.parts import links, recipe
from ui.parts.board import live
from ui.parts.words import LOOKS, plain

DONE = "said"  # session_state: the sentence that the next page run shows


def header(run: Run) -> None:
    """The run's name, state and tags, and its buttons."""
    icon, colour = LOOKS[run.status]
    tags = "".join(f" :violet-badge[{plain(tag)}]" for tag in run.tags)
    whose = f" :gray[by {plain(run.owner)}]" if run.owner else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", key="run-title"):
            st.markdown(f"### :gray[{run.id}] {plain(run.name)} :{colour}-badge[{icon} {run.status}]{tags}{whose}")
        with st.container(horizontal=True, width="content", gap="xsmall"):
            buttons(run)
    for text in filter(None, [run.unreadable, run.error]):
        st.error(text, icon=":material/error:")
    if run.note:
        st.caption(plain(run.note).replace("\n", "  \n"))


def buttons(run: Run) -> None:
    """Only what this state allows; going on from a snapshot is called Resume everywhere."""
    if run.sweep and run.sweep.isdigit():
        _button(f"Sweep {run.sweep}", ":material/stacked_line_chart:", _sweep, run)
    if run.status == "running":
        _button("Pause", ":material/pause:", _ask, run.id, "pause")
    if run.status in ("running", "queued", "paused"):
        _button("Stop", ":material/stop:", _ask, run.id, "stop")
    if run.status in ("paused", "stopped"):
        _button("Resume", ":material/play_arrow:", _ask, run.id, "resume")
    if run.status == "failed":
        _button("Retry", ":material/replay:", _ask, run.id, "resume")
    if run.status == "queued":
        _button("To the front", ":material/vertical_align_top:", _first, run.id)
    if run.status == "finished":
        _button("Use this recipe", ":material/edit_note:", _take, run)
    menu = st.popover("More", icon=":material/more_horiz:", key=f"more-{run.id}", on_change="rerun")
    if menu.open:
        with menu:
            more(run)


def begin(config: RunConfig, name: str | None = None, preset: str | None = None, tags: Sequence[str] = ()) -> None:
    """Queues a recipe, opens its run and watches it closely for a moment; says what is in the way, if anything is."""
    try:
        run = services.store().add(config, name, state.visitor(), preset, tags=tags)
        services.lab().tend(now=True)
    except LabError as error:
        st.session_state[DONE] = str(error)
    else:
        state.open_run(run)
        live()


def more(run: Run) -> None:
    """The rarer actions: a look at its mistakes, name, tags, note, once more, delete."""
    if run.snapshots:
        with st.container(horizontal=True):
            links.looks(run.id)
    st.text_input("Name", run.name, key=f"name-{run.id}", max_chars=120, on_change=_rename, args=(run.id,))
    st.text_input(
        "Tags", ", ".join(run.tags), key=f"tags-{run.id}", placeholder="with commas", on_change=_tag, args=(run.id,)
    )
    st.text_area("Note", run.note, key=f"note-{run.id}", height=80, on_change=_note, args=(run.id,))
    if run.status != "finished":
        _button("Use this recipe", ":material/edit_note:", _take, run, width="stretch")
    _button("Queue it again", ":material/content_copy:", _clone, run.id, width="stretch")
    _button("Again with another seed", ":material/casino:", _clone, run.id, run.config.seed + 1, width="stretch")
    with st.container(border=True):
        sure = st.checkbox(
            "Delete it with its curves and files", key=f"sure-{run.id}", disabled=run.status == "running"
        )
        if needs_code(run, state.visitor()):
            st.text_input("Teacher code", key=f"code-{run.id}", type="password")
        _button("Delete", ":material/delete:", _delete, run, width="stretch", disabled=not sure)


def _button(label: str, icon: str, act: Callable[..., None], *args: Any, **more: Any) -> None:
    run = args[0].id if isinstance(args[0], Run) else args[0]
    st.button(label, icon=icon, key=f"{label}-{run}", on_click=_said, args=(act, *args), **more)


def _said(act: Callable[..., None], *args: Any) -> None:
    """An action in a callback: its error becomes a sentence on the page."""
    try:
        act(*args)
    except LabError as error:
        st.session_state[DONE] = str(error)
    live()


def trouble() -> None:
    """Shows what the last action could not do."""
    if text := st.session_state.pop(DONE, None):
        st.error(text, icon=":material/error:")


def _ask(run: int, what: str) -> None:
    services.store().ask(run, what)
    if what in ("pause", "stop"):  # while it loads, the first step can be half a minute away
        st.toast(f"Run {run} will {what} at its next step.", icon=":material/hourglass_top:")


def _first(run: int) -> None:
    highest = max((each.priority for each in services.lab().runs()[0] if each.status == "queued"), default=0)
    services.store().ask(run, "priority", min(highest + 1, 1000))


def _sweep(run: Run) -> None:
    state.open_sweep(int(run.sweep or 0))


def _take(run: Run) -> None:
    recipe.write(run.preset, dict(vars(run.config)))


def _clone(run: int, seed: int | None = None) -> None:
    state.open_run(services.store().clone(run, state.visitor(), **({} if seed is None else {"seed": seed})))


def _rename(run: int) -> None:
    _said(services.store().rename, run, st.session_state[f"name-{run}"])


def _tag(run: int) -> None:
    tags = [tag.strip() for tag in st.session_state[f"tags-{run}"].split(",") if tag.strip()]
    _said(services.store().tag, run, tags)


def _note(run: int) -> None:
    _said(services.store().note, run, st.session_state[f"note-{run}"])


def _delete(run: Run) -> None:
    may_delete(run, state.visitor(), st.session_state.get(f"code-{run.id}", ""))
    services.store().delete(run.id)
    state.open_run(None)
    state.lay_beside(each for each in state.beside() if each != run.id)
