"""The chart of a sweep: means with bands over seeds and every run below them; or the axes to sketch a bet on."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.charts.theme import DARK, LIGHT
from core.config import KNOBS
from core.config.plan import Plan
from core.config.vary import Vary, shown
from core.runs.bets import Bet
from core.runs.outcome import Cell, Outcome, Point

HERE = Path(__file__)
LINES = len(LIGHT.palette)  # series that can be told apart
WORDS = 24  # values of a list that stand beside each other on the axis
NAMES = {"test/accuracy": "test accuracy", "val/accuracy": "accuracy on held-out pictures"}

_component = st.components.v2.component(
    "inkling_sweep_chart",
    html='<div class="sweep" data-testid="sweep-chart">\n<div class="zoom" hidden></div><svg role="img"></svg>'
    '<div class="typed" hidden></div><div class="key" hidden></div><table><thead><tr><th></th><th>mean</th>'
    "<th>each seed</th></tr></thead><tbody></tbody></table></div>",
    css=HERE.with_suffix(".css").read_text(),
    js=HERE.with_suffix(".js").read_text(),
)


def sweep_chart(
    now: Outcome,
    *,
    key: str,
    winner: str | None = None,
    sketches: Sequence[Bet] = (),
    on_open: Callable[[], None] = lambda: None,
) -> None:
    """Draws a sweep as it stands; a click on a run sets `open`."""
    plan = now.plan
    data = {
        "mode": "watch",
        "name": key,
        "points": [_point(plan, point, winner) for point in now.points],
        "sketches": [{"name": bet.bettor, "values": dict(bet.sketch)} for bet in sketches if bet.sketch],
        "empty": "The first result comes soon." if now.sweep.status == "running" else "There is no result yet.",
    }
    _component(key=key, data=data | _axes(plan), on_open_change=on_open)


def sketch_pad(
    plan: Plan, labels: Sequence[str], *, key: str, guess: dict[str, float] | None = None
) -> dict[str, float]:
    """Lets somebody sketch an accuracy for every point; what was sketched, nothing before the first touch."""
    by_label = {plan.label(knobs): knobs for knobs in plan.all_points()}
    points = [_point(plan, Point(at, by_label[label], label, ()), None) for at, label in enumerate(labels)]
    points.sort(key=lambda each: (each["series"], each["x"]))
    data = {"mode": "sketch", "points": points, "sketches": [], "empty": "", "guess": guess or {}, "name": key}
    result = _component(key=key, data=data | _axes(plan), default={"sketch": None}, on_sketch_change=lambda: None)
    return sketched(result, labels)


def sketched(state: Any, labels: Sequence[str]) -> dict[str, float]:
    """What the pad sent, if it is a sketch: what comes from a browser is not trusted."""
    value = state.get("sketch") if hasattr(state, "get") else None
    if not isinstance(value, dict) or set(value) != set(labels):
        return {}
    if not all(isinstance(each, int | float) and 0 <= each <= 1 for each in value.values()):
        return {}
    return {label: float(value[label]) for label in labels}


def _axes(plan: Plan) -> dict[str, Any]:
    """The first knob goes to the right; a second one with few values gets a line for each."""
    first = plan.varied[0]
    label = KNOBS[first.knob].label.lower()
    axis: dict[str, Any] = {"label": label, "heading": label if len(plan.varied) == 1 else "point"}
    if _side_by_side(first):
        axis |= {"kind": "words", "words": [shown(value) for value in _values(first)]}
    else:
        numbers = [
            float(each)
            for each in ((first.low, first.high) if first.low is not None else first.values)
            if each is not None
        ]  # type: ignore[arg-type]
        axis |= {"kind": "numbers", "low": min(numbers), "high": max(numbers), "log": first.log and min(numbers) > 0}
    names = [shown(value) for value in _values(plan.varied[1])] if _lines(plan) else [plan.text]
    second = f"{KNOBS[plan.varied[1].knob].label.lower()} " if _lines(plan) else ""
    series = [
        {"name": second + name, "light": LIGHT.palette[place % LINES], "dark": DARK.palette[place % LINES]}
        for place, name in enumerate(names)
    ]
    joined = _side_by_side(first) and KNOBS[first.knob].kind in (int, float) and (len(plan.varied) == 1 or _lines(plan))
    return {"axis": axis, "series": series, "joined": joined, "metric": NAMES.get(plan.metric, plan.metric)}


def _side_by_side(first: Vary) -> bool:
    return (first.count is not None and first.count <= WORDS) or KNOBS[first.knob].kind not in (int, float)


def _lines(plan: Plan) -> bool:
    return len(plan.varied) == 2 and (plan.varied[1].count or 99) <= LINES


def _values(each: Vary) -> list[Any]:
    """All values, numbers by size."""
    values = [each.value(place) for place in range(each.count or 0)]
    if KNOBS[each.knob].kind in (int, float):
        values.sort(key=lambda value: (value is not None, value or 0))
    return values


def _point(plan: Plan, point: Point, winner: str | None) -> dict[str, Any]:
    first, known = plan.varied[0], point.measured
    value = point.knobs.get(first.knob)
    names = [shown(each) for each in _values(first)] if _side_by_side(first) else []
    x = (names.index(shown(value)) if shown(value) in names else 0) if names else float(value or 0)
    series = 0
    if _lines(plan):
        lines = [shown(each) for each in _values(plan.varied[1])]
        mine = shown(point.knobs.get(plan.varied[1].knob))
        series = lines.index(mine) if mine in lines else 0
    half = known.half if known else None
    return {
        "label": point.label,
        "x": x,
        "series": series,
        "mean": known.mean if known else None,
        "low": known.low if known and half is not None else None,
        "high": known.high if known and half is not None else None,
        "half": half,
        "seeds": len(point.values),
        "best": point.label == winner,
        "cells": [_cell(plan, cell) for cell in point.cells],
    }


def _cell(plan: Plan, cell: Cell) -> dict[str, Any]:
    return dict(vars(cell)) | {"seed": plan.base.seed + cell.seed}
