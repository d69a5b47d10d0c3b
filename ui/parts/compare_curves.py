"""Curves of the compared runs, laid over each other: bands over seeds, against epochs, steps, time or images."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.charts.banded import XAXES, Series, banded
from core.charts.curves import METRICS
from core.charts.figure import dashing, palette
from core.errors import LabError
from core.look.bands import band, smoothed
from core.runs.catalogue import Entry
from core.runs.metrics import Curves
from core.runs.recipes import Recipe, metrics
from ui import services
from ui.components.chart_grid import Key, Panel, chart_grid
from ui.parts import compare_choice, links

SMOOTH = {"off": 0.0, "light": 0.006, "medium": 0.02, "strong": 0.05}  # share of the curve, to each side
POINTS = 24_000  # in all panels together: what a browser draws within a moment
FEWEST, MOST = 60, 400  # points of one line
USUAL = ("test/accuracy", "train/loss")
PROGRESS = {"epochs": "epoch", "steps": "step", "seconds": "seconds", "images": "images"}


def controls(entries: Sequence[Entry]) -> None:
    """What to draw, and how; the address follows."""
    there = metrics(entries, METRICS)
    if not there:
        return
    _adopt(there)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.pills(
            "Metrics",
            there,
            selection_mode="multi",
            key="metric",
            persist_state="session",
            wrap=True,
            label_visibility="collapsed",
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        links.choice("Horizontal axis", "x", list(XAXES), PROGRESS.get)
        st.pills(
            "Logarithmic",
            ["x", "y"],
            selection_mode="multi",
            format_func=lambda axis: f"log {axis}",
            key="log",
            persist_state="session",
            label_visibility="collapsed",
        )
        links.choice("Smoothing", "smooth", list(SMOOTH), lambda name: "not smoothed" if name == "off" else name)
    for name in ("metric", "log"):
        value = ",".join(st.session_state.get(name) or [])
        usual = ",".join(each for each in USUAL if each in there) if name == "metric" else ""
        if value and value != usual:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)


def _adopt(there: Sequence[str]) -> None:
    """Metrics and axes as the address says, at the first look; and no metric that none of the runs has."""
    for name, allowed, usual in (("metric", there, USUAL), ("log", ("x", "y"), ())):
        if name not in st.session_state:
            linked = [each for each in st.query_params.get(name, "").split(",") if each in allowed]
            st.session_state[name] = linked or [each for each in usual if each in allowed]
        elif any(each not in allowed for each in st.session_state[name] or []):
            st.session_state[name] = [each for each in st.session_state[name] if each in allowed]
    if not st.session_state["metric"]:
        st.session_state["metric"] = [each for each in USUAL if each in there] or list(there[:1])


@dataclass(frozen=True)
class Taste:
    """Metrics, axis, logarithmic axes and smoothing, as the visitor set them."""

    metrics: tuple[str, ...]
    axis: str
    log: tuple[str, ...]
    smooth: str


def taste() -> Taste:
    """What the controls say."""
    axis, smooth = st.session_state.get("x", "epochs"), st.session_state.get("smooth", "off")
    return Taste(
        tuple(st.session_state.get("metric") or USUAL),
        axis if axis in XAXES else "epochs",
        tuple(st.session_state.get("log") or ()),
        smooth if smooth in SMOOTH else "off",
    )


def draw(groups: Sequence[Recipe], single: bool) -> None:
    """The charts."""
    wanted, places = taste(), compare_choice.places(single)
    try:
        curves = services.window().curves([each.id for group in groups for each in group.entries], wanted.metrics)
    except LabError as error:
        st.error(str(error))
        return
    if not curves:
        st.caption("No points yet: the first come within a second or two of the start.")
        return
    keys = legend(groups, single, places)
    chart_grid(panels(groups, curves, single, wanted, places), legend=keys, key="compare-curves", file="inkling-curves")


def legend(groups: Sequence[Recipe], single: bool, places: dict[str, int]) -> list[Key]:
    """Every recipe with its colour."""
    return [
        Key(
            group.name,
            palette(place),
            dashing(place),
            group.runs_said,
        )
        for group in groups
        for place in [compare_choice.place(group, single, places) or 0]
    ]


def panels(
    groups: Sequence[Recipe], curves: Curves, single: bool, wanted: Taste, places: dict[str, int]
) -> list[Panel]:
    """One chart per metric."""
    alone = len(wanted.metrics) == 1
    most = min(max(POINTS // max(len(groups) * len(wanted.metrics), 1), FEWEST), MOST)
    made = []
    for metric in wanted.metrics:
        lines = series(
            groups, curves, metric, wanted.axis, "x" in wanted.log, SMOOTH[wanted.smooth], most, single, places
        )
        hints = (
            ["line: mean over seeds · band: lowest to highest"] if any(each.low is not None for each in lines) else []
        )
        if wanted.smooth != "off":
            hints.append("smoothed")
        figure = banded(lines, metric, wanted.axis, wanted.log, 380 if alone else 320)
        made.append(Panel(metric, metric, figure, " · ".join(hints), wide=alone))
    return made


def series(
    groups: Sequence[Recipe],
    curves: Curves,
    metric: str,
    axis: str,
    log: bool,
    smooth: float,
    most: int,
    single: bool,
    places: dict[str, int],
) -> list[Series]:
    """The points of one metric: of each recipe a line, and a band where it has several runs."""
    made = []
    for number, group in enumerate(groups):
        found = [curves[each.id][metric] for each in group.entries if metric in curves.get(each.id, {})]
        if not found:
            continue
        lines = [(getattr(each, axis), smoothed(each.values, smooth)) for each in found]
        if log:
            lines = [(x[x > 0], y[x > 0]) for x, y in lines]
        common = {
            "name": group.name,
            "place": compare_choice.place(group, single, places) or 0,
            "group": number,
            "faint": len(groups) > 16,
        }
        if len(lines) == 1:
            thin = found[0] if smooth or log else found[0].thinned(most)
            x, y = lines[0] if smooth or log else (getattr(thin, axis), thin.values)
            if len(x) > most:
                one = band(lines, most, log)
                x, y = one.x, one.middle
            made.append(Series(x=x, y=y, **common))
            continue
        whole = band(lines, most, log)
        made.append(Series(x=whole.x, y=whole.middle, low=whole.low, high=whole.high, **common))
    return made
