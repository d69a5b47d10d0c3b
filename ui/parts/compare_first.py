"""The Compare page without anything to compare: what it will do, and a first comparison at the press of a button."""

from collections.abc import Sequence

import streamlit as st

from core.charts.duels import Shown, intervals
from core.config import RunConfig
from core.errors import LabError
from core.look.seeds import measured
from core.runs.catalogue import Entry
from core.runs.recipes import recipes
from ui import services, state
from ui.components.chart_grid import Panel, chart_grid
from ui.parts import compare_choice
from ui.parts.actions import DONE

SEEDS = 3
TINY = RunConfig("strokes-digits", "r1-lenet", epochs=2, batch_size=128, lr=6e-3, train_size=3000, snapshots=2)
EXAMPLE = {"one recipe": {0: 0.967, 1: 0.972, 2: 0.975}, "another one": {0: 0.966, 1: 0.971, 2: 0.968}}
PAIR = {"relu": TINY.replace(activation="relu"), "tanh": TINY.replace(activation="tanh")}


def empty() -> None:
    """No run at all."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Which recipe is better, and is it luck?", anchor=False)
        st.markdown(
            "Two runs never end with the same accuracy: another seed, another start, another figure. This page lays "
            "runs over each other, gathers those that differ in their seed alone, and says **in words** whether a "
            "difference is real or what luck alone would bring."
        )
        st.markdown(
            "Begin with a small experiment: the same network with **ReLU** and with **tanh** between its layers, "
            "three seeds each, on digits that the lab draws itself. It takes about a minute; the curves grow meanwhile."
        )
        st.button("Start this comparison", icon=":material/play_arrow:", type="primary", on_click=_start)
        st.caption("The first time, the lab draws its digits before it trains: up to a minute more.")
    with right, st.container(border=True):
        st.markdown("**What you will find here**")
        st.markdown(
            "- a table of all runs: search, sort, pin, tag\n"
            "- curves with bands over seeds\n"
            "- a verdict, and how many more seeds would settle it\n"
            "- which knob mattered\n"
            "- what is worth its time\n"
            "- everything as a file"
        )
    hint = "a dot: one seed · a bar: where the mean lies (95 %)"
    chart_grid([Panel("example", "An example: no winner", intervals(example(), "test/accuracy"), hint)], key="example")
    st.caption(
        "Made up to show the idea: the upper recipe looks better, but its seeds reach into those of the lower one."
    )


def example() -> list[Shown]:
    """Two recipes that cannot be told apart."""
    made = []
    for place, (name, values) in enumerate(EXAMPLE.items()):
        found = measured(name, values)
        made.append(
            Shown(name, place, list(values.values()), [], found.mean, found.half, [each + 1 for each in values])
        )
    return made


def _start() -> None:
    """Queues both recipes, seed by seed, so that the first pair is there soon."""
    try:
        made = [
            services.store().add(config.replace(seed=seed), name=f"{name} on drawn digits", owner=state.visitor())
            for seed in range(SEEDS)
            for name, config in PAIR.items()
        ]
        services.lab().tend(now=True)
    except LabError as error:
        st.session_state[DONE] = str(error)
        return
    compare_choice.choose(made)


def nothing_chosen(entries: Sequence[Entry]) -> None:
    """Runs there are, but none is compared."""
    with st.container(border=True):
        st.markdown("**Tick two rows to compare them.** Runs of the same recipe with other seeds share a row.")
        usual = likely(entries)
        if usual:
            st.button(
                f"Compare the newest {len(usual)} recipes",
                icon=":material/balance:",
                on_click=lambda: compare_choice.choose(run for group in usual for run in group),
            )


def likely(entries: Sequence[Entry]) -> list[list[int]]:
    """The newest few recipes of one dataset that have a figure."""
    if not entries:
        return []
    done = [each for each in entries if each.figures][:200]
    same = [each for each in done if each.dataset == done[0].dataset]
    groups = sorted(recipes(same), key=lambda each: -max(entry.id for entry in each.entries))[:5]
    return [[each.id for each in group.entries] for group in groups] if len(groups) > 1 else []
