"""Outcome: how a sweep stands: every point with its runs, its mean over seeds, and what is left to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from core import paths
from core.config.plan import Knobs, Plan
from core.look.seeds import Measured, judged_on, measured
from core.look.verdict import Verdict, verdict
from core.runs.brain import Past, importances
from core.runs.figures import Figure
from core.runs.pacing import Pace, pace
from core.runs.run import Run
from core.runs.store import Store
from core.runs.sweep import Sweep, Trial

OPEN = ("missing", "queued", "running", "paused")  # something may still happen to these


@dataclass(frozen=True)
class Cell:
    """A point with one seed. `state` is the run's status, or missing (no run yet), gone (deleted), pruned."""

    seed: int
    state: str
    run: int | None = None
    reused: bool = False
    value: float | None = None  # the final figure of a finished run
    live: float | None = None  # the newest figure of one that is under way
    progress: float = 0.0
    said: str = ""  # why it failed or was pruned


@dataclass(frozen=True)
class Point:
    """One setting of the varied knobs, with all its seeds."""

    number: int
    knobs: Knobs
    label: str
    cells: tuple[Cell, ...]

    @cached_property
    def values(self) -> dict[int, float]:
        """seed -> final figure."""
        return {cell.seed: cell.value for cell in self.cells if cell.value is not None}

    @property
    def has_pruned(self) -> bool:
        return any(cell.state == "pruned" for cell in self.cells)

    @cached_property
    def measured(self) -> Measured | None:
        """Mean and interval over the finished seeds."""
        return measured(self.label, self.values) if self.values else None


@dataclass(frozen=True)
class Outcome:
    """A sweep as it stands. `seconds_left` is None while nothing is known of its pace."""

    sweep: Sweep
    plan: Plan
    points: tuple[Point, ...]
    total: int  # runs there will be
    seconds_left: float | None

    def count(self, *states: str) -> int:
        """How many runs are in one of these states."""
        return sum(cell.state in states for point in self.points for cell in point.cells)

    @property
    def reused(self) -> int:
        return sum(cell.reused for point in self.points for cell in point.cells)

    @property
    def done(self) -> int:
        """Runs that are over, however they ended."""
        return self.count("finished", "pruned", "failed", "stopped", "gone")

    @property
    def has_results(self) -> bool:
        """A first result is in: from now on nobody bets."""
        return self.sweep.status != "betting" and self.count("finished") > 0

    @property
    def is_over(self) -> bool:
        return self.sweep.status in ("finished", "stopped")

    def verdict(self) -> Verdict:
        """Which point is best, if that can be said at all.

        Points with a pruned run stay out: what is left of them are their lucky seeds.
        """
        whole = {point.label: point.values for point in self.points if point.values and not point.has_pruned}
        return verdict(whole, pictures=judged_on(whole.values()))

    def importances(self) -> tuple[dict[str, float], str]:
        """Which knob mattered how much, and how that was found."""
        done = [
            Past(point.knobs, "done", point.measured.mean)
            for point in self.points
            if point.measured is not None
            and not point.has_pruned
            and not any(cell.state in OPEN for cell in point.cells)
        ]
        return importances(self.plan, done)


def outcome(store: Store, number: int) -> Outcome:
    """Reads how a sweep stands; a LabError when it is gone."""
    sweep = store.sweep(number)
    trials = store.trials(number)
    ids = sorted({trial.run for trial in trials if trial.run is not None})
    known = {run.id: run for first in range(0, len(ids), 500) for run in store.runs(ids=ids[first : first + 500])}
    moving = [run.id for run in known.values() if run.status in ("running", "paused")]
    begun = any(run.status == "finished" for run in known.values())
    earlier = None if begun or sweep.status != "running" else pace(store)  # as it was estimated before the start
    return stand(sweep, trials, known, store.figures(moving) if moving else {}, earlier)


def stand(
    sweep: Sweep,
    trials: Sequence[Trial],
    runs: Mapping[int, Run],
    figures: Mapping[int, Mapping[str, Figure]],
    earlier: Pace | None = None,
) -> Outcome:
    """The same from rows that were read already."""
    plan = sweep.plan
    by_point: dict[int, list[Trial]] = {}
    for trial in trials:
        by_point.setdefault(trial.point, []).append(trial)
    points = []
    for number, mine in sorted(by_point.items()):
        cells = tuple(_cell(trial, runs, figures, plan.metric) for trial in mine)
        points.append(Point(number, mine[0].knobs, plan.label(mine[0].knobs), cells))
    if not plan.adaptive:
        points.sort(key=lambda point: _order(plan, point.knobs))
    total = max(len(trials), plan.runs if plan.adaptive and sweep.status in ("betting", "running") else 0)
    return Outcome(sweep, plan, tuple(points), total, _left(sweep, plan, trials, runs, total, earlier))


def _cell(trial: Trial, runs: Mapping[int, Run], figures: Mapping[int, Mapping[str, Figure]], metric: str) -> Cell:
    if trial.run is None:
        return Cell(trial.seed, "missing")
    run = runs.get(trial.run)
    if run is None:
        return Cell(trial.seed, "gone", trial.run, trial.reused, said=f"Run {trial.run} was deleted.")
    state = "pruned" if run.status == "stopped" and run.reason == "pruned" else run.status
    value = run.result.get(metric) if state == "finished" else None
    newest = figures.get(run.id, {}).get(metric)
    live = newest.last if newest is not None and state in ("running", "paused") else None
    said = {"failed": run.error or "It failed.", "pruned": f"Pruned after epoch {run.epoch:.3g}."}.get(state, "")
    return Cell(trial.seed, state, run.id, trial.reused, value, live, run.progress, said)


def _order(plan: Plan, knobs: Knobs) -> tuple[tuple[bool, float, int], ...]:
    """Numbers by size, words as they were listed."""
    key = []
    for each in plan.varied:
        value = knobs.get(each.knob)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        place = each.values.index(value) if value in each.values else 0
        key.append((number, float(value) if number and value is not None else 0.0, 0 if number else place))
    return tuple(key)


def _left(
    sweep: Sweep,
    plan: Plan,
    trials: Sequence[Trial],
    runs: Mapping[int, Run],
    total: int,
    earlier: Pace | None,
) -> float | None:
    """Seconds until the end, at the pace of the sweep's own finished runs; before the first, at that of `earlier`."""
    if sweep.status != "running":
        return None
    known = earlier or Pace([run for run in runs.values() if run.status == "finished"])
    left = 0.0
    for trial in trials:
        run = runs.get(trial.run or 0)
        if run is None or run.status not in ("queued", "running"):
            continue
        seconds = run.remaining if run.status == "running" else known.of(plan.base, trial.knobs)
        if seconds is None:
            seconds = known.seconds(plan.base)
        if seconds is None:
            return None
        left += seconds
    later = total - len(trials)  # points that are not chosen yet
    if later > 0:
        one = known.seconds(plan.base)
        if one is None:
            return None
        left += one * later
    return left / paths.slots()
