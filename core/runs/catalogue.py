"""Catalogue: every run of the store in memory, for tables of thousands; only what changed is read again."""

import json
import math
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select, text

from core.config import KNOBS
from core.runs.database import Database
from core.runs.tables import figures, names, runs, trials

UNCOUNTED = ("seed", "snapshots")  # two runs that differ in these only are the same recipe
DEFAULTS = {
    name: list(each.default) if isinstance(each.default, tuple) else each.default for name, each in KNOBS.items()
}
Figure = tuple[float, float, float]  # last, lowest, highest value of a curve


@dataclass(frozen=True, eq=False)
class Entry:
    """One run as the table shows it. `changed`: the knobs that are not at their defaults, as JSON has them."""

    id: int
    name: str
    owner: str | None
    status: str
    preset: str | None
    tags: tuple[str, ...]
    sweep: str | None
    created: float
    seconds: float
    device: str | None
    epoch: float
    step: int
    steps_total: int | None
    reason: str | None
    doing: str | None  # what happens before the first step
    changed: Mapping[str, Any]
    recipe: str  # the same for runs that differ in their seed alone
    unreadable: bool  # the stored settings are damaged
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def value(self, knob: str) -> Any:
        """What a knob stands at."""
        return self.changed.get(knob, DEFAULTS[knob])

    @property
    def active(self) -> bool:
        return self.status in ("queued", "running")

    @property
    def seed(self) -> int:
        return int(self.value("seed"))

    @property
    def dataset(self) -> str:
        return str(self.value("dataset"))


_NAMES = (
    *("id", "name", "owner", "status", "preset", "tags", "sweep", "created", "seconds", "device", "epoch", "step"),
    *("steps_total", "reason", "doing", "attempts", "flushes"),
)
_COLUMNS = [runs.c[name] for name in _NAMES]


class Catalogue:
    """All runs, newest first. One per server: any thread may ask, and asking again costs microseconds."""

    def __init__(self, store: Database) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._version = ""
        self._list: list[Entry] = []
        self._by_id: dict[int, Entry] = {}
        self._rows: dict[int, Any] = {}  # as they were read; attempts and flushes tell that the figures have changed

    def entries(self) -> list[Entry]:
        """Every run of the store."""
        with self._lock:
            self._update()
            return self._list

    def find(self, ids: Iterable[int]) -> tuple[list[Entry], list[int]]:
        """Those of the runs that are there, in the order asked for, and the numbers of those that are gone."""
        with self._lock:
            self._update()
            wanted = list(dict.fromkeys(ids))
            return [self._by_id[each] for each in wanted if each in self._by_id], [
                each for each in wanted if each not in self._by_id
            ]

    def _update(self) -> None:
        version = self.store.version()  # read first: a change during the reading is seen at the next call
        if version == self._version and self._version:
            return
        with self.store.read() as connection:
            result = connection.execute(select(*_COLUMNS).order_by(runs.c.id.desc()))
            rows = result.cursor.fetchall() if result.cursor is not None else []  # tuples: no Row object per run
            changed = [row for row in rows if self._rows.get(row[0]) != row]
            configs = _configs(connection, [row[0] for row in changed if row[0] not in self._by_id])
            found = _figures(connection, [row[0] for row in changed])
        fresh = {}
        for row in changed:
            old = self._by_id.get(row[0])
            known = (old.changed, old.recipe, old.unreadable) if old else _config(configs.get(row[0]))
            fresh[row[0]] = _entry(row, known, found.get(row[0], {}))
        self._list = [fresh.get(row[0]) or self._by_id[row[0]] for row in rows]
        self._by_id = {each.id: each for each in self._list}
        self._rows, self._version = {row[0]: row for row in rows}, version


def of_sweep(store: Database, sweep: str) -> list[int]:
    """The runs that answer a sweep: its own and those it found finished; oldest first."""
    with store.read() as connection:
        mine = set(connection.scalars(select(runs.c.id).where(runs.c.sweep == sweep)))
        if sweep.isascii() and sweep.isdigit() and len(sweep) < 10:
            mine |= set(connection.scalars(select(trials.c.run).where(trials.c.sweep == int(sweep))))
    return sorted(run for run in mine if run is not None)


def damaged(store: Database, ids: Iterable[int]) -> dict[int, int]:
    """run -> how many of its points are no numbers. Only SQLite can hold such points."""
    wanted = ",".join(str(int(each)) for each in ids)
    if not store.is_sqlite or not wanted:
        return {}
    query = (
        f"SELECT run, count(*) FROM metrics WHERE run IN ({wanted}) AND (typeof(value) NOT IN ('real', 'integer') "
        "OR typeof(seconds) NOT IN ('real', 'integer') OR abs(value) > 1e300) GROUP BY run"
    )
    with store.read() as connection:
        return {int(run): int(count) for run, count in connection.execute(text(query))}


def _configs(connection: Connection, ids: list[int]) -> dict[int, str]:
    query = select(runs.c.id, runs.c.config)
    if len(ids) <= 500:
        query = query.where(runs.c.id.in_(ids))
    return {run: config for run, config in connection.execute(query)}


def _figures(connection: Connection, ids: list[int]) -> dict[int, dict[str, Figure]]:
    """What the table may show of each curve; a damaged figure is left out."""
    labels = {number: name for number, name in connection.execute(select(names.c.id, names.c.name))}
    query = select(figures.c.run, figures.c.name, figures.c.last, figures.c.low, figures.c.high)
    if len(ids) <= 500:
        query = query.where(figures.c.run.in_(ids))
    result = connection.execute(query)
    found: dict[int, dict[str, Figure]] = {}
    for run, name, last, low, high in result.cursor.fetchall() if result.cursor is not None else ():
        try:
            figure = (float(last), float(low), float(high))
        except (TypeError, ValueError):
            continue
        if all(map(math.isfinite, figure)) and name in labels:
            found.setdefault(run, {})[labels[name]] = figure
    return found


Known = tuple[Mapping[str, Any], str, bool]


def _entry(row: Any, known: Known, figures: Mapping[str, Figure]) -> Entry:
    changed, recipe, unreadable = known
    values = dict(zip(_NAMES, row, strict=True))
    values |= {"tags": _tags(values["tags"]), "recipe": f"run {row[0]}" if unreadable else recipe}
    del values["attempts"], values["flushes"]
    return Entry(**values, changed=changed, unreadable=unreadable, figures=figures)


def _config(stored: str | None) -> Known:
    """The knobs, the recipe's key, and whether the text was damaged. Unchecked, hence a hundred times as quick."""
    try:
        values = json.loads(stored or "")
    except json.JSONDecodeError:
        values = None
    if not isinstance(values, dict) or not isinstance(values.get("seed", 0), int):
        return {}, "", True
    changed = {name: value for name, value in values.items() if name in DEFAULTS and value != DEFAULTS[name]}
    return changed, json.dumps(sorted(each for each in changed.items() if each[0] not in UNCOUNTED)), False


@lru_cache(maxsize=10_000)
def _tags(stored: str) -> tuple[str, ...]:
    try:
        tags = json.loads(stored)
    except (json.JSONDecodeError, TypeError):
        return ()
    return tuple(map(str, tags)) if isinstance(tags, list) else ()
