"""Sentences about a run: what the training said, what the lab did, and metrics that were no numbers."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from core.runs.database import Database
from core.runs.tables import events


@dataclass(frozen=True)
class RunEvent:
    """One line of a run's log on the page."""

    id: int
    run: int
    step: int
    time: float  # seconds since 1970
    level: str  # info, warning, error
    text: str
    flag: str | None  # nan, inf, -inf


@dataclass(frozen=True)
class Said:
    """An event that is not yet stored."""

    step: int
    text: str
    level: str = "info"
    flag: str | None = None


def not_a_number(name: str, step: int, value: float) -> Said:
    """The event that stands for a point which cannot be drawn."""
    flag = "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    word = {"nan": "not a number (NaN)", "inf": "infinite", "-inf": "minus infinite"}[flag]
    return Said(step, f"{name} was {word} at step {step}.", "warning", flag)


def write_events(connection: Connection, run: int, said: Sequence[Said], training: bool = False) -> None:
    """Adds events within the caller's transaction."""
    now = time.time()
    rows = [
        {"run": run, "step": one.step, "time": now, "level": one.level, "text": one.text, "flag": one.flag}
        | {"training": training}
        for one in said
    ]
    if rows:
        connection.execute(insert(events), rows)


class Events(Database):
    """The part of the store that holds events."""

    def events(self, run: int, after: int = 0, limit: int = 1000) -> list[RunEvent]:
        """A run's newest events after the one numbered `after`, oldest first."""
        columns = [events.c[name] for name in RunEvent.__dataclass_fields__]
        query = select(*columns).where(events.c.run == run, events.c.id > after).order_by(events.c.id.desc())
        with self.read() as connection:
            return [RunEvent(*row) for row in reversed(connection.execute(query.limit(limit)).all())]

    def say(self, run: int, text: str, level: str = "info", step: int = 0) -> None:
        """Adds one sentence of the lab itself."""
        with self.write() as connection:
            write_events(connection, run, [Said(step, text, level)])
