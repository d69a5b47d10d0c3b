"""Cells of the table of runs: what stands in a row, and what it is sorted by."""

import statistics
import time

from core.charts.banded import share
from core.look.seeds import by_seed, measured
from core.runs.recipes import Recipe, figure_of, short, word
from ui.parts.words import duration, percent


def sorting(group: Recipe, key: str, metric: str) -> tuple[int, float, str]:
    """Numbers by size, words by the alphabet; what is not known last."""
    if key == "when":
        return (0, max(each.created for each in group.entries), "")
    if key == "figure":
        values = _values(group, metric)
        return (0, statistics.fmean(values.values()), "") if values else (1, 0.0, "")
    if key == "runs":
        return (0, float(len(group.entries)), "")
    if key == "seconds":
        return (0, statistics.fmean(each.seconds for each in group.entries), "")
    if key in ("name", "owner", "tags"):
        return (0, 0.0, str(getattr(group.first, key) or "").lower())
    value = group.first.value(key)
    if isinstance(value, int | float):
        return (0, float(value), "")
    return (0, 0.0, short(value)) if value is not None else (1, 0.0, "")


def cell(group: Recipe, key: str, metric: str) -> str:
    """The text of one column."""
    first = group.first
    if key == "name":
        return f"{group.key} {first.name}"
    if key == "runs":
        return _runs(group)
    if key == "figure":
        return _figure(group, metric)
    if key == "seconds":
        done = [each.seconds for each in group.entries if each.seconds]
        return duration(statistics.fmean(done)) if done else ""
    if key == "tags":
        return "\t".join(sorted({tag for each in group.entries for tag in each.tags}))
    if key == "owner":
        return ", ".join(sorted({each.owner or "" for each in group.entries} - {""}))
    if key == "when":
        return ago(max(each.created for each in group.entries))
    return short(word(first.value(key), key)) if not first.unreadable else "unreadable"


def _runs(group: Recipe) -> str:
    """How many, and what is special about them."""
    count: dict[str, int] = {}
    for each in group.entries:
        count[each.status] = count.get(each.status, 0) + 1
    if len(group.entries) == 1:
        return group.first.status
    special = [f"{number} {status}" for status, number in count.items() if status != "finished"]
    return ", ".join([group.runs_said, *special])


def _values(group: Recipe, metric: str) -> dict[int, float]:
    """seed -> the figures that the verdict counts; while no run has ended, those there are so far."""
    counted = {seed: value for seed, value in group.figures(metric).items() if value == value}
    return counted or by_seed(
        (each.seed, value) for each in group.entries if (value := figure_of(each, metric)) == value
    )


def _figure(group: Recipe, metric: str) -> str:
    values = _values(group, metric)
    if not values:
        return ""
    found = measured(group.name, values)
    if share(metric):
        return percent(found.mean) if found.half is None else f"{100 * found.mean:.2f} ± {100 * found.half:.2f} %"
    return f"{found.mean:.4g}" if found.half is None else f"{found.mean:.4g} ± {found.half:.2g}"


def ago(moment: float) -> str:
    """How long it is since."""
    seconds = max(time.time() - moment, 0)
    if seconds < 90:
        return "just now"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min ago"
    if seconds < 36 * 3600:
        return f"{seconds / 3600:.0f} h ago"
    return time.strftime("%-d %b %Y", time.localtime(moment))
