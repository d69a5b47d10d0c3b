"""The list of runs: a click opens one, a tick lays it over the open one."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from core.charts.theme import colour
from core.runs.run import Run
from ui.parts.words import facts, percent

HERE = Path(__file__)
HTML = '<div class="runs" data-testid="run-list">\n<div class="head"><b>Runs</b><span></span></div><ul></ul></div>'

_component = st.components.v2.component(
    "inkling_run_list",
    html=HTML,
    css=HERE.with_suffix(".css").read_text(),
    js=HERE.with_suffix(".js").read_text(),
)


def run_list(
    runs: Sequence[Run],
    accuracies: dict[int, float],
    *,
    opened: int | None,
    beside: Sequence[int],
    summary: str,
    key: str,
    on_open: Callable[[], None],
    on_beside: Callable[[], None],
) -> None:
    """Draws the list. `accuracies`: the newest on test pictures, of each run that has one."""
    rows = [
        {
            "id": run.id,
            "name": run.name,
            "status": run.status,
            "facts": facts(run),
            "accuracy": percent(accuracies[run.id]) if run.id in accuracies else "",
            "share": run.progress if run.status in ("running", "paused") else None,
            "light": colour(run.id),
            "dark": colour(run.id, "dark"),
        }
        for run in runs
    ]
    data = {"runs": rows, "open": opened, "beside": list(beside), "summary": summary}
    _component(key=key, data=data, default={"beside": list(beside)}, on_open_change=on_open, on_beside_change=on_beside)
