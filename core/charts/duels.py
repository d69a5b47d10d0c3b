"""What the verdict rests on: every seed a dot, every recipe its mean and interval; and figures against seconds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.charts.banded import label, share
from core.charts.figure import Figure, escaped, figure, floats, palette, titled


@dataclass(frozen=True)
class Shown:
    """A recipe: its name, its colour's place, a figure and seconds per seed, and the interval of the mean."""

    name: str
    place: int
    values: Sequence[float]
    seconds: Sequence[float]
    mean: float
    half: float | None
    runs: Sequence[int]  # their numbers, for the hover


def intervals(groups: Sequence[Shown], metric: str) -> Figure:
    """One row per recipe, the best on top: dots are seeds, the bar is where the mean lies (95 %)."""
    rows = list(reversed(groups))
    traces = []
    form = "%{x:.2%}" if share(metric) else "%{x:.4~g}"
    for y, each in enumerate(rows):
        colour = palette(each.place)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": floats(each.values),
                "y": [y] * len(each.values),
                "text": [f"run {run}" for run in each.runs],
                "marker": {"size": 8, "color": f"{colour}/0.4", "line": {"color": colour, "width": 1}},
                "hovertemplate": f"%{{text}}: {form}<extra></extra>",
            }
        )
        bar: dict[str, Any] = {
            "type": "scatter",
            "mode": "markers",
            "x": floats([each.mean]),
            "y": [y + 0.28],
            "marker": {"symbol": "diamond", "size": 9, "color": colour},
            "hovertemplate": f"mean {form}<extra>{escaped(each.name)}</extra>",
        }
        if each.half is not None:
            bar["error_x"] = {"type": "data", "array": [each.half], "color": colour, "thickness": 2.4, "width": 5}
        traces.append(bar)
    names: dict[str, Any] = {
        "tickvals": list(range(len(rows))),
        "ticktext": ["<br>".join(map(escaped, lines(each.name))) for each in rows],
        "range": [-0.6, len(rows) - 0.3],
        "gridcolor": "rgba(0,0,0,0)",
        "fixedrange": True,
        "tickfont": {"size": 12},
    }
    ends = [v for each in rows for v in (*each.values, each.mean - (each.half or 0), each.mean + (each.half or 0))]
    pad = 0.06 * (max(ends) - min(ends)) or (0.01 if share(metric) else 0.02 * abs(ends[0]) or 0.1)
    x = titled(label(metric), nticks=7, range=[min(ends) - pad, max(ends) + pad])
    if share(metric):
        digits = min(max(math.ceil(-math.log10(max(ends) - min(ends) + 2 * pad)) - 1, 1), 4)
        x["tickformat"] = f".{digits}~%"  # seven ticks must not read alike
    return figure(
        traces,
        74 + (46 if len(rows) < 5 else 34) * len(rows),
        xaxis=x,
        yaxis=names,
        margin={"l": 20, "r": 14, "t": 4, "b": 40},
    )


def seconds(groups: Sequence[Shown], best: Sequence[int], metric: str, log: bool = False) -> Figure:
    """The figure against seconds of training; `best` are the places of those that nothing quicker equals, in order."""
    traces: list[dict[str, Any]] = []
    form = "%{y:.2%}" if share(metric) else "%{y:.4~g}"
    means = [sum(each.seconds) / len(each.seconds) for each in groups]
    if best:
        line = {"color": "@accent", "width": 2, "dash": "dot", "shape": "hv"}
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": floats([means[place] for place in best]),
                "y": floats([groups[place].mean for place in best]),
                "line": line,
                "hoverinfo": "skip",
            }
        )
    for place, each in enumerate(groups):
        colour, front = palette(each.place), place in best
        if len(each.values) > 1:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "x": floats(each.seconds),
                    "y": floats(each.values),
                    "text": [f"run {run}" for run in each.runs],
                    "marker": {"size": 6, "color": f"{colour}/0.35"},
                    "meta": place,
                    "hovertemplate": f"%{{text}}: {form} in %{{x:.3~g}} s<extra>{escaped(each.name)}</extra>",
                }
            )
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": floats([means[place]]),
                "y": floats([each.mean]),
                "meta": place,
                "cliponaxis": False,
                "marker": {
                    "size": 13 if front else 10,
                    "symbol": "star" if front else "circle",
                    "color": colour,
                    "line": {"color": "@paper", "width": 1},
                },
                "hovertemplate": f"{escaped(each.name)}<br>{form} in %{{x:.3~g}} s<extra></extra>",
            }
        )
    near = min(means) < 0.25 * max(means)  # else the left half of the chart would be empty
    x = titled("seconds of training", **({"type": "log"} if log else {"rangemode": "tozero"} if near else {}))
    y = titled(label(metric), **({"tickformat": ".1~%"} if share(metric) else {}))
    return figure(
        traces, 420, xaxis=x, yaxis=y, uirevision=f"{metric} {log}", margin={"l": 60, "r": 20, "t": 24, "b": 44}
    )


def lines(name: str, most: int = 32, rows: int = 2) -> list[str]:
    """The name of a recipe in lines that break between knobs; what they cannot hold ends in three dots."""
    made = [""]
    for part in name.split(" · "):
        longer = f"{made[-1]} · {part}" if made[-1] else part
        if len(longer) <= most or not made[-1]:
            made[-1] = longer
        elif len(made) < rows:
            made.append(part)
        else:
            made[-1] = longer
            break
    return [each if len(each) <= most else each[: most - 1] + "…" for each in made]
