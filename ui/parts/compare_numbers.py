"""Numbers: a table of the compared recipes, and everything as a file."""

import math
import statistics
from collections.abc import Sequence

import streamlit as st

from core.charts.leaf import leaf
from core.look.verdict import Verdict, digits
from core.runs.recipes import Recipe, left_out
from core.runs.sheet import as_json, curves_csv, runs_csv
from ui import services
from ui.parts import compare_choice, compare_curves
from ui.parts.compare_verdict import dots, judged
from ui.parts.words import duration

HEAD = ("Recipe", "Mean", "95 % interval", "Seeds", "Lowest", "Highest", "Behind the best", "Time")


def show(groups: Sequence[Recipe], metric: str, best: bool, single: bool) -> None:
    """The table, and the downloads below it."""
    rows = table(groups, metric, best)
    st.dataframe(
        {name: [row[place] for row in rows] for place, name in enumerate(HEAD)},
        hide_index=True,
        width="stretch",
        height=min(38 + 35 * max(len(rows), 1), 430),
    )
    st.caption(f"{metric}, the {'best' if best else 'last'} value of each run. Intervals of the mean, over seeds.")
    st.markdown("**Take it with you**")
    # The files are made in a thread of their own, which knows nothing of this visitor: what they need is read here.
    wanted, recipes, lines = compare_curves.taste(), compare_choice.places(False), compare_choice.places(single)
    with st.container(horizontal=True, gap="small"):
        _file(
            "Page (HTML)",
            "inkling.html",
            lambda: html(groups, metric, best, single, wanted, recipes, lines),
            "text/html",
            "opens anywhere, offline",
        )
        _file("Runs (CSV)", "runs.csv", lambda: runs_csv(groups), "text/csv", "a row per run, with all knobs")
        _file("Curves (CSV)", "curves.csv", lambda: curves_csv(_curves(groups)), "text/csv", "a row per point")
        _file(
            "All (JSON)",
            "inkling.json",
            lambda: as_json(groups, judged(groups, metric, best), metric, _curves(groups)),
            "application/json",
            "verdict, runs, knobs and curves",
        )
    st.caption("Every chart has a button that saves it as a PNG picture.")


def _file(label: str, name: str, make: object, mime: str, about: str) -> None:
    st.download_button(
        label, make, name, mime, icon=":material/download:", help=about, on_click="ignore", key=f"get-{name}"
    )  # type: ignore[arg-type]


def _curves(groups: Sequence[Recipe]) -> object:
    return services.store().curves([each.id for group in groups for each in group.entries])


def table(groups: Sequence[Recipe], metric: str, best: bool) -> list[list[str]]:
    """Rows of HEAD, the best first; recipes without a figure last."""
    found = judged(groups, metric, best)
    by_name = {group.name: group for group in groups}
    share = metric.endswith("accuracy")
    behind = {each.b: each for each in found.duels}

    def said(value: float, near: float = 0.001) -> str:
        return f"{100 * value:.{digits(100 * near)}f} %" if share else f"{value:.{max(digits(near), 4)}f}"

    rows = []
    for each in found.groups:
        group = by_name[each.name]
        values = [value for value in group.figures(metric, best).values() if math.isfinite(value)]
        half = "" if each.half is None else f"{said(each.low, each.half)} to {said(each.high, each.half)}"
        lag = behind.get(each.name)
        gap = f"{_points(lag.difference, share)} ± {_points(lag.half, share)}" if lag else ""
        seconds = list(group.seconds().values())
        time = duration(statistics.fmean(seconds)) if seconds else ""
        rows.append(
            [each.name, said(each.mean), half, str(each.seeds), said(min(values)), said(max(values)), gap, time]
        )
    listed = {each.name for each in found.groups}
    return rows + [[group.name, "", "", "0", "", "", "", ""] for group in groups if group.name not in listed]


def _points(value: float, share: bool) -> str:
    return f"{100 * value:.2f}" if share else f"{value:.4g}"


def html(
    groups: Sequence[Recipe],
    metric: str,
    best: bool,
    single: bool,
    wanted: compare_curves.Taste,
    recipes: dict[str, int],
    places: dict[str, int],
) -> str:
    """The comparison as a page of its own. `recipes`, `places`: the colours of the recipes, and of the lines."""
    found: Verdict = judged(groups, metric, best)
    entries = [each for group in groups for each in group.entries]
    curves = services.store().curves([each.id for each in entries], wanted.metrics)
    lines = compare_choice.groups(entries, single)
    panels = compare_curves.panels(lines, curves, single, wanted, places)
    charts = [(each.title, each.figure) for each in panels]
    if (figure := dots(groups, metric, best, recipes)) is not None:
        charts.insert(0, ("Seeds and means", figure))
    notes = [*found.notes, *left_out(groups), f"{metric}, the {'best' if best else 'last'} value of each run."]
    return leaf("Inkling: a comparison", found.sentence, notes, HEAD, table(groups, metric, best), charts)
