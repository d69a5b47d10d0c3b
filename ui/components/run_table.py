"""The table of runs: tick what is compared, sort by a column, pin a row; grouped by recipe or run by run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).with_suffix("")

HTML = """<div class="frame" data-testid="run-table"><table><thead></thead><tbody></tbody></table></div>
<p hidden></p>"""

_component = st.components.v2.component(
    "inkling_run_table",
    html=HTML,
    css=HERE.with_suffix(".css").read_text(),
    js=HERE.with_suffix(".js").read_text(),
)


@dataclass(frozen=True)
class Column:
    """One column: `kind` is text, number or tags."""

    key: str
    label: str
    kind: str = "text"
    hint: str = ""


@dataclass(frozen=True)
class Row:
    """One recipe or run. `ticked`: 0 none of its runs is compared, 1 some, 2 all."""

    key: int  # the number of its first run
    cells: Sequence[str]
    ticked: int = 0
    pinned: bool = False
    status: str = ""
    light: str = ""  # its colour in the charts; none while it is not compared
    dark: str = ""
    title: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def run_table(
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    sort: tuple[str, bool],
    more: str,
    empty: str,
    key: str,
    on_tick: Callable[[], None],
    on_sort: Callable[[], None],
    on_pin: Callable[[], None],
    on_more: Callable[[], None],
) -> None:
    """Draws the rows. What was clicked stands in `st.session_state[key]` as tick, sort, pin or more."""
    _component(
        key=key,
        data={
            "columns": [dict(vars(each)) for each in columns],
            "rows": [dict(vars(each)) for each in rows],
            "sort": sort[0],
            "down": sort[1],
            "more": more,
            "empty": empty,
        },
        on_tick_change=on_tick,
        on_sort_change=on_sort,
        on_pin_change=on_pin,
        on_more_change=on_more,
    )
