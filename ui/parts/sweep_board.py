"""The board of a sweep: what it says so far, point by point as it comes in."""

import time

import streamlit as st

from core.config.plan import PRUNERS, SAMPLERS
from core.errors import LabError
from core.runs import bets, pacing
from core.runs.bets import Bet
from core.runs.outcome import Outcome
from core.runs.pacing import roughly
from ui import services, state
from ui.components.sweep_chart import sweep_chart
from ui.parts import words
from ui.parts.bets import bet_panel, form, sketch
from ui.parts.board import CALM, LIVELY
from ui.parts.sweep_actions import header
from ui.parts.sweep_verdict import verdict
from ui.parts.words import plain


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
    st.markdown(f"{words.recipe(plan.base)}, but varied: {plain(plan.text)}. Judged on {judged}.")
    if plan.sampler != "grid":
        st.caption(f"{plan.points} {SAMPLERS[plan.sampler]}.")
    if plan.pruner != "none":
        st.caption(f"Pruning {PRUNERS[plan.pruner]}. A pruned run is no result.")
    if now.reused:
        runs, are = ("1 run was", "is") if now.reused == 1 else (f"{now.reused} runs were", "are")
        st.caption(f"↺ {runs} there before, with exactly these settings, and {are} not trained again.")


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
        over = now.done - now.count("stopped")
        st.progress(over / now.total if now.total else 0.0, text=progress(now))
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
    parts = [f"{now.done - now.count('stopped')} of {now.total} run{'s' * (now.total != 1)}"]
    for count, word in (
        (now.count("running"), "training"),
        (now.count("pruned"), "pruned"),
        (now.count("failed"), "failed"),
        (now.count("paused"), "paused"),
        (now.count("stopped"), "stopped"),
        (now.count("gone"), "deleted"),
        (now.reused, "reused ↺"),
    ):
        parts += [f"{count} {word}"] if count else []
    if now.sweep.status == "running":
        parts.append("pace not known yet" if now.seconds_left is None else f"about {roughly(now.seconds_left)} left")
    return " · ".join(parts)
