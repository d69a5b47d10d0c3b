"""Retrain: choose a trunk, a task and a rung of the freeze ladder; start, watch, and see which weights moved."""

import streamlit as st

from core.nets.head import freeze
from core.nets.transfer import free
from ui import services, state
from ui.parts.actions import header, trouble
from ui.parts.board import board
from ui.parts.code import show_code
from ui.parts.press import forget
from ui.parts.transfer_plan import START, counter, planned, tables
from ui.parts.transfer_recipe import controls
from ui.parts.transfer_result import try_it, what_moved


def retrain() -> None:
    """The whole view."""
    services.lab().warm()
    config = controls()
    plan = None if config is None else planned(config)
    if config is not None and plan is not None:
        counter(plan, config)
        tables(plan)
        show_code(free, freeze)
    else:
        forget(START)
    trouble()
    services.lab().tend()
    runs, accuracies = services.lab().runs()
    mine = [run for run in runs if run.config.trunk]
    linked = state.opened()
    run = next((each for each in mine if each.id == linked), mine[0] if mine else None)
    if run is None:
        return
    st.divider()
    header(run)
    board(run, runs, accuracies)
    if run.snapshots > 1:
        what_moved(run)
    if run.status in ("finished", "stopped"):
        try_it(run)
