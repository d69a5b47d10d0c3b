"""Vary…: from a recipe to a sweep, by a form in which everything is filled in already."""

import streamlit as st

from core.config import RunConfig
from core.config.plan import Plan
from core.errors import LabError
from core.runs import sweeping
from ui import services, state
from ui.components.aside import fold
from ui.parts.board import live
from ui.parts.press import press
from ui.parts.recipe import Recipe
from ui.parts.sweep_plan import planned, search
from ui.parts.sweep_values import knobs, title, values

NOTHING = "nothing else"
BEGUN = "vary-begun"  # session_state: a sweep has just begun, so the form has done its work


def vary(recipe: Recipe) -> None:
    """The button beside Start, and the form behind it."""
    if st.session_state.pop(BEGUN, False):
        st.session_state["vary"] = False
    menu = st.popover(
        "Vary…",
        icon=":material/stacked_line_chart:",
        key="vary",
        on_change="rerun",
        disabled=recipe.config is None,
        help="Train the recipe with several values of a knob, and with several seeds each.",
    )
    if menu.open and recipe.config is not None:
        with menu:
            form(recipe.config, recipe.preset)


def vary_button(recipe: Recipe) -> None:
    """The same form, asked for from the sidebar."""
    with st.sidebar:
        st.button(
            "Vary a knob…",
            icon=":material/stacked_line_chart:",
            key="vary-aside",
            width="stretch",
            disabled=recipe.config is None,
            help="Train this recipe with several values of one knob, and with several seeds each.",
            on_click=lambda: st.session_state.update(vary=True),
        )


def form(config: RunConfig, preset: str) -> None:
    """Widgets in, a plan out; what it costs is said before anybody presses Start."""
    names = knobs()
    first = st.selectbox("Vary", names, format_func=title, key="vary-knob", persist_state="session")
    varied = [values(first)]
    if not st.session_state.get("beginner", True):
        others = [NOTHING, *(name for name in names if name != first)]
        second = st.selectbox("and also", others, format_func=title, key="vary-second", persist_state="session")
        if second != NOTHING:
            varied.append(values(second))
    seeds = st.number_input(
        "Seeds for each",
        1,
        20,
        3,
        key="vary-seeds",
        persist_state="session",
        help="The same again with another seed: without it nobody knows what is luck.",
    )
    more = search(varied)
    plan = planned(config, preset, varied, int(seeds), more)
    betting = st.toggle(
        "Bet first",
        True,
        key="vary-bet",
        persist_state="session",
        help="The class bets on the outcome; training begins when you say so there.",
    )
    pressed = press(
        "Start sweep",
        "start-sweep",
        icon=":material/play_arrow:",
        type="primary",
        width="stretch",
        disabled=plan is None,
    )
    if pressed and plan is not None:
        _start(plan, betting)


def _start(plan: Plan, betting: bool) -> None:
    try:
        sweep = sweeping.begin(services.store(), plan, state.visitor(), betting=betting)
        services.lab().tend(now=True)
    except LabError as error:
        st.session_state["said"] = str(error)
        return
    st.session_state[BEGUN] = True
    state.open_sweep(sweep)
    fold()
    live()
    st.rerun()
