"""Points of curves: written in batches, read as numpy arrays, thinned without hiding a spike."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, select, text

from core.runs import figures
from core.runs.database import Database
from core.runs.tables import metrics, names, runs

Floats = NDArray[np.float32]


class Point(NamedTuple):
    """One value of one metric."""

    name: str
    step: int
    value: float
    seconds: float


@dataclass(frozen=True, eq=False)
class Curve:
    """One metric of one run; four arrays of the same length, in order of steps."""

    steps: NDArray[np.int32]
    epochs: Floats
    seconds: Floats
    values: Floats
    batch: int  # pictures per step

    @property
    def images(self) -> Floats:
        """Training pictures seen."""
        return (self.steps * np.float32(self.batch)).astype(np.float32)

    def take(self, chosen: Any) -> "Curve":
        """The chosen points (indices, mask or slice)."""
        return Curve(self.steps[chosen], self.epochs[chosen], self.seconds[chosen], self.values[chosen], self.batch)

    def thinned(self, most: int | None) -> "Curve":
        """At most so many points: of each bucket the lowest and the highest, and both ends."""
        return self if most is None or len(self.steps) <= most else self.take(kept(self.values, most))


Curves = dict[int, dict[str, Curve]]


def kept(values: Floats, most: int) -> NDArray[np.intp]:
    """The indices that remain when a curve is thinned to at most `most` points."""
    buckets = max((most - 2) // 2, 1)
    inner = values[1:-1]
    width = math.ceil(len(inner) / buckets)
    padding = buckets * width - len(inner)
    low = np.pad(inner, (0, padding), constant_values=np.inf).reshape(buckets, width).argmin(1)
    high = np.pad(inner, (0, padding), constant_values=-np.inf).reshape(buckets, width).argmax(1)
    starts = np.arange(buckets) * width + 1
    inside = np.concatenate([starts + low, starts + high])
    return np.unique(np.concatenate([[0], inside[inside < len(values) - 1], [len(values) - 1]]))


class Metrics(Database):
    """The part of the store that holds curves."""

    _ids: dict[str, int]  # metric name -> number, filled as names are met

    def name_ids(self, wanted: Iterable[str]) -> dict[str, int]:
        """Numbers of metric names; new names are entered in a transaction of their own."""
        known = self.__dict__.setdefault("_ids", {})
        missing = [name for name in wanted if name not in known]
        if missing:
            with self.write() as connection:
                enter = figures.insert_into(connection, names).on_conflict_do_nothing()
                connection.execute(enter, [{"name": name} for name in missing])
                rows = connection.execute(select(names.c.name, names.c.id).where(names.c.name.in_(missing)))
                found = {name: number for name, number in rows}
            known.update(found)
        return dict(known)

    def write_points(self, connection: Connection, run: int, points: Sequence[Point], ids: dict[str, int]) -> None:
        """Upserts finite points within the caller's transaction."""
        rows = [(run, ids[name], step, value, seconds) for name, step, value, seconds in points]
        if not rows:
            return
        if self.is_sqlite:
            connection.exec_driver_sql(_SQLITE, rows)
        else:
            _, name, step, value, seconds = map(list, zip(*rows, strict=True))
            connection.execute(
                text(_POSTGRES), {"run": run, "name": name, "step": step, "value": value, "seconds": seconds}
            )
        figures.merge(connection, run, ((row[1], row[2], row[3]) for row in rows))

    def figures(self, ids: Iterable[int] | None = None) -> dict[int, dict[str, figures.Figure]]:
        """Last, lowest and highest value of every curve: run -> metric name -> Figure."""
        with self.read() as connection:
            return figures.read(connection, ids)

    def curves(self, ids: Iterable[int], names: Iterable[str] | None = None, max_points: int | None = None) -> Curves:
        """run -> metric name -> Curve; runs without points are absent."""
        with self.read() as connection:
            return read_curves(connection, ids, names, max_points)


