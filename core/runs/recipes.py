"""Recipes: runs that differ in their seed alone belong together; what sets several recipes apart names them."""

import math
import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.config import KNOBS
from core.runs.catalogue import UNCOUNTED, Entry

HIGHER = ("accuracy", "images_per_second")  # metrics of which more is better; of all others less is


@dataclass(frozen=True, eq=False)
class Recipe:
    """One recipe with its runs, oldest first. Compared run by run, each run is one."""

    key: int  # the number of its first run: stands for it in links and colours
    entries: tuple[Entry, ...]
    name: str = ""

    @property
    def first(self) -> Entry:
        return self.entries[0]

    def counted(self) -> list[Entry]:
        """The runs that a verdict may count: trained to their end, or failed in trying (a figure that is missing)."""
        return [each for each in self.entries if each.status in ("finished", "failed")]

    def figures(self, metric: str, best: bool = False) -> dict[int, float]:
        """seed -> the run's last (or best) figure; a failed run has none. The same seed twice: their mean."""
        found: dict[int, list[float]] = {}
        for each in self.counted():
            found.setdefault(each.seed, []).append(figure_of(each, metric, best))
        return {seed: statistics.fmean(values) for seed, values in found.items()}

    @property
    def runs_said(self) -> str:
        """`2 seeds`, or `3 runs, 2 seeds` where one seed was run twice; nothing of a single run."""
        runs, seeds = len(self.entries), len({each.seed for each in self.entries})
        if runs == 1:
            return ""
        said = f"{seeds} seed{'s' * (seeds != 1)}"
        return said if seeds == runs else f"{runs} runs, {said}"

    def seconds(self) -> dict[int, float]:
        """seed -> seconds of training of the finished runs."""
        return {each.seed: each.seconds for each in self.entries if each.status == "finished"}


def higher(metric: str) -> bool:
    """Whether more of a metric is better."""
    return metric.rpartition("/")[2] in HIGHER


def figure_of(entry: Entry, metric: str, best: bool = False) -> float:
    """A run's last or best figure; not a number where it has none, or failed before the end."""
    found = entry.figures.get(metric)
    if found is None or entry.status == "failed":
        return math.nan
    return found[0] if not best else found[2] if higher(metric) else found[1]


def recipes(entries: Iterable[Entry], single: bool = False) -> list[Recipe]:
    """Runs gathered by recipe (or one by one), in the order of their first runs, without names."""
    found: dict[str, list[Entry]] = {}
    for each in sorted(entries, key=lambda entry: entry.id):
        found.setdefault(f"run {each.id}" if single else each.recipe, []).append(each)
    return [Recipe(group[0].id, tuple(group)) for group in found.values()]


def differing(entries: Sequence[Entry], seeds: bool = False) -> list[str]:
    """The knobs that are not the same in all runs, in the order of the sidebar."""
    readable = [each for each in entries if not each.unreadable]
    touched = {name for each in readable for name in each.changed}
    kept = [name for name in KNOBS if name in touched and (name not in UNCOUNTED or (seeds and name == "seed"))]
    return [name for name in kept if len({str(each.value(name)) for each in readable}) > 1]


def named(groups: Sequence[Recipe], single: bool = False) -> list[Recipe]:
    """The same with names: by the knobs that set them apart where those are few, else by the runs' names."""
    knobs = differing([each.first for each in groups])
    made = [_name(each, knobs, single) for each in groups]
    twice = {name for name in made if made.count(name) > 1}
    return [
        Recipe(each.key, each.entries, f"{name} ({each.key})" if name in twice and not single else name)
        for each, name in zip(groups, made, strict=True)
    ]


def _name(group: Recipe, knobs: Sequence[str], single: bool) -> str:
    first = group.first
    if first.unreadable:
        said_so = f"{first.name} (settings unreadable)"
    elif not knobs or len(knobs) > 4:
        said_so = first.name if single else SEED.sub("", first.name) or first.name  # the others have other seeds
    else:
        said_so = " · ".join(knob_said(knob, first.value(knob)) for knob in knobs)
    return f"{first.id} · {said_so} · seed {first.seed}" if single else said_so


PLAIN = (
    "dataset",
    "net",
    "activation",
    "optimiser",
    "schedule",
    "scale",
    "precision",
)  # the value says which knob it is
SHORT = {"batch_size": "batch", "weight_decay": "decay", "train_size": "pictures"}


SEED = re.compile(r"[,·]? *\bseed \d+$")  # as a run's name ends that was made for one seed


def knob_said(knob: str, value: Any) -> str:
    """A knob and its value in the fewest words: relu, lr 0.01, batch 64, no flip."""
    said = SHORT.get(knob, knob.replace("_", " "))
    if knob == "fixed_labels":
        return _labels(value)
    if knob == "trunk" and value is None:
        return "no trunk"
    if value is None:
        return f"{said} of the line"
    if isinstance(value, bool):
        return said if value else f"no {said}"
    return short(value) if knob in PLAIN else f"{said} {short(value)}"


def _labels(value: str | None) -> str:
    """What stands in a label game's hand-in, without its hundred numbers."""
    count = len((value or "").split(",")) if value else 0
    return f"{count or 'no'} label{'s' * (count != 1)} put right"


def word(value: Any, knob: str = "") -> str:
    """A knob's value as a reader says it."""
    if knob == "fixed_labels":
        return _labels(value)
    if value is None:
        return "none" if knob == "trunk" else "as the line says"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def short(value: Any, most: int = 28) -> str:
    """The same in a few letters."""
    said = word(value)
    return said if len(said) <= most else said[: most - 1] + "…"


def metrics(entries: Iterable[Entry], order: Sequence[str] = ()) -> list[str]:
    """All metrics that the runs have, the well-known ones first."""
    there = {name for each in entries for name in each.figures}
    return [name for name in order if name in there] + sorted(there - set(order))


def left_out(groups: Sequence[Recipe]) -> list[str]:
    """Why runs that were chosen do not count: one sentence for each reason."""
    found: dict[str, int] = {}
    for group in groups:
        for each in group.entries:
            found[each.status] = found.get(each.status, 0) + 1
    going = found.get("running", 0) + found.get("queued", 0)
    early = found.get("stopped", 0) + found.get("paused", 0)
    said_so = []
    if going:
        said_so.append(f"{_runs(going)} still under way and not counted yet{_doing(groups)}.")
    if early:
        said_so.append(f"{_runs(early)} stopped before the end and not counted.")
    return said_so


def _runs(count: int) -> str:
    return "1 run is" if count == 1 else f"{count} runs are"


def _doing(groups: Sequence[Recipe]) -> str:
    """What the first of them does before it trains; how far it is after that."""
    running = [each for group in groups for each in group.entries if each.status == "running"]
    if not running:
        return ""
    first = running[0]
    if first.doing and not first.step:
        return f"; run {first.id}: {first.doing}"
    return f"; run {first.id} is at {first.step / first.steps_total:.0%}" if first.steps_total else ""
