"""Curves of recipes: a line for the mean over seeds, a band for the room between the lowest and the highest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.charts.figure import Figure, dashing, escaped, figure, floats, palette, titled

XAXES = {"epochs": "epoch", "steps": "step", "seconds": "seconds of training", "images": "pictures seen"}


@dataclass(frozen=True, eq=False)
class Series:
    """One recipe or one run: its name, its colour's place, and its points. `low` and `high` where there are several."""

    name: str
    place: int
    x: Any
    y: Any
    low: Any = None
    high: Any = None
    group: int = 0  # what a click on the legend hides
    faint: bool = False  # many lines: thinner


def banded(series: Sequence[Series], metric: str, axis: str, log: Sequence[str] = (), height: int = 320) -> Figure:
    """One metric of many recipes against epochs, steps, seconds or images. `log`: x, y or both."""
    traces: list[dict[str, Any]] = []
    for each in series:
        if each.low is not None:
            traces += _band(each)
    for each in series:
        few = len(each.x) < 15
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers" if few else "lines",
                "x": floats(each.x),
                "y": floats(each.y),
                "name": escaped(each.name),
                "meta": each.group,
                "line": {
                    "color": palette(each.place),
                    "width": 1.2 if each.faint else 2.2,
                    "dash": dashing(each.place),
                },
                "marker": {"size": 5, "color": palette(each.place)},
                "opacity": 0.75 if each.faint else 1,
                "hovertemplate": f"{'%{y:.2%}' if share(metric) else '%{y:.4~g}'} at %{{x:.4~g}}<extra>"
                f"{escaped(each.name)}</extra>",
            }
        )
    y: dict[str, Any] = {"type": "log"} if "y" in log else {"nticks": 7}
    if share(metric) and "y" not in log:
        y["tickformat"] = ".1%" if _spread(series) < 0.06 else ".0%"
    x: dict[str, Any] = {"type": "log"} if "x" in log else {"rangemode": "tozero"}
    return figure(
        traces,
        height,
        xaxis=titled(XAXES[axis], **x),
        yaxis=titled(label(metric), **y),
        uirevision=f"{metric} {axis} {sorted(log)}",
    )


def _band(each: Series) -> list[dict[str, Any]]:
    plain = {"type": "scatter", "mode": "lines", "x": floats(each.x), "hoverinfo": "skip", "meta": each.group}
    plain["showlegend"] = False
    plain |= {"line": {"width": 0, "color": palette(each.place)}, "name": f"{escaped(each.name)}: band"}
    low, high = floats(each.low), floats(each.high)
    return [{**plain, "y": low}, {**plain, "y": high, "fill": "tonexty", "fillcolor": f"{palette(each.place)}/0.17"}]


def _spread(series: Sequence[Series]) -> float:
    """How far the values of the second half lie apart: what a reader will zoom into."""
    ends = [np.asarray(each.y) for each in series if len(each.y)]
    return float(max(y.max() for y in ends) - min(y.min() for y in ends)) if ends else 1.0


def share(metric: str) -> bool:
    """Whether a metric is a share of one."""
    return metric.endswith("accuracy")


def label(metric: str) -> str:
    """What stands at the axis."""
    part, _, what = metric.rpartition("/")
    said = {"accuracy": "share right", "loss": "cross-entropy", "lr": "learning rate"}.get(what, what.replace("_", " "))
    return f"{said} ({part})" if part else said