# One row per step: a point that is written again (after a resume) replaces the old one. Of two equal keys within one
# PostgreSQL statement only one may come, hence DISTINCT ON.
_SQLITE = (
    "INSERT INTO metrics (run, name, step, value, seconds) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (run, name, step) DO UPDATE SET value = excluded.value, seconds = excluded.seconds"
)
_POSTGRES = """
INSERT INTO metrics (run, name, step, value, seconds)
SELECT DISTINCT ON (name, step) :run, name, step, value, seconds
FROM unnest(CAST(:name AS int[]), CAST(:step AS int[]), CAST(:value AS float8[]), CAST(:seconds AS float8[]))
     WITH ORDINALITY AS t (name, step, value, seconds, place)
ORDER BY name, step, place DESC
ON CONFLICT (run, name, step) DO UPDATE SET value = excluded.value, seconds = excluded.seconds
"""


def read_curves(
    connection: Connection,
    ids: Iterable[int],
    wanted: Iterable[str] | None = None,
    max_points: int | None = None,
    start: int | None = None,
) -> Curves:
    """Curves of several runs, from step `start` on; one query for all of them."""
    labels = {number: name for number, name in connection.execute(select(names.c.id, names.c.name))}
    if wanted is not None:
        chosen = set(wanted)
        labels = {number: name for number, name in labels.items() if name in chosen}
    about = {
        run: (per_epoch, batch)
        for run, per_epoch, batch in connection.execute(
            select(runs.c.id, runs.c.steps_per_epoch, runs.c.batch).where(runs.c.id.in_(list(ids)))
        )
    }
    found: Curves = {}
    rows = _points(connection, list(about), list(labels), start)
    if not len(rows):
        return found
    breaks = np.flatnonzero(np.any(np.diff(rows[:, :2], axis=0) != 0, axis=1)) + 1
    for part in np.split(rows, breaks):
        run, name = int(part[0, 0]), int(part[0, 1])
        per_epoch, batch = about[run]
        steps = part[:, 2].astype(np.int32)
        epochs = (part[:, 2] / (per_epoch or 1.0)).astype(np.float32)
        curve = Curve(steps, epochs, part[:, 4].astype(np.float32), part[:, 3].astype(np.float32), batch)
        found.setdefault(run, {})[labels[name]] = curve.thinned(max_points)
    return found


_READ = (
    select(metrics.c.run, metrics.c.name, metrics.c.step, metrics.c.value, metrics.c.seconds)
    .where(metrics.c.run.in_(bindparam("runs", expanding=True)))
    .where(metrics.c.name.in_(bindparam("names", expanding=True)))
    .order_by(metrics.c.run, metrics.c.name, metrics.c.step)
)
_READ_FROM = _READ.where(metrics.c.step >= bindparam("start"))


def _points(connection: Connection, ids: list[int], numbers: list[int], start: int | None) -> NDArray[np.float64]:
    """Rows of run, name, step, value, seconds as one array."""
    parts: list[NDArray[np.float64]] = []
    for first in range(0, len(ids), 500):  # databases limit the number of parameters
        values: dict[str, Any] = {"runs": ids[first : first + 500], "names": numbers}
        if start is not None:
            values["start"] = start
        result = connection.execute(_READ if start is None else _READ_FROM, values)
        raw = result.cursor.fetchall() if result.cursor is not None else []  # tuples: no Row object per point
        try:
            parts.append(np.array(raw, dtype=np.float64).reshape(-1, 5))
        except (TypeError, ValueError):  # somebody wrote words into the store: the numbers among them stay
            parts.append(np.array([row for row in raw if _numbers(row)], dtype=np.float64).reshape(-1, 5))
    return np.concatenate(parts) if parts else np.empty((0, 5))


def _numbers(row: tuple[Any, ...]) -> bool:
    return all(isinstance(each, int | float) for each in row)
