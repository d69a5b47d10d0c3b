"""Knobs against a figure: slice, contour and importance plots."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.interpolate import griddata
from scipy.spatial import QhullError

from core.charts.axis import Axis, said
from core.charts.banded import label as metric_label
from core.charts.banded import share
from core.charts.figure import Figure, escaped, figure, floats, scale, titled


def shade(values: Sequence[float], good_is_high: bool = True) -> list[float]:
    """Each figure's place between the worst (0) and the best (1)."""
    low, high = min(values), max(values)
    if high <= low:
        return [1.0] * len(values)
    return [(v - low) / (high - low) if good_is_high else (high - v) / (high - low) for v in values]


def figure_text(metric: str, value: float) -> str:
    """A figure as people write it."""
    return f"{100 * value:.2f} %" if share(metric) else f"{value:.4g}"


def slices(axis: Axis, figures: Sequence[float], metric: str, names: Sequence[str]) -> Figure:
    """One knob: every run a dot, and the mean of each value."""
    places = np.array(axis.places())
    ticks, texts = axis.ticks()
    means = [
        (place, float(np.mean([f for f, p in zip(figures, places, strict=True) if p == place])))
        for place in sorted(set(places))
    ]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": floats(places),
        "y": floats(figures),
        "text": [
            escaped(f"{name}: {axis.label} {said(value)}") for name, value in zip(names, axis.values, strict=True)
        ],
        "marker": {"size": 7, "color": "@0/0.45", "line": {"color": "@0", "width": 1}},
        "hovertemplate": f"%{{text}}<br>{'%{y:.2%}' if share(metric) else '%{y:.4~g}'}<extra></extra>",
    }
    line = {
        "type": "scatter",
        "mode": "lines" if axis.numeric else "markers",
        "x": floats([place for place, _ in means]),
        "y": floats([mean for _, mean in means]),
        "line": {"color": "@1", "width": 2},
        "marker": {"symbol": "line-ew", "size": 26, "line": {"color": "@1", "width": 3}},
        "hovertemplate": f"mean {'%{y:.2%}' if share(metric) else '%{y:.4~g}'}<extra></extra>",
    }
    pad = 0.06 * ((max(places) - min(places)) or 1.0) if axis.numeric else 0.6
    x = titled(axis.label, tickvals=ticks, ticktext=texts, range=[min(places) - pad, max(places) + pad])
    y = titled(metric_label(metric), **({"tickformat": ".1%"} if share(metric) else {}))
    return figure([line, dots], 270, xaxis=x, yaxis=y, uirevision=f"{axis.label} {metric}")


def contour(
    first: Axis, second: Axis, figures: Sequence[float], metric: str, names: Sequence[str], higher: bool = True
) -> Figure:
    """Two knobs and, as colour, the figure: filled in between the points where they span an area."""
    x, y, z = np.array(first.places()), np.array(second.places()), np.array(figures, dtype=float)
    flipped = scale() if higher else [[1 - place, colour] for place, colour in reversed(scale())]
    form = ".1%" if share(metric) else ".3~g"
    bar = {
        "thickness": 12,
        "outlinewidth": 0,
        "tickformat": form,
        "tickfont": {"size": 11, "color": "@ink"},
        "len": 0.9,
    }
    traces: list[dict[str, Any]] = []
    if (grid := _grid(x, y, z)) is not None:
        xs, ys, zs = grid
        traces.append(
            {
                "type": "contour",
                "x": floats(xs),
                "y": floats(ys),
                "z": [[None if math.isnan(each) else round(float(each), 6) for each in row] for row in zs],
                "colorscale": flipped,
                "zmin": float(z.min()),
                "zmax": float(z.max()),
                "ncontours": 14,
                "line": {"width": 0.5, "color": "@paper/0.6"},
                "showscale": False,
                "hoverinfo": "skip",
                "connectgaps": False,
            }
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": floats(x),
            "y": floats(y),
            "text": [
                escaped(f"{name}: {said(a)}, {said(b)}")
                for name, a, b in zip(names, first.values, second.values, strict=True)
            ],
            "marker": {
                "size": 12,
                "color": [float(each) for each in z],
                "colorscale": flipped,
                "cmin": float(z.min()),
                "cmax": float(z.max()),
                "line": {"color": "@paper", "width": 1.5},
                "colorbar": bar,
            },
            "customdata": [figure_text(metric, float(each)) for each in z],
            "hovertemplate": "%{text}<br>%{customdata}<extra></extra>",
        }
    )
    return figure(
        traces,
        420,
        xaxis=titled(first.label, **_ticked(first, x)),
        yaxis=titled(second.label, **_ticked(second, y)),
        uirevision=f"{first.label} {second.label} {metric}",
        margin={"l": 60, "r": 12, "t": 10, "b": 44},
    )


def _ticked(axis: Axis, places: Any) -> dict[str, Any]:
    ticks, texts = axis.ticks()
    pad = 0.07 * (float(places.max() - places.min()) or 1.0) if axis.numeric else 0.5
    return {"tickvals": ticks, "ticktext": texts, "range": [float(places.min()) - pad, float(places.max()) + pad]}


def _grid(x: Any, y: Any, z: Any) -> tuple[Any, Any, Any] | None:
    """The figure between the points, linearly; None where the points lie on a line."""
    spans = x.max() - x.min(), y.max() - y.min()
    points = np.unique(np.stack([x, y], 1), axis=0)
    if min(spans) <= 0 or len(points) < 4:
        return None
    means = [z[(x == a) & (y == b)].mean() for a, b in points]
    xs, ys = np.linspace(x.min(), x.max(), 60), np.linspace(y.min(), y.max(), 60)
    units = (points - [x.min(), y.min()]) / spans
    across, up = np.meshgrid((xs - x.min()) / spans[0], (ys - y.min()) / spans[1])
    try:
        return xs, ys, griddata(units, means, (across, up), method="linear")
    except QhullError:
        return None


def importance(shares: Mapping[str, float]) -> Figure:
    """How much of the figure's ups and downs each knob explains."""
    order = sorted(shares.items(), key=lambda each: each[1])
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": [escaped(name) for name, _ in order],
        "x": floats([value for _, value in order]),
        "text": [f"{value:.0%}" for _, value in order],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": "@0"},
        "hovertemplate": "%{y}: %{x:.1%}<extra></extra>",
    }
    x = titled("share of what changes the figure", tickformat=".0%", range=[0, 1.12 * max(max(shares.values()), 0.01)])
    return figure([bars], 70 + 34 * len(order), xaxis=x, yaxis={"gridcolor": "rgba(0,0,0,0)"}, bargap=0.35)
