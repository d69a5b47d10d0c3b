"""Reading what is new: curves that grow while a page looks at them."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import select

from core.runs.metrics import Curve, Curves, Metrics, read_curves
from core.runs.tables import runs


@dataclass(frozen=True)
class Seen:
    """How far a reader has read one run."""

    attempt: int
    flushes: int
    step: int
    at_step: frozenset[str] = frozenset()  # metrics already seen at `step`: others may still arrive there


Cursor = Mapping[int, Seen]


@dataclass(frozen=True)
class Points:
    """What `since` found: new points, and the runs whose old points are no longer true (started again)."""

    curves: Curves = field(default_factory=dict)
    restarted: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()


class Live(Metrics):
    """The part of the store that answers 'what is new since I last asked?'"""

    def since(
        self, ids: Iterable[int], cursor: Cursor | None = None, names: Iterable[str] | None = None
    ) -> tuple[Points, Cursor]:
        """Points written after the cursor, and the next cursor. Start with None; nothing is ever missed or doubled."""
        before, now = dict(cursor or {}), dict[int, Seen]()
        wanted, curves, restarted = list(ids), Curves(), set[int]()
        names = None if names is None else list(names)
        columns = select(runs.c.id, runs.c.attempts, runs.c.flushes).where(runs.c.id.in_(wanted))
        with self.read() as connection:
            rows = list(connection.execute(columns))
            fresh_ones = [run for run, attempt, _ in rows if run not in before or before[run].attempt != attempt]
            # one query for all of them: half the time of a hundred
            whole = read_curves(connection, fresh_ones, names) if fresh_ones else {}
            for run, attempt, flushes in rows:
                seen = before.get(run)
                if seen is not None and seen.attempt != attempt:
                    restarted.add(run)
                    seen = None
                if seen is not None and seen.flushes == flushes:
                    now[run] = seen
                    continue
                part = whole if seen is None else read_curves(connection, [run], names, start=seen.step)
                found = part.get(run, {})
                fresh, now[run] = _fresh(found, seen or Seen(attempt, flushes, -1), flushes)
                if fresh:
                    curves[run] = fresh
        return Points(curves, frozenset(restarted), frozenset(set(wanted) - set(now))), now


def _fresh(found: dict[str, Curve], seen: Seen, flushes: int) -> tuple[dict[str, Curve], Seen]:
    """Without the points at the cursor's own step that were there before."""
    fresh = {
        name: curve.take(curve.steps > seen.step) if name in seen.at_step else curve for name, curve in found.items()
    }
    fresh = {name: curve for name, curve in fresh.items() if len(curve.steps)}
    step = max((int(curve.steps[-1]) for curve in fresh.values()), default=seen.step)
    there = {name for name, curve in fresh.items() if curve.steps[-1] == step}
    there |= seen.at_step if step == seen.step else frozenset()
    return fresh, Seen(seen.attempt, flushes, step, frozenset(there))


class Window:
    """The curves of all runs on screen, kept up to date: one per server, shared by all its sessions."""

    def __init__(self, store: Live) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._version = ""
        self._cursor: dict[int, Seen] = {}
        self._curves: Curves = {}
        self._thin: dict[tuple[int, str, int], tuple[Curve, Curve]] = {}  # (whole curve, the same thinned)

    def curves(self, ids: Iterable[int], names: Iterable[str] | None = None, max_points: int | None = None) -> Curves:
        """As `Store.curves`, but only what changed since the last call (of any session) is read."""
        wanted, chosen = list(ids), None if names is None else set(names)
        with self._lock:
            self._update(wanted)
            return {
                run: {
                    name: self._thinned(run, name, curve, max_points)
                    for name, curve in self._curves[run].items()
                    if chosen is None or name in chosen
                }
                for run in wanted
                if self._curves.get(run)
            }

    def forget(self, keep: Iterable[int] = ()) -> None:
        """Drops the curves of runs that nobody looks at any more."""
        with self._lock:
            for run in set(self._curves) - set(keep):
                self._curves.pop(run, None)
                self._cursor.pop(run, None)
            self._thin = {key: curves for key, curves in self._thin.items() if key[0] in self._curves}

    def _thinned(self, run: int, name: str, curve: Curve, most: int | None) -> Curve:
        """Thinned once, not for every session again; the whole curve tells whether it has grown since."""
        if most is None:
            return curve
        whole, thin = self._thin.get((run, name, most), (None, None))
        if thin is None or whole is not curve:
            thin = curve.thinned(most)
            self._thin[run, name, most] = curve, thin
        return thin

    def _update(self, wanted: list[int]) -> None:
        version = self.store.version()  # read first: a change during the reading is seen at the next call
        if version == self._version and all(run in self._curves for run in wanted):
            return
        # A new version makes every run stale, wanted now or by another session later.
        points, cursor = self.store.since(set(wanted) | set(self._curves), self._cursor)
        self._cursor, self._version = dict(cursor), version
        for run in points.restarted | points.gone:
            self._curves.pop(run, None)
        for run in cursor:
            self._curves.setdefault(run, {})
        for run, fresh in points.curves.items():
            mine = self._curves[run]
            for name, curve in fresh.items():
                mine[name] = joined(mine[name], curve) if name in mine else curve


def joined(first: Curve, second: Curve) -> Curve:
    """One curve after the other."""
    return Curve(
        np.concatenate([first.steps, second.steps]),
        np.concatenate([first.epochs, second.epochs]),
        np.concatenate([first.seconds, second.seconds]),
        np.concatenate([first.values, second.values]),
        second.batch,
    )
