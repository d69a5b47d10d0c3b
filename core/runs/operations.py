"""What people ask of a run: stop, pause, resume, priority."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.errors import LabError, unknown
from core.runs.database import Database
from core.runs.events import Said, write_events
from core.runs.tables import operations, runs

WHAT = ("stop", "pause", "resume", "priority")


@dataclass(frozen=True)
class Operation:
    """A wish that the run's worker has not yet fulfilled."""

    id: int
    what: str
    created: float
    signalled: float | None


def pending(connection: Connection, run: int) -> list[Operation]:
    """The open wishes of a run, newest last."""
    columns = (operations.c.id, operations.c.what, operations.c.created, operations.c.signalled)
    query = select(*columns).where(operations.c.run == run, operations.c.done.is_(None)).order_by(operations.c.id)
    return [Operation(*row) for row in connection.execute(query)]


def close(connection: Connection, run: int) -> None:
    """Nothing is asked of this run any more."""
    mine = (operations.c.run == run) & operations.c.done.is_(None)
    connection.execute(update(operations).where(mine).values(done=time.time()))


def wish(open_operations: Sequence[Operation]) -> str | None:
    """What the open operations come to: stop outweighs pause."""
    asked = {operation.what for operation in open_operations}
    return "stop" if "stop" in asked else "pause" if "pause" in asked else None


class Operations(Database):
    """The part of the store that takes wishes. A wish is one short transaction; the worker does the work."""

    def ask(self, run: int, what: str, value: int | None = None) -> None:
        """stop, pause, resume (also goes on with a stopped or failed run) or priority (higher goes first)."""
        if what not in WHAT:
            raise unknown("The operation", what, WHAT)
        with self.write() as connection:
            status = connection.scalar(select(runs.c.status).where(runs.c.id == run).with_for_update())
            if status is None:
                raise LabError(f"Run {run} does not exist; it may have been deleted.")
            waits = _apply(connection, run, what, value, status)
            row = {"run": run, "what": what, "value": value, "created": time.time()}
            connection.execute(insert(operations).values(row | {"done": None if waits else time.time()}))

    def wishes(self, run: int) -> list[Operation]:
        """What is asked of a run and not yet done."""
        with self.read() as connection:
            return pending(connection, run)

    def was_asked(self, run: int, what: str) -> bool:
        """Whether somebody ever asked this of the run."""
        query = select(operations.c.id).where(operations.c.run == run, operations.c.what == what).limit(1)
        with self.read() as connection:
            return connection.scalar(query) is not None


def _apply(connection: Connection, run: int, what: str, value: int | None, status: str) -> bool:
    """Does at once what needs no worker; True when the worker of a running run has to act."""
    if what == "priority":
        if value is None or not -1000 <= value <= 1000:
            raise LabError(f"The priority is {value!r}; allowed: a whole number from -1000 to 1000.")
        _set(connection, run, priority=value)
        return False
    if what == "resume":
        if status == "finished":
            raise LabError(f"Run {run} is finished; only a paused, stopped or failed run can go on. Clone it instead.")
        close(connection, run)  # a stop or pause that has not happened yet is taken back
        if status in ("paused", "stopped", "failed"):
            _set(connection, run, status="queued", finished=None, error=None, reason=None, deaths=0)
            write_events(connection, run, [Said(0, "Queued to go on.")])
        return False
    if status == "running":
        write_events(connection, run, [Said(0, f"Asked to {what}.")])
        return True
    if status == "queued" or (status == "paused" and what == "stop"):
        ended = time.time() if what == "stop" else None
        _set(connection, run, status="stopped" if what == "stop" else "paused", finished=ended)
        return False
    if status != {"stop": "stopped", "pause": "paused"}[what]:  # asking twice is no mistake
        raise LabError(f"Run {run} is {status}; only a queued or running run can be asked to {what}.")
    return False


def _set(connection: Connection, run: int, **values: Any) -> None:
    connection.execute(update(runs).where(runs.c.id == run).values(values))
