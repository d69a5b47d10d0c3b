"""The board of a sweep: what it says so far, point by point as it comes in, and what can be done with it."""

import time

import streamlit as st

from core.config.plan import PRUNERS, SAMPLERS
from core.errors import LabError
from core.runs import bets, pacing
from core.runs.bets import Bet
from core.runs.outcome import Outcome
from core.runs.owners import may_delete, needs_code
from core.runs.pacing import roughly
from ui import services, state
from ui.components.sweep_chart import sweep_chart
from ui.navigation import PAGES
from ui.parts import words
from ui.parts.bets import bet_panel, form, sketch
from ui.parts.board import CALM, LIVELY, live
from ui.parts.words import plain

LOOKS = {
    "betting": (":material/how_to_vote:", "violet"),
    "running": (":material/play_arrow:", "blue"),
    "stopped": (":material/stop:", "gray"),
    "finished": (":material/check:", "green"),
}


def sweep_board(number: int) -> bool:
    """Draws the sweep, and again every second while it runs; False when it is gone or corrupt, which it says."""
    try:
        now, made = services.lab().sweep(number)
    except LabError as error:
        st.error(str(error), icon=":material/error:")
        state.open_sweep(None)
        return False
    header(now)
    if now.sweep.status == "betting":
        betting(now, made)
        return True
    left, right = st.columns([1.9, 1], gap="large")
    with left:
        _poll(number, now, len(made))
    with right:
        if now.is_over:
            verdict(now)
        bet_panel(now, made)
        about(now)
    return True


def about(now: Outcome) -> None:
    """What all its runs have in common, and how they are judged."""
    plan = now.plan
    st.subheader("All runs")
    judged = "pictures held out of the training set" if plan.metric == "val/accuracy" else "the test set"
    st.markdown(f"{words.recipe(plan.base)}; varied: {plain(plan.text)}. Judged on {judged}.")
    if plan.sampler != "grid":
        st.caption(f"{plan.points} {SAMPLERS[plan.sampler]}.")
    if plan.pruner != "none":
        st.caption(f"Pruning {PRUNERS[plan.pruner]}. A pruned run is no result.")
    if now.reused:
        st.caption(f"↺ {now.reused} runs were there before, with exactly these settings, and are not trained again.")


def betting(now: Outcome, made: list[Bet]) -> None:
    """Before the first run: the bet beside the axes to sketch it on."""
    cost = pacing.estimate(services.store(), now.plan)
    took = "" if cost.seconds is None else f", about {roughly(cost.seconds)}"
    st.caption(f"{now.plan.runs} runs wait: {now.plan.points} points with {now.plan.seeds} seeds each{took}.")
    left, right = st.columns(2, gap="large")
    with left:
        form(now, made)
    with right:
        if bets.sketchable(now.plan):
            st.subheader("Sketch the curve")
            sketch(now)
    _poll(now.sweep.id, now, len(made), draw=False)


def _signature(now: Outcome, count: int) -> tuple[object, ...]:
    """What the rest of the page depends on."""
    over = now.count("failed", "gone") if now.is_over else 0
    return now.sweep.status, now.has_results, count, over, now.done if now.has_results else 0


def _poll(number: int, seen: Outcome, count: int, draw: bool = True) -> None:
    lively = time.time() < st.session_state.get("lively", 0.0)
    moving = seen.sweep.status in ("running", "betting") or seen.count("running", "queued") > 0
    pace = (LIVELY if lively else CALM) if moving else None
    signature = _signature(seen, count)

    def tick() -> None:
        try:
            services.lab().tend()
            now, made = services.lab().sweep(number)
        except LabError as error:
            st.error(str(error))
            return
        calmed = pace == LIVELY and time.time() > st.session_state.get("lively", 0.0)
        if _signature(now, len(made)) != signature or calmed or st.session_state.pop("chosen", False):
            st.rerun()
        if not draw:
            return
        st.progress(now.done / now.total if now.total else 0.0, text=progress(now))
        shown = made if now.has_results or now.is_over else []
        winner = now.verdict().winner if now.is_over else None
        sweep_chart(now, key=f"sweep-chart-{number}", winner=winner, sketches=shown, on_open=_open_run)

    st.fragment(tick, run_every=pace)()


def _open_run() -> None:
    number = state.opened_sweep()
    opened = getattr(st.session_state.get(f"sweep-chart-{number}"), "open", None)
    if isinstance(opened, int):
        state.open_run(opened)
        st.session_state["chosen"] = True


def progress(now: Outcome) -> str:
    """The line above the chart."""
    parts = [f"{now.done} of {now.total} runs"]
    for count, word in (
        (now.count("running"), "training"),
        (now.count("pruned"), "pruned"),
        (now.count("failed"), "failed"),
        (now.count("paused"), "paused"),
        (now.count("gone"), "deleted"),
        (now.reused, "reused ↺"),
    ):
        parts += [f"{count} {word}"] if count else []
    if now.sweep.status == "running":
        parts.append("pace not known yet" if now.seconds_left is None else f"about {roughly(now.seconds_left)} left")
    return " · ".join(parts)


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
        _button("Stop", ":material/stop:", store.stop_sweep, number)
    broken = now.count("failed", "gone", "paused")
    if now.sweep.status == "stopped":
        _button("Go on", ":material/play_arrow:", store.resume_sweep, number)
    elif broken:
        _button(f"Try {broken} again", ":material/replay:", store.resume_sweep, number)
    menu = st.popover("More", icon=":material/more_horiz:", key=f"more-sweep-{number}", on_change="rerun")
    if menu.open:
        with menu:
            _button("Back to the runs", ":material/arrow_back:", state.open_sweep, None, width="stretch")
            busy = now.sweep.status == "running" or now.count("running", "queued") > 0
            sure = st.checkbox("Delete it with its own runs", key=f"sure-sweep-{number}", disabled=busy)
            st.caption("Reused runs stay." if not busy else "Stop it first.")
            if needs_code(now.sweep, state.visitor()):
                st.text_input("Teacher code", key=f"code-sweep-{number}", type="password")
            _button("Delete", ":material/delete:", _delete, now, width="stretch", disabled=not sure)


def verdict(now: Outcome) -> None:
    """What the figures allow to be said; no winner where the seeds do not agree."""
    found = now.verdict()
    with st.container(border=True):
        st.subheader("The verdict")
        st.markdown(plain(found.sentence))
        for note in found.notes:
            st.caption(plain(note))
        if left_out := sum(point.has_pruned and bool(point.values) for point in now.points):
            st.caption(
                f"{left_out} point{'s' * (left_out > 1)} with a pruned run stay{'s' * (left_out == 1)} out of this: "
                "what is left there are the lucky seeds."
            )
        key = ("mattered", now.sweep.id, now.sweep.plan_json, now.sweep.finished, now.done)
        mattered, how = services.once(key, now.importances)
        if mattered:
            told = ", ".join(f"{name.replace('_', ' ')} {share:.0%}" for name, share in mattered.items())
            st.caption(f"What mattered: {told}. {how}")
        if now.plan.metric == "test/accuracy":
            st.caption(
                "Judged by test accuracy: the best of several, picked by it, gets a figure that flatters a little. "
                "Hold out some training pictures (knob Hold out) for an honest choice."
            )
        if found.more and found.kind in ("tie", "unknown"):
            count = min(found.more, 10)
            label = f"Train {count} more seed{'s' * (count > 1)} each"
            _button(label, ":material/add:", services.store().more_seeds, now.sweep.id, count)


def _button(label: str, icon: str, act, *args, **more) -> None:
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
