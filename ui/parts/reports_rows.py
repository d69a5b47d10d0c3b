"""Reports: the rows of one experiment as a table with a strip: claimed and measured on one axis."""

import math
from collections.abc import Sequence
from html import escape

from core.charts.theme import theme
from core.look.reproduced import Standing
from ui.parts.words import duration

EDGE = 0.06  # of the axis left free at both ends


def table(standings: Sequence[Standing], look: str | None) -> str:
    """All rows of an experiment; the last may be our own recipe."""
    low, high = _reach(standings)
    head = (
        f'<div class="row head"><span>recipe</span><span>{_axis(low, high)}</span><span>claimed</span>'
        "<span>measured</span><span>time: theirs / ours</span></div>"
    )
    rows = "".join(_row(each, low, high) for each in standings)
    return f'<div class="ink-rep" style="--rep-accent:{theme(look).accent}" role="table">{head}{rows}</div>'


def key(look: str | None) -> str:
    """What the marks mean."""
    marks = (
        ('<i class="said" style="left:50%"></i>', "claimed by the report"),
        ('<i class="seed" style="left:50%"></i>', "one run of ours (a seed)"),
        ('<i class="seed part" style="left:50%"></i>', "followed for fewer epochs than the report"),
        ('<i class="band" style="left:0;width:100%"></i>', "where the mean over our seeds lies (95 %)"),
    )
    shown = "".join(f'<span><span class="strip">{mark}</span>{text}</span>' for mark, text in marks)
    return (
        f'<div class="ink-rep" style="--rep-accent:{theme(look).accent}"><div class="ink-rep-key">{shown}</div></div>'
    )


def _reach(standings: Sequence[Standing]) -> tuple[float, float]:
    """The ends of the axis: around everything that is shown."""
    values = [value for each in standings for value in each.seeds.values()]
    for each in standings:
        values += [value for value in (each.row.accuracy, each.row.low) if value is not None]
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = max(high - low, 0.01) * EDGE
    return max(low - room, 0.0), min(high + room, 1.0)


def _row(stood: Standing, low: float, high: float) -> str:
    row, level = stood.row, stood.level

    def at(value: float) -> float:
        return 100 * (value - low) / (high - low)

    marks = []
    if level and level.half:
        left, right = at(max(level.low, low)), at(min(level.high, high))
        marks.append(f'<i class="band" style="left:{left:.2f}%;width:{max(right - left, 0.5):.2f}%"></i>')
    for value in stood.seeds.values():
        marks.append(f'<i class="seed{" part" if stood.partial else ""}" style="left:{at(value):.2f}%"></i>')
    if row.low is not None and row.accuracy is not None:
        left, right = at(row.low), at(row.accuracy)
        marks.append(f'<i class="range" style="left:{left:.2f}%;width:{right - left:.2f}%"></i>')
    elif row.accuracy is not None:
        marks.append(f'<i class="said" style="left:{at(row.accuracy):.2f}%"></i>')
    kind = "row ours" if row.name == "ours" else "row probe" if row.probe else "row"
    return (
        f'<div class="{kind}" role="row"><span>{escape(row.title)}</span>'
        f'<span><div class="strip" aria-hidden="true">{"".join(marks)}</div></span>'
        f'<span data-label="claimed">{_claimed(stood)}</span><span data-label="measured">{_measured(stood)}</span>'
        f'<span data-label="time: theirs / ours">{_time(stood)}</span></div>'
    )


def _claimed(stood: Standing) -> str:
    row = stood.row
    if row.accuracy is not None:
        return f"{percents(row.low)}–{percents(row.accuracy)} %" if row.low else f"{percents(row.accuracy)} %"
    if row.probe:
        return "<small>ours</small>"
    return "<small>no figure</small>"


def percents(share: float) -> str:
    """0.9886 -> 98.86, 0.96 -> 96: as many digits as the report has."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".")


def _measured(stood: Standing) -> str:
    level = stood.level
    if level is None:
        return "<small>not yet</small>"
    spread = f" ± {100 * level.half:.2f}" if level.half is not None else ""
    seeds = f"{level.seeds} seeds" if level.seeds > 1 else "1 seed"
    said = [seeds]
    if stood.partial and stood.row.config:
        said.append(f"{stood.epochs} of {stood.row.config.epochs} epochs")
    if stood.diverged:
        said.append(f"{stood.diverged} diverged")
    return f"{100 * level.mean:.2f}{spread} %<small>{', '.join(said)}</small>"


def _time(stood: Standing) -> str:
    theirs = short(stood.row.seconds) if stood.row.seconds else "–"
    ours = short(stood.seconds) if stood.seconds is not None else "–"
    busy = f"<small>load {stood.load:.0f}</small>" if stood.load is not None and stood.load >= 2 else ""
    return f"{theirs} / {ours}{busy}"


def short(seconds: float) -> str:
    """7 s, 6:42, 1 h 25."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"
    return duration(seconds)


def _axis(low: float, high: float) -> str:
    """Three to five round numbers between the ends."""
    step = next(step for step in (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if (high - low) / step <= 5)
    first = math.ceil(low / step - 1e-9)
    ticks = [place * step for place in range(first, math.floor(high / step + 1e-9) + 1)]
    places = [(100 * (tick - low) / (high - low), percents(tick)) for tick in ticks]
    shown = "".join(f'<b class="{_edge(at)}" style="left:{at:.1f}%">{tick} %</b>' for at, tick in places)
    return f'<div class="axis">{shown}</div>'


def _edge(at: float) -> str:
    """A number at an end of the axis must not stand out over it."""
    return "left" if at < 4 else "right" if at > 96 else ""
