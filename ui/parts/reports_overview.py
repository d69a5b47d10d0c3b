"""Reports: all rows of all reports in two charts, and what they say in a sentence."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.charts.figure import palette
from core.charts.reports import Point, against, apart
from core.config.experiments import EXPERIMENTS, REPORTS
from core.look.reproduced import Standing, within
from ui.components.chart_grid import Key, Panel, chart_grid


def points(found: Mapping[str, Mapping[str, Standing]]) -> list[Point]:
    """Every row that has both a claim and a measurement."""
    made = []
    for name, rows in found.items():
        for each in rows.values():
            level = each.level
            if level is None or each.row.accuracy is None:
                continue
            half = 100 * level.half if level.half is not None else None
            reported = 100 * (each.row.accuracy if each.off is None else level.mean - each.off)
            made.append(
                Point(
                    EXPERIMENTS[name].report,
                    EXPERIMENTS[name].title,
                    each.row.title,
                    reported,
                    100 * level.mean,
                    half,
                    not each.partial,
                )
            )
    return made


def overview(found: Mapping[str, Mapping[str, Standing]]) -> None:
    """The charts, and how many rows came within 1.5 points."""
    every = [each for rows in found.values() for each in rows.values() if not each.row.probe]
    close, known = within(every)
    claims = sum(each.row.accuracy is not None for each in every)
    partial = sum(each.partial for each in every)
    st.markdown(
        f"The reports state **{claims}** accuracies, from one run each. **{known}** of them were followed to the end "
        f"here, and **{close}** came within 1.5 points; {partial} more were followed for fewer epochs than in the "
        "report."
    )
    shown = points(found)
    if not shown:
        st.caption("Nothing has been measured yet: run an experiment below.")
        return
    reports = list(REPORTS)
    chart_grid(
        [
            Panel("against", "Claimed and measured", against(shown, reports), "on the dotted line they agree"),
            Panel("apart", "How far apart", apart(shown, reports), "shaded: within 1.5 points · bars: 95 % over seeds"),
        ],
        legend=[Key(f"{name}: {about}", palette(place)) for place, (name, about) in enumerate(REPORTS.items())],
        key="reports-overview",
        file="inkling-reports",
    )


def pick() -> Sequence[str]:
    """Which experiments to show: all, or those of one report; the address follows."""
    options = ["All", *REPORTS]
    if "report" not in st.session_state:
        linked = st.query_params.get("report", "All")
        st.session_state["report"] = linked if linked in options else "All"
    chosen = st.segmented_control(
        "Report", options, key="report", required=True, persist_state="session", label_visibility="collapsed"
    )
    if chosen == "All":
        st.query_params.pop("report", None)
    elif st.query_params.get("report") != chosen:
        st.query_params["report"] = chosen
    return [name for name, each in EXPERIMENTS.items() if chosen in ("All", each.report)]
