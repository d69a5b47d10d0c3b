"""Recorder: collects what a run says and stores it a few times a second."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from core.runs import snapfiles
from core.runs.claims import Claim
from core.runs.database import Unavailable
from core.runs.events import Said, not_a_number, write_events
from core.runs.metrics import Point
from core.runs.operations import pending, wish
from core.runs.snapshots import enter_snapshot
from core.runs.store import Store
from core.runs.tables import runs
from core.train.facts import Ended, Event, Fact, Metric, Snapshot

T = TypeVar("T")

EVERY = 0.3  # seconds between two flushes: what a SIGKILL may lose of the curves


class Recorder:
    """Between the training loop, which must not wait, and the store."""

    def __init__(self, store: Store, claim: Claim, every: float = EVERY) -> None:
        self.store, self.claim, self.every = store, claim, every
        self.points: list[Point] = []
        self.said: list[Said] = []
        self.values: dict[str, Any] = {}  # columns of the run that changed
        self.figures: dict[str, float] = {}  # last value of each metric
        self.wish: str | None = None  # what people ask for, as of the last flush
        self.flushed = time.monotonic()

    def take(self, fact: Fact) -> None:
        """Notes one fact; 5 microseconds for most of them."""
        if isinstance(fact, Metric):
            for name, value in fact.values.items():
                if math.isfinite(value):
                    self.points.append(Point(name, fact.step, float(value), fact.seconds))
                    self.figures[name] = float(value)
                else:
                    self.said.append(not_a_number(name, fact.step, value))
        elif isinstance(fact, Event):
            self.said.append(Said(fact.step, fact.text, fact.level))
        elif isinstance(fact, Snapshot):
            self._snapshot(fact)
        if isinstance(fact, Ended):
            self.values["step"] = fact.step
        elif not isinstance(fact, Event):
            self.values.update(step=fact.step, epoch=fact.epoch, seconds=fact.seconds)

    @property
    def due(self) -> bool:
        return time.monotonic() - self.flushed >= self.every

    def flush(self, must: bool = False) -> None:
        """Stores what has collected. A store that is busy is tried again at the next flush, unless it `must` be now."""
        self.flushed = time.monotonic()
        try:
            patiently(self._write) if must else self._write()
        except Unavailable:
            if must:
                raise

    def _write(self, snapshot: dict[str, Any] | None = None) -> list[Path]:
        ids = self.store.name_ids({point.name for point in self.points})
        useless: list[Path] = []
        with self.store.write() as connection:
            more = {"flushes": runs.c.flushes + 1} if self.points else {}
            self.store.hold(connection, self.claim, **self.values, **more)
            self.store.write_points(connection, self.claim.run, self.points, ids)
            write_events(connection, self.claim.run, self.said, training=True)
            if snapshot is not None:
                useless = enter_snapshot(connection, self.claim.run, **snapshot)
            self.wish = wish(pending(connection, self.claim.run))
        self.points.clear()
        self.said.clear()
        self.values.clear()
        return useless

    def _snapshot(self, fact: Snapshot) -> None:
        """Files first; then the row, with all points up to its step, in one transaction; then old files go."""
        size = snapfiles.store(self.claim.run, fact)
        row = {"step": fact.step, "epoch": fact.epoch, "seconds": fact.seconds, "size": size, "keep": fact.keep}
        self.values.update(step=fact.step, epoch=fact.epoch, seconds=fact.seconds, deaths=0)
        useless = patiently(lambda: self._write({**row, "created": time.time()}))
        self.flushed = time.monotonic()
        snapfiles.remove(useless)


def patiently(action: Callable[[], T], seconds: float = 60.0) -> T:
    """Does it again while the store is busy or away."""
    end = time.monotonic() + seconds
    while True:
        try:
            return action()
        except Unavailable:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
