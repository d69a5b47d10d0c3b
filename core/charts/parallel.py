"""Parallel coordinates: a line per recipe through all of its knobs to its figure."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.charts.axis import Axis, said
from core.charts.banded import label as metric_label
from core.charts.figure import Figure, escaped, figure
from core.charts.knobs import figure_text, shade


def parallel(
    axes: Sequence[Axis], figures: Sequence[float], metric: str, names: Sequence[str], higher: bool = True
) -> Figure:
    """A line per recipe through all of its knobs to its figure; the better, the stronger its colour."""
    last = Axis(metric_label(metric), list(figures))
    every = [*axes, last]
    heights = [_unit(axis) for axis in every]
    shades = shade(figures, higher)
    traces: list[dict[str, Any]] = []
    for place in sorted(range(len(figures)), key=lambda each: shades[each]):  # the best lies on top
        values = [said(axis.values[place]) for axis in axes] + [figure_text(metric, figures[place])]
        lines = "<br>".join(f"{escaped(a.label)}: {escaped(v)}" for a, v in zip(every, values, strict=True))
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": list(range(len(every))),
                "y": [round(height[place], 5) for height in heights],
                "line": {
                    "color": f"@s{shades[place]:.3f}",
                    "width": 2 + shades[place],
                    "shape": "spline",
                    "smoothing": 0.5,
                },
                "marker": {"size": 5, "color": f"@s{shades[place]:.3f}"},
                "opacity": 0.9,
                "hovertemplate": f"{lines}<extra>{escaped(names[place])}</extra>",
            }
        )
    shapes, notes = _rules(every, metric)
    plain = {"visible": False, "fixedrange": True}
    return figure(
        traces,
        400,
        xaxis={**plain, "range": [-0.42, len(every) - 0.5]},
        yaxis={**plain, "range": [-0.08, 1.2]},
        shapes=shapes,
        annotations=notes,
        margin={"l": 8, "r": 24, "t": 8, "b": 8},
    )


def _unit(axis: Axis) -> list[float]:
    """Places between 0 and 1; a single value lies in the middle."""
    places = axis.places()
    low, high = min(places), max(places)
    return [0.5 if high <= low else (each - low) / (high - low) for each in places]


def _rules(axes: Sequence[Axis], metric: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The upright axes with their ticks."""
    shapes, notes = [], []
    for x, axis in enumerate(axes):
        line = {"color": "@ink/0.45", "width": 1.2}
        shapes.append({"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": line, "layer": "below"})
        plain = {"x": x, "showarrow": False, "font": {"size": 11, "color": "@ink"}}
        head = "<br>".join(map(escaped, axis.label.split(" ", 1)))  # two lines, or neighbours meet on a phone
        notes.append(
            {**plain, "y": 1.04, "yanchor": "bottom", "text": f"<b>{head}</b>", "font": {"size": 12, "color": "@ink"}}
        )
        if x == len(axes) - 1:
            numbers = (
                np.linspace(min(axis.values), max(axis.values), 5) if len(set(axis.values)) > 1 else axis.values[:1]
            )
            places, texts = [float(each) for each in numbers], [figure_text(metric, float(each)) for each in numbers]
        else:
            places, texts = axis.ticks()
        low, high = min(axis.places()), max(axis.places())
        for place, text in zip(places, texts, strict=True):
            y = 0.5 if high <= low else (place - low) / (high - low)
            side: dict[str, Any] = {"xanchor": "right", "xshift": -7, "bgcolor": "@paper/0.75"}
            if x == len(axes) - 1:
                side = {"xanchor": "left", "xshift": 7}
            notes.append({**plain, **side, "y": y, "text": text})
    return shapes, notes
