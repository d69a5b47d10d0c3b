"""Reproduced: what was measured for a row of a report, beside what the report says; and whether its claims hold."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from core.config import RunConfig
from core.config.experiment import Claim, Experiment, Row, task
from core.look.seeds import Duel, Measured, duel, measured

CLEAR = 0.015  # a row is reproduced when it comes this close (1.5 points)
TEST_PICTURES = 10_000  # in the test sets of MNIST, FashionMNIST and CIFAR-10


@dataclass(frozen=True)
class Record:
    """One training run that was measured: test and training accuracy after each epoch, and what it took.

    An epoch that ended without a test has NaN; the last one is always tested.
    """

    config: RunConfig
    accuracy: tuple[float, ...]  # on test pictures, after each epoch
    train: tuple[float, ...]  # on training pictures, while training, over each epoch
    seconds: float
    made: str  # the day, 2026-11-21
    machine: str
    load: float | None = None  # processes that wanted the machine when the run ended (load average)
    ended: str = "finished"  # or diverged
    run: int | None = None  # its number in this lab; None: it came with the lab

    @property
    def seed(self) -> int:
        return self.config.seed

    @cached_property
    def task(self) -> str:
        """What it says something about: each row asks each record."""
        return task(self.config)[0]


@dataclass(frozen=True)
class Standing:
    """What all measured runs of one row say. Empty when there is none."""

    row: Row
    seeds: Mapping[int, float] = field(default_factory=dict)  # seed -> test accuracy
    epochs: int = 0  # after so many epochs; fewer than the row's when nobody had the time
    seconds: float | None = None  # for these epochs, the mean over the runs
    load: float | None = None  # the highest
    records: tuple[Record, ...] = ()
    diverged: int = 0  # of these runs

    @property
    def level(self) -> Measured | None:
        """Mean and interval over the seeds."""
        return measured(self.row.title, self.seeds) if self.seeds else None

    @property
    def partial(self) -> bool:
        """Followed for fewer epochs than the report has."""
        return bool(self.seeds) and self.row.config is not None and self.epochs < self.row.config.epochs

    @property
    def off(self) -> float | None:
        """Measured minus reported; within the range where the report gives one: 0."""
        level, row = self.level, self.row
        if level is None or row.accuracy is None or self.partial:
            return None
        if row.low is not None and row.low <= level.mean <= row.accuracy:
            return 0.0
        nearest = row.low if row.low is not None and level.mean < row.low else row.accuracy
        return level.mean - nearest

    @property
    def agrees(self) -> bool | None:
        """Reproduced within 1.5 points; None when nothing can be said."""
        return None if self.off is None else abs(self.off) <= CLEAR


@dataclass(frozen=True)
class Finding:
    """A claim of the authors, put to the test."""

    claim: Claim
    kind: str  # holds, fails (the other way round), noise, single (one seed), unknown
    sentence: str
    difference: float | None = None
    low: float | None = None
    high: float | None = None


def standing(row: Row, records: Iterable[Record]) -> Standing:
    """The runs that belong to a row, as far as they were followed: those that went furthest count."""
    if row.config is None:
        return Standing(row)
    name, epochs = task(row.config)
    fitting: dict[int, Record] = {}  # per seed; the lab's own runs come later and take the place of the shipped ones
    for record in records:
        if not math.isnan(at(record, epochs)) and record.task == name:
            before = fitting.get(record.seed)
            if before is None or reached(record, epochs) >= reached(before, epochs):
                fitting[record.seed] = record
    far = max((reached(record, epochs) for record in fitting.values()), default=0)
    chosen = tuple(record for record in fitting.values() if reached(record, epochs) == far)
    if not chosen:
        return Standing(row)
    seeds = {record.seed: at(record, far) for record in sorted(chosen, key=lambda each: each.seed)}
    seconds = math.fsum(record.seconds * min(1.0, far / len(record.accuracy)) for record in chosen) / len(chosen)
    loads = [record.load for record in chosen if record.load is not None]
    diverged = sum(record.ended == "diverged" for record in chosen)
    return Standing(row, seeds, far, seconds, max(loads, default=None), chosen, diverged)


def reached(record: Record, epochs: int) -> int:
    """How many of so many epochs a run covers; one that diverged has said all it will ever say."""
    return epochs if record.ended == "diverged" else min(len(record.accuracy), epochs)


def at(record: Record, epoch: int) -> float:
    """The test accuracy after that epoch; of a run that diverged or was not tested just then, the last there was."""
    tested = [value for value in record.accuracy[:epoch] if not math.isnan(value)]
    return tested[-1] if tested else math.nan


def findings(experiment: Experiment, standings: Mapping[str, Standing]) -> tuple[Finding, ...]:
    """Each claim of an experiment, judged by its measured rows."""
    return tuple(_judged(claim, standings[claim.better], standings[claim.worse]) for claim in experiment.claims)


def _judged(claim: Claim, better: Standing, worse: Standing) -> Finding:
    if not better.seeds or not worse.seeds:
        return Finding(claim, "unknown", "Not measured yet.")
    if better.partial or worse.partial:
        far = min(better.epochs, worse.epochs)
        better, worse = _cut(better, far), _cut(worse, far)
        when = f" after {far} epoch{'s' * (far > 1)}"
    else:
        when = ""
    found = duel(claim.better, better.seeds, claim.worse, worse.seeds, pictures=TEST_PICTURES)
    if found is None:
        gap = _mean(better.seeds) - _mean(worse.seeds)
        said = f"Only one seed{when}: {points(gap)} points. No interval, so chance is not ruled out."
        return Finding(claim, "single", said, gap)
    return _settled(claim, found, when)


def _settled(claim: Claim, found: Duel, when: str) -> Finding:
    count = min(found.seeds)
    span = f"{points(found.difference)} points ({points(found.low)} to {points(found.high)}, {count} seeds){when}"
    if not found.real:
        return Finding(claim, "noise", f"Cannot be told from chance: {span}.", found.difference, found.low, found.high)
    if found.difference > 0:
        return Finding(claim, "holds", f"Holds: {span}.", found.difference, found.low, found.high)
    return Finding(claim, "fails", f"The other way round: {span}.", found.difference, found.low, found.high)


def _cut(stood: Standing, epochs: int) -> Standing:
    seeds = {record.seed: at(record, epochs) for record in stood.records}
    return Standing(stood.row, seeds, epochs, stood.seconds, stood.load, stood.records, stood.diverged)


def points(share: float) -> str:
    """0.0123 -> +1.23, with a real minus sign."""
    return f"{100 * share:+.2f}".replace("-", "\u2212")


def _mean(values: Mapping[int, float]) -> float:
    return math.fsum(values.values()) / len(values)


def within(standings: Sequence[Standing]) -> tuple[int, int]:
    """How many of the report's rows came within 1.5 points, and how many can be compared at all."""
    known = [each.agrees for each in standings if each.agrees is not None and not each.row.probe]
    return sum(known), len(known)
