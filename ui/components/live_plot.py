"""The live plot: curves of several runs that grow in place, zoom kept, light or dark as the page is."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import plotly
import streamlit as st

from core.charts.curves import AXES, PANELS, Line, packed
from core.charts.theme import colour, dash
from ui.components import kit

HERE = Path(__file__).with_suffix("")
PLOTLY_JS = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
PLOTLY_URL = f"/lab/plotly-{plotly.__version__}.min.js"  # app.py serves it; the version lets browsers keep it for ever

_component = st.components.v2.component(
    "inkling_live_plot",
    html='<div class="ink-plot" data-testid="live-plot"></div>\n',
    css=HERE.with_suffix(".css").read_text(),
    js=kit.script("live_plot", ("plotly",)),
    isolate_styles=False,  # plotly puts its own styles into the document
)


def live_plot(
    runs: Sequence[tuple[int, str]],
    lines: Mapping[int, Mapping[str, Line]],
    *,
    base: str,
    full: bool,
    key: str,
    panels: Mapping[str, tuple[str, str, tuple[str, ...]]] = PANELS,
    hint: str = "thin: training · bold: test",
    empty: str = "",
    on_resync: Callable[[], None] = lambda: None,
) -> None:
    """Draws the runs. `full` sends whole curves under the name `base`; otherwise only what came after that base."""
    _component(
        key=key,
        data={
            "plotly": PLOTLY_URL,
            "axes": AXES,
            "panels": [
                {"id": name, "title": title, "label": label, "metrics": metrics}
                for name, (title, label, metrics) in panels.items()
            ],
            "runs": [
                {"id": run, "name": name, "light": colour(run), "dark": colour(run, "dark"), "dash": dash(run)}
                for run, name in runs
            ],
            "base": base,
            "full": full,
            "lines": sent(lines),
            "hint": hint,
            "empty": empty,
        },
        on_resync_change=on_resync,
    )


def sent(lines: Mapping[int, Mapping[str, Line]]) -> dict[str, Any]:
    """The curves as the browser gets them."""
    return {
        str(run): {name: packed(line) for name, line in metrics.items() if len(line.values)}
        for run, metrics in lines.items()
    }
