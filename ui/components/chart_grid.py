"""Charts of the Compare page: plotly drawn again in place, zoom kept, light or dark as the page is, each as a PNG."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.charts.figure import SCALES, Figure
from core.charts.theme import DARK, LIGHT
from ui.components import kit
from ui.components.live_plot import PLOTLY_URL

HERE = Path(__file__).with_suffix("")
PALETTES = {
    look.name: {
        **{str(place): colour for place, colour in enumerate(look.palette)},
        **{name: getattr(look, name) for name in ("ink", "faint", "paper", "accent")},
        "scale": SCALES[look.name],
    }
    for look in (LIGHT, DARK)
}

_component = st.components.v2.component(
    "inkling_chart_grid",
    html='<div class="ink-charts" data-testid="chart-grid"></div>\n<!-- plotly -->',
    css=HERE.with_suffix(".css").read_text(),
    js=kit.script("chart_grid", ("plotly",)),
    isolate_styles=False,  # plotly puts its own styles into the document
)


@dataclass(frozen=True)
class Panel:
    """One chart: what stands above it, and its figure with colours by name."""

    id: str
    title: str
    figure: Figure
    hint: str = ""
    wide: bool = False  # a row of its own


@dataclass(frozen=True)
class Key:
    """One entry of the legend; a click on it hides the traces whose `meta` is its number."""

    name: str
    colour: str
    dash: str = "solid"
    note: str = ""


def chart_grid(panels: Sequence[Panel], *, key: str, legend: Sequence[Key] = (), file: str = "inkling") -> None:
    """Draws the charts side by side; panels of one grid share their zoom along x where their axes are the same."""
    _component(
        key=key,
        data={
            "plotly": PLOTLY_URL,
            "palettes": PALETTES,
            "panels": [dict(vars(each)) for each in panels],
            "legend": [dict(vars(each)) for each in legend],
            "file": file,
        },
    )
