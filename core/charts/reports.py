"""Charts of the Reports page: reported against measured, how far off, curves epoch by epoch, and a ladder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.charts.figure import Figure, escaped, figure, palette, titled

CLOSE = 1.5  # points: what counts as reproduced


@dataclass(frozen=True)
class Point:
    """One row of a report, with its figures in hundredths."""

    report: str
    experiment: str
    row: str
    reported: float
    measured: float
    half: float | None  # of the interval over seeds
    whole: bool  # followed for as many epochs as the report


def against(points: Sequence[Point], order: Sequence[str], height: int = 380) -> Figure:
    """Reported against measured; on the line they agree."""
    line = {"color": "@ink", "width": 1, "dash": "dot"}
    diagonal = {"type": "scatter", "mode": "lines", "x": [0, 100], "y": [0, 100], "line": line, "hoverinfo": "skip"}
    traces: list[dict[str, Any]] = [diagonal]
    for report in order:
        for whole in (True, False):
            chosen = [each for each in points if each.report == report and each.whole is whole]
            if chosen:
                traces.append(_marks(chosen, order.index(report), [each.measured for each in chosen], whole))
    axis = {"range": [5, 102], "ticksuffix": " %"}
    return figure(
        traces, height, xaxis=titled("reported", **axis), yaxis=titled("measured here", **axis), uirevision="against"
    )


def apart(points: Sequence[Point], order: Sequence[str], height: int = 380) -> Figure:
    """Measured minus reported, row by row; within the band a row counts as reproduced."""
    band = {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": -CLOSE,
        "y1": CLOSE,
        "fillcolor": "@ink/0.08",
        "line": {"width": 0},
    }
    traces = []
    places = {id(each): place for place, each in enumerate(points)}
    for report in order:
        chosen = [each for each in points if each.report == report and each.whole]
        if chosen:
            gaps = [each.measured - each.reported for each in chosen]
            marks = _marks(chosen, order.index(report), gaps, True)
            marks["x"] = [places[id(each)] for each in chosen]
            marks["error_y"] = {
                "type": "data",
                "array": [each.half or 0 for each in chosen],
                "thickness": 1,
                "width": 3,
                "color": palette(order.index(report)),
            }
            traces.append(marks)
    return figure(
        traces,
        height,
        xaxis=titled("the rows, report by report", showticklabels=False, showgrid=False),
        yaxis=titled("measured minus reported, points", zeroline=True, zerolinecolor="@ink"),
        shapes=[band],
        uirevision="apart",
    )


def _marks(points: Sequence[Point], place: int, y: Sequence[float], whole: bool) -> dict[str, Any]:
    said = [
        f"{escaped(each.experiment)}: {escaped(each.row)}<br>reported {each.reported:.2f} %, "
        f"measured {each.measured:.2f} %{'' if whole else ' (fewer epochs)'}"
        for each in points
    ]
    marker = {"size": 10, "color": palette(place), "symbol": "circle" if whole else "circle-open", "line": {"width": 2}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [each.reported for each in points],
        "y": list(y),
        "text": said,
        "hovertemplate": "%{text}<extra></extra>",
        "marker": marker,
        "meta": place,
    }


@dataclass(frozen=True)
class Course:
    """One net over the epochs: mean, lowest and highest over seeds, in shares; and the range that the report gives."""

    name: str
    test: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    train: Sequence[float]
    said: tuple[float, float] | None


def courses(lines: Sequence[Course], chance: float | None, height: int = 340) -> Figure:
    """Test accuracy as lines, training as thin dashes, the report's range as a bar at the right, guessing as dots."""
    traces: list[dict[str, Any]] = []
    most = max((len(each.test) for each in lines), default=1)
    for place, each in enumerate(lines):
        x = list(range(1, len(each.test) + 1))
        colour = palette(place)
        hidden = {"type": "scatter", "mode": "lines", "x": x, "hoverinfo": "skip", "line": {"width": 0}, "meta": place}
        traces.append({**hidden, "y": list(each.low)})
        traces.append({**hidden, "y": list(each.high), "fill": "tonexty", "fillcolor": f"{colour}/0.17"})
        text = f"{escaped(each.name)}, %{{y:.2%}} after epoch %{{x}}<extra></extra>"
        solid = {"type": "scatter", "mode": "lines+markers", "x": x, "y": list(each.test), "meta": place}
        traces.append({**solid, "line": {"color": colour, "width": 2.2}, "marker": {"size": 5}, "hovertemplate": text})
        dashes = {"color": colour, "width": 1.2, "dash": "dash"}
        thin = {"type": "scatter", "mode": "lines", "x": x, "y": list(each.train), "line": dashes, "meta": place}
        traces.append({**thin, "hovertemplate": text.replace(",", " (training),", 1)})
        if each.said:
            where = [most + 0.35 + 0.22 * place] * 2
            bar = {"type": "scatter", "mode": "lines+markers", "x": where, "y": list(each.said), "meta": place}
            look = {"line": {"color": colour, "width": 3}, "marker": {"size": 7, "symbol": "line-ew-open"}}
            said = f"{escaped(each.name)}: the report says {each.said[0]:.0%} to {each.said[1]:.0%}<extra></extra>"
            traces.append({**bar, **look, "hovertemplate": said})
    if chance is not None:
        guess = {"color": "@ink", "width": 1, "dash": "dot"}
        line = {"type": "scatter", "mode": "lines", "x": [1, most], "y": [chance, chance], "line": guess}
        traces.append({**line, "hovertemplate": f"guessing: {chance:.0%}<extra></extra>"})
    return figure(
        traces,
        height,
        xaxis=titled(
            "epoch",
            dtick=1 if most <= 20 else None,
            range=[0.7, most + (1.1 if any(each.said for each in lines) else 0.3)],
        ),
        yaxis=titled("share right", tickformat=".0%"),
        uirevision="courses",
    )


def ladder(rungs: Sequence[str], lines: Sequence[tuple[str, Sequence[float | None]]], height: int = 360) -> Figure:
    """The steps of a ladder from top to bottom, several figures (shares) for each; None where there is none."""
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": list(values),
            "y": list(rungs),
            "line": {"color": palette(place), "width": 1.5, "dash": "dot"},
            "marker": {"size": 10, "color": palette(place)},
            "hovertemplate": f"%{{y}}<br>{escaped(name)}: %{{x:.2%}}<extra></extra>",
            "meta": place,
        }
        for place, (name, values) in enumerate(lines)
    ]
    return figure(
        traces,
        height,
        xaxis=titled("share right", tickformat=".0%", rangemode="tozero"),
        yaxis={"autorange": "reversed", "automargin": True, "type": "category"},
        uirevision="ladder",
    )
