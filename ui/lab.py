"""The lab as all sessions of this server share it: the store, and what is kept of it in memory."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from core.runs import engine
from core.runs.live import Window
from core.runs.run import Run
from core.runs.store import Store

LISTED = 60  # the newest runs; older ones are reached by their link or on the Compare page
TEND = 1.0  # seconds between two looks after the workers
WARM = 10.0  # seconds between two looks whether a warm worker waits


@dataclass
class Lab:
    """The store and what is kept of it in memory, shared by all sessions of this server."""

    store: Store
    window: Window
    lock: threading.Lock = field(default_factory=threading.Lock)
    version: str = ""
    listed: list[Run] = field(default_factory=list)
    accuracies: dict[int, float] = field(default_factory=dict)
    tended: float = -60.0
    warmed: float = -60.0
    standing: dict[int, tuple[str, Any]] = field(default_factory=dict)

    def runs(self) -> tuple[list[Run], dict[int, float]]:
        """The newest runs and the newest test accuracy of each; read again only when something changed."""
        with self.lock:
            version = self.store.version()
            if version != self.version:
                self.listed = self.store.runs(limit=LISTED)
                figures = self.store.figures([run.id for run in self.listed])
                known = {run: each["test/accuracy"].last for run, each in figures.items() if "test/accuracy" in each}
                # The newest: that of the weights which are kept and opened. A damaged row may hold a word.
                self.accuracies = {run: each for run, each in known.items() if isinstance(each, float)}
                self.version = version
            return self.listed, self.accuracies

    def sweep(self, number: int) -> tuple[Any, list[Any]]:
        """How a sweep stands, and the bets on it; read again only when something changed."""
        from core.runs import bets
        from core.runs.outcome import outcome

        with self.lock:
            version = self.store.version()
            if self.standing.get(number, ("", None))[0] != version:
                found = outcome(self.store, number), bets.placed(self.store, number)
                self.standing = {each: kept for each, kept in self.standing.items() if kept[0] == version}
                self.standing[number] = (version, found)
            now, made = self.standing[number][1]
            return now, made

    def tend(self, now: bool = False) -> None:
        """Sees to it that a worker lives while runs wait: asked at every poll, done once a second."""
        with self.lock:
            if not now and time.monotonic() - self.tended < TEND:
                return
            self.tended = time.monotonic()
        engine.ensure_workers(self.store)

    def warm(self) -> None:
        """Somebody is about to train: let a worker import torch meanwhile. Asked often, done every few seconds."""
        with self.lock:
            if time.monotonic() - self.warmed < WARM:
                return
            self.warmed = time.monotonic()
        engine.warm()
