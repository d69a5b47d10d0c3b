"""Pacing: how long a run or a whole sweep will take, judged by runs of the same network on the same pictures."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core import paths
from core.config import RunConfig
from core.config.plan import MOST, Knobs, Plan
from core.runs.filling import repeatable
from core.runs.run import Run
from core.runs.store import Store
from core.runs.sweep import too_many

LOOKED_AT = 300  # finished runs, newest first
COUNTS = ("net", "trunk", "retrain", "dataset", "epochs", "batch_size", "train_size")  # what decides how long a run is
WHOLE = 50_000  # training pictures of a set of which no run has told how many it has
TESTED = 3_000  # testing once per epoch costs about as much as training on so many pictures


@dataclass(frozen=True)
class Estimate:
    """A sweep before its start. `known` of its runs are there already; `seconds` is None where nothing is known."""

    runs: int
    known: int
    seconds: float | None


class Pace:
    """Seconds by the clock that runs took, tests and loading included."""

    def __init__(self, done: Sequence[Run]) -> None:
        self._known: dict[tuple[Any, ...], float | None] = {}
        self._took: dict[tuple[str, ...], list[_Took]] = {}
        self._whole: dict[str, float] = {}  # dataset -> all of its training pictures
        for run in done:
            config = run.config
            if run.finished is None or run.started is None or run.epoch <= 0 or run.unreadable:
                continue
            seen = config.batch_size * run.steps_per_epoch if run.steps_per_epoch else float(config.train_size)
            if not config.train_size and not config.holdout:
                self._whole[config.dataset] = max(seen, self._whole.get(config.dataset, 0.0))
            took = _Took(config.batch_size, config.train_size, run.seconds / run.epoch, _before(run))
            self._took.setdefault(_kind(config.net, config.trunk, config.retrain, config.dataset), []).append(took)

    def seconds(self, config: RunConfig) -> float | None:
        """What a run would take: the median of those with the nearest batch size and number of pictures.

        What an epoch of theirs took is stretched to the pictures that this one has.
        """
        return self.of(config, {})

    def of(self, base: RunConfig, knobs: Knobs) -> float | None:
        """The same for a point of a sweep, of which a thousand are asked about at once."""
        asked = tuple(knobs.get(name, getattr(base, name)) for name in COUNTS)
        if asked not in self._known:
            self._known[asked] = self._judge(*asked)
        return self._known[asked]

    def _judge(
        self, net: str, trunk: str | None, retrain: str, dataset: str, epochs: int, batch: int, size: int
    ) -> float | None:
        took = self._took.get(_kind(net, trunk, retrain, dataset))
        if not took:
            return None
        whole = self._whole.get(dataset) or WHOLE
        stretched = [_work(size, whole) / _work(other.size, whole) for other in took]
        away = [
            round(abs(math.log2(batch / other.batch)) + abs(math.log2(ratio)), 6)
            for other, ratio in zip(took, stretched, strict=True)
        ]
        alike = [
            other.before + other.per_epoch * ratio * epochs
            for other, ratio, far in zip(took, stretched, away, strict=True)
            if far == min(away)
        ]
        return statistics.median(alike)


@dataclass(frozen=True)
class _Took:
    """What a finished run says: its batch size, number of pictures (0: all), and its seconds."""

    batch: int
    size: int
    per_epoch: float
    before: float  # loading, and features of a frozen trunk: once, however many epochs follow


def _kind(net: str, trunk: str | None, retrain: str, dataset: str) -> tuple[str, ...]:
    """Runs whose pace can be compared; the net of a transfer run is written by the store, so its trunk tells."""
    return (trunk, retrain, dataset) if trunk else (net, dataset)


def _work(size: int, whole: float) -> float:
    """What an epoch on so many pictures costs, tests included, in pictures trained on."""
    return (min(size, whole) if size else whole) + TESTED


def _before(run: Run) -> float:
    """What passed by the clock while it did not train; unknown where it had a pause."""
    assert run.finished is not None and run.started is not None
    return max(run.finished - run.started - run.seconds, 0.0) if run.attempts == 1 else 0.0


def pace(store: Store) -> Pace:
    """The pace of the newest finished runs."""
    return Pace(store.runs(status="finished", limit=LOOKED_AT))


def estimate(store: Store, plan: Plan) -> Estimate:
    """How many runs a sweep has, how many of them are there already, and how long the rest will take."""
    known = pace(store)
    if plan.runs > MOST:
        one = known.seconds(plan.base)
        return Estimate(plan.runs, 0, None if one is None else one * plan.runs / paths.slots())
    points = list(plan.all_points())
    if not points:  # the sampler chooses them later
        one = known.seconds(plan.base)
        return Estimate(plan.runs, 0, None if one is None else one * plan.runs / paths.slots())
    configs = [plan.config(point, seed) for point in points for seed in range(plan.seeds)]
    there = store.finished_keys({config.key() for config in configs}) if repeatable(plan) else set()
    took = [known.seconds(config) for config in configs if config.key() not in there]
    whole = None if None in took else sum(each for each in took if each is not None) / paths.slots()
    return Estimate(len(configs), len(configs) - len(took), whole)


def refuse_if_too_many(store: Store, plan: Plan) -> None:
    """A LabError with the count, and the time it would take where that is known."""
    if plan.runs > MOST:
        seconds = estimate(store, plan).seconds
        raise too_many(plan, "" if seconds is None else f"about {roughly(seconds)}")


def roughly(seconds: float) -> str:
    """8 seconds, 4 minutes, 3 hours, 12 days, 4 years."""
    for size, name in ((365 * 86400, "year"), (86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:,.0f} {name}s"
    whole = max(round(seconds), 1)
    return f"{whole} second{'s' * (whole != 1)}" if whole < 60 else "a minute"
