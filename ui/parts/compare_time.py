"""Accuracy against seconds: which recipes are worth their time."""

import statistics
from collections.abc import Sequence

import streamlit as st

from core.charts.duels import seconds
from core.charts.figure import palette
from core.look.front import front
from core.runs.recipes import Recipe, higher
from ui.components.chart_grid import Key, Panel, chart_grid
from ui.parts import compare_choice
from ui.parts.code import show_code
from ui.parts.compare_verdict import shown
from ui.parts.words import duration, plain


def show(groups: Sequence[Recipe], metric: str, best: bool, single: bool) -> None:
    """The chart, and the front in words."""
    found = shown(groups, metric, best, compare_choice.places(single), single)
    if not found:
        st.caption("No finished run has this figure yet.")
        return
    points = [(statistics.fmean(each.seconds), each.mean) for each in found]
    log = max(seconds for seconds, _ in points) > 30 * max(min(seconds for seconds, _ in points), 1e-9)
    ahead = front(points, higher(metric))
    made = seconds(found, ahead, metric, log)
    hint = "star: nothing quicker is as good · small dots: seeds"
    keys = [Key(each.name, palette(each.place)) for each in found]
    chart_grid(
        [Panel("seconds", "Is it worth its time?", made, hint, wide=True)],
        legend=keys,
        key="compare-time",
        file="inkling",
    )
    said = "; ".join(f"**{plain(found[place].name)}** in {duration(points[place][0])}" for place in ahead)
    st.markdown(f"Worth their time, from quick to slow: {said}.")
    devices = sorted({entry.device for group in groups for entry in group.entries if entry.device})
    if len(devices) > 1:
        st.warning(
            f"These runs were trained on {' and '.join(devices)}: their seconds cannot be compared.",
            icon=":material/speed:",
        )
    st.caption("Means do not tell luck from skill: what the verdict calls no real difference may change places here.")
    show_code(front)
