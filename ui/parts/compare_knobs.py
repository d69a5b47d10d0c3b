"""Knobs against the figure: parallel coordinates, slices, a contour of two of them, and what mattered."""

import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.charts.axis import Axis
from core.charts.knobs import contour, importance, slices
from core.charts.parallel import parallel
from core.config import KNOBS
from core.runs.importance import importances
from core.runs.recipes import Recipe, differing, figure_of, higher, word
from ui.components.chart_grid import Panel, chart_grid
from ui.parts import links
from ui.parts.code import show_code

PLOTS = {"parallel": "Parallel", "slice": "Slices", "contour": "Contour", "importance": "What mattered"}
LINES = 150  # in parallel coordinates; more are a carpet
MOST = 8  # knobs side by side


def show(groups: Sequence[Recipe], metric: str, best: bool) -> None:
    """One of the four plots."""
    able = [group for group in groups if not group.first.unreadable]
    values = {group.key: mean(group, metric, best) for group in able}
    able = [group for group in able if math.isfinite(values[group.key])]
    knobs = differing([group.first for group in able])
    plot = links.choice("Plot", "plot", list(PLOTS), PLOTS.get)
    if len(able) < 2 or not knobs:
        st.caption("These plots need two finished recipes that differ in a knob." if len(able) < 2 else _same(able))
        return
    figures = [values[group.key] for group in able]
    if plot == "importance":
        _importance(able, knobs, figures, metric)
    elif plot == "slice":
        _slices(able, knobs, metric, best)
    elif plot == "contour":
        _contour(able, knobs, figures, metric)
    else:
        _parallel(able, knobs, figures, metric)


def _same(groups: Sequence[Recipe]) -> str:
    return "The compared runs do not differ in any knob but the seed."


def mean(group: Recipe, metric: str, best: bool) -> float:
    """A recipe's mean figure over its seeds; failed runs do not count."""
    values = [value for value in group.figures(metric, best).values() if math.isfinite(value)]
    return math.fsum(values) / len(values) if values else math.nan


def axis(knob: str, groups: Sequence[Recipe]) -> Axis:
    """A knob of all recipes: numbers where all are numbers, else words."""
    values = [group.first.value(knob) for group in groups]
    plain: list[Any] = list(values)
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in values):
        plain = [word(each, knob) for each in values]
    return Axis(KNOBS[knob].label, plain, KNOBS[knob].log)


def _parallel(groups: Sequence[Recipe], knobs: Sequence[str], figures: Sequence[float], metric: str) -> None:
    order = sorted(range(len(groups)), key=lambda place: -figures[place] if higher(metric) else figures[place])
    chosen = sorted(order[:LINES])
    groups, figures = [groups[place] for place in chosen], [figures[place] for place in chosen]
    axes = [axis(knob, groups) for knob in knobs[:MOST]]
    hint = "a line: one recipe · the stronger its colour, the better"
    if len(order) > LINES:
        hint += f" · the best {LINES} of {len(order)}"
    made = parallel(axes, figures, metric, [group.name for group in groups], higher(metric))
    chart_grid([Panel("parallel", "Every knob at once", made, hint, wide=True)], key="knobs-parallel", file="inkling")
    show_code(parallel)


def _slices(groups: Sequence[Recipe], knobs: Sequence[str], metric: str, best: bool) -> None:
    runs = [
        (group, entry, figure_of(entry, metric, best))
        for group in groups
        for entry in group.entries
        if entry in group.counted()
    ]
    runs = [each for each in runs if math.isfinite(each[2])]
    panels = []
    for knob in knobs[:MOST]:
        values = axis(knob, [group for group, _, _ in runs])
        made = slices(values, [value for *_, value in runs], metric, [f"run {entry.id}" for _, entry, _ in runs])
        panels.append(
            Panel(f"slice-{knob}", KNOBS[knob].label, made, "a dot: one run · orange: the mean of that value")
        )
    st.caption("Each chart ignores the other knobs: dots above each other differ in those, and in their seeds.")
    chart_grid(panels, key="knobs-slices", file="inkling")
    show_code(slices)


def _contour(groups: Sequence[Recipe], knobs: Sequence[str], figures: Sequence[float], metric: str) -> None:
    if len(knobs) < 2:
        st.caption(f"A contour needs two knobs that differ; here only {KNOBS[knobs[0]].label.lower()} does.")
        return
    with st.container(horizontal=True):
        first = st.selectbox("Across", knobs, key="contour-x", format_func=_label, persist_state="session")
        rest = [knob for knob in knobs if knob != first]
        second = st.selectbox("Up", rest, key="contour-y", format_func=_label, persist_state="session")
    names = [group.name for group in groups]
    made = contour(axis(first, groups), axis(second, groups), figures, metric, names, higher(metric))
    title = f"{KNOBS[first].label} and {KNOBS[second].label.lower()}"
    hint = "a dot: one recipe · between them, straight lines"
    chart_grid([Panel("contour", title, made, hint, wide=True)], key="knobs-contour", file="inkling")
    show_code(contour)


def _label(knob: str) -> str:
    return KNOBS[knob].label


def _importance(groups: Sequence[Recipe], knobs: Sequence[str], figures: Sequence[float], metric: str) -> None:
    points = [{knob: group.first.value(knob) for knob in knobs} for group in groups]
    found, said = importances(points, figures, higher(metric))
    if found:
        made = importance({KNOBS[knob].label: share for knob, share in found.items()})
        chart_grid([Panel("importance", "What mattered", made, wide=True)], key="knobs-importance", file="inkling")
    st.caption(said)
    show_code(importances)
