"""Vary…: from a recipe to a sweep: which knob, which values, how many seeds, and what that will cost."""

from typing import Any

import streamlit as st

from core.config import KNOBS, RunConfig
from core.config.plan import PRUNERS, SAMPLERS, Plan
from core.config.vary import FIXED, Vary, parse, shown
from core.errors import LabError
from core.nets.named import NETS
from core.runs import pacing, sweeping
from ui import services, state
from ui.parts.board import live
from ui.parts.recipe import Recipe

SUGGESTED = {  # what a lesson would try; everything else is filled in from what the knob may be
    "batch_size": "32, 64, 128, 256, 400",
    "lr": "0.001, 0.003, 0.01, 0.03, 0.1",
    "epochs": "1, 2, 4, 8",
    "dropout": "0, 0.25, 0.5, 0.75",
    "kernel": "3, 5, 7",
    "filters": "8/16, 16/32, 32/64",
    "momentum": "0, 0.5, 0.9, 0.99",
    "weight_decay": "0, 0.0001, 0.01",
    "label_smoothing": "0, 0.05, 0.1",
    "train_size": "500, 2000, 10000",
}
FIRST = ("batch_size", "lr", "epochs", "dropout", "activation", "optimiser")
FOLDS = ("basic", "optimiser", "data")  # of the sidebar; the other folds are read by special runs only
NOTHING = "nothing else"


def vary(recipe: Recipe) -> None:
    """The button beside Start, and the form behind it."""
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
        help="The class bets on the outcome; training begins when you close the bets.",
    )
    st.button(
        "Start sweep",
        icon=":material/play_arrow:",
        type="primary",
        width="stretch",
        key="start-sweep",
        disabled=plan is None,
        on_click=_start,
        args=(plan, betting),
    )


def knobs() -> list[str]:
    """What can be varied: the six of beginner mode, or all."""
    if st.session_state.get("beginner", True):
        return list(FIRST)
    rest = [name for name, knob in KNOBS.items() if knob.fold in FOLDS and name not in (*FIRST, *FIXED)]
    return [*FIRST, *rest]


def title(name: str) -> str:
    return KNOBS[name].label if name in KNOBS else name


def values(name: str) -> Vary | LabError:
    """The widget of a knob's values, filled in with sensible ones."""
    knob, key = KNOBS[name], f"vary-values-{name}"
    listed: list[Any] = (
        list(NETS) if name == "net" else list(knob.choices) or ([True, False] if knob.kind is bool else [])
    )
    try:
        if listed:
            chosen = st.multiselect("Values", listed, listed[:5], format_func=shown, key=key, persist_state="session")
            return Vary(name, tuple(chosen))
        text = st.text_input(
            "Values",
            SUGGESTED.get(name) or spread(name),
            key=key,
            persist_state="session",
            help="With commas. Or a range to search in: 0.0001..0.1:log",
        )
        return parse(f"{name}={text}")
    except LabError as error:
        return error


def spread(name: str) -> str:
    """Some values between what a knob may be at least and at most."""
    knob = KNOBS[name]
    low, high = knob.low or 0, min(knob.high or 1, 1000)
    steps = [low + (high - low) * share for share in (0, 0.25, 0.5)]
    return ", ".join(shown(round(each) if knob.kind is int else each) for each in dict.fromkeys(steps))


def search(varied: list[Vary | LabError]) -> dict[str, Any]:
    """How points are chosen, and whether hopeless runs end early; beginners try every value."""
    endless = any(isinstance(each, Vary) and each.count is None for each in varied)
    if st.session_state.get("beginner", True):
        return {"sampler": "tpe" if endless else "grid", "trials": 12}
    options = [name for name in SAMPLERS if name != "grid" or not endless]
    sampler = st.selectbox(
        "Try", options, format_func=SAMPLERS.__getitem__, key="vary-sampler", persist_state="session"
    )
    trials = 20
    if sampler != "grid":
        trials = int(st.number_input("Points to try", 2, 1000, 20, key="vary-trials", persist_state="session"))
    pruner = st.selectbox(
        "End early", list(PRUNERS), format_func=PRUNERS.__getitem__, key="vary-pruner", persist_state="session"
    )
    return {"sampler": sampler, "trials": trials, "pruner": pruner}


def planned(
    config: RunConfig, preset: str, varied: list[Vary | LabError], seeds: int, more: dict[str, Any]
) -> Plan | None:
    """The plan with its price, or the sentence that says why there is none."""
    for each in varied:
        if isinstance(each, LabError):
            st.error(str(each))
            return None
    try:
        plan = Plan(
            config, tuple(each for each in varied if isinstance(each, Vary)), seeds=seeds, preset=preset, **more
        )
        pacing.refuse_if_too_many(services.store(), plan)
        sweeping.check(plan)
        cost = pacing.estimate(services.store(), plan)
    except LabError as error:
        st.error(str(error))
        return None
    took = "" if cost.seconds is None else f", about {pacing.roughly(cost.seconds)}"
    count = f"{plan.points} points × {plan.seeds} seed{'s' * (plan.seeds > 1)}"
    st.markdown(f"**{cost.runs} runs**{took} :gray[({count})]")
    if cost.known:
        st.caption(f"{cost.known} of them are known already and are reused.")
    elif cost.seconds is None:
        st.caption("How long it takes is known after the first run of this network on these pictures.")
    return plan


def _start(plan: Plan, betting: bool) -> None:
    try:
        sweep = sweeping.begin(services.store(), plan, state.visitor(), betting=betting)
        services.lab().tend(now=True)
    except LabError as error:
        st.session_state["said"] = str(error)
        return
    st.session_state["vary"] = False
    state.open_sweep(sweep)
    live()


def sweeps_menu() -> None:
    """The way back to earlier sweeps; nothing while there is none."""
    known = services.store().sweeps(limit=12)
    if not known:
        return
    menu = st.popover("Sweeps", icon=":material/history:", key="sweeps", on_change="rerun")
    if menu.open:
        with menu:
            for each in known:
                label = f"{each.id} · {each.name} ({each.status})"
                st.button(label, key=f"sweep-{each.id}", type="tertiary", on_click=_open, args=(each.id,))


def _open(sweep: int) -> None:
    st.session_state["sweeps"] = False
    state.open_sweep(sweep)
