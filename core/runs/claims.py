"""Who holds a run: claiming it exactly once, keeping hold of it, letting go of it."""

import json
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from core.runs import figures
from core.runs.database import Database
from core.runs.events import Said, write_events
from core.runs.operations import close, pending, wish
from core.runs.snapshots import resumable
from core.runs.tables import events, metrics, runs, snapshots

LIMIT = 6  # weighed deaths in a row after which a run is paused, see `bury`
TURN = (runs.c.priority.desc(), runs.c.id)  # whose turn it is: priority, then age


class Lost(Exception):
    """The run is no longer this worker's: deleted, or given to another one."""


@dataclass(frozen=True)
class Holder:
    """One worker process."""

    pid: int
    born: float
    host: str
    slot: int


@dataclass(frozen=True)
class Claim:
    """The right to train one run; `attempt` tells this holder from earlier ones."""

    run: int
    attempt: int
    config_json: str
    name: str
    preset: str | None
    resume_step: int | None  # the snapshot to go on from


class Claims(Database):
    """The part of the store that gives runs to workers."""

    def claim(self, holder: Holder, run: int | None = None, status: str = "queued") -> Claim | None:
        """Takes the next queued run (or that very one): one UPDATE, so that no two workers get the same."""
        with self.read() as connection:  # an idle worker must not take the write lock again and again
            if connection.scalar(select(runs.c.id).where(runs.c.status == status).limit(1)) is None:
                return None
        now = time.time()
        waiting = select(runs.c.id).where(runs.c.status == status)
        waiting = waiting.where(runs.c.id == run) if run is not None else waiting
        first = waiting.order_by(*TURN).limit(1).with_for_update(skip_locked=True)
        take = (
            update(runs)
            .where(runs.c.id == first.scalar_subquery())
            .values(pid=holder.pid, born=holder.born, host=holder.host, slot=holder.slot, status="running")
            .values(began=now, heartbeat=now, started=func.coalesce(runs.c.started, now), finished=None, error=None)
            .values(attempts=runs.c.attempts + 1)
            .returning(runs.c.id, runs.c.attempts, runs.c.config, runs.c.name, runs.c.preset)
        )
        with self.write() as connection:
            row = connection.execute(take).first()
            if row is None:
                return None
            step = resumable(connection, row.id)
            rewind(connection, row.id, step)
            return Claim(row.id, row.attempts, row.config, row.name, row.preset, step)

    def shelve(self, why: str) -> None:
        """Pauses the run whose turn it is, with a sentence: no worker could be started for it."""
        with self.write() as connection:
            run = connection.scalar(select(runs.c.id).where(runs.c.status == "queued").order_by(*TURN).limit(1))
            if run is not None:
                connection.execute(update(runs).where(runs.c.id == run).values(status="paused", error=why))
                write_events(connection, run, [Said(0, why, "error")])

    def hold(self, connection: Connection, claim: Claim, **values: Any) -> None:
        """Writes progress within the caller's transaction; Lost when the run has another holder."""
        mine = (runs.c.id == claim.run) & (runs.c.attempts == claim.attempt) & (runs.c.status == "running")
        changed = connection.execute(update(runs).where(mine).values(heartbeat=time.time(), **values))
        if changed.rowcount == 0:
            raise Lost(f"run {claim.run} is no longer held by this worker")

    def beat(self, claim: Claim) -> str | None:
        """The sign of life between points. Returns what people ask for: stop, pause or nothing."""
        with self.write() as connection:
            self.hold(connection, claim)
            return wish(pending(connection, claim.run))

    def settle(self, claim: Claim, status: str, **values: Any) -> None:
        """Lets go of the run: finished, failed, stopped, paused, or queued to go on later."""
        if "result" in values:
            values["result"] = json.dumps(values["result"])
        ended = time.time() if status in ("finished", "failed", "stopped") else None
        with self.write() as connection:
            self.hold(connection, claim, status=status, finished=ended, pid=None, doing=None, **values)
            close(connection, claim.run)

    def start_over(self, claim: Claim, why: str) -> None:
        """The snapshot cannot be read: from the first step, then."""
        with self.write() as connection:
            self.hold(connection, claim)
            connection.execute(delete(snapshots).where(snapshots.c.run == claim.run))
            rewind(connection, claim.run, None)
            write_events(connection, claim.run, [Said(0, why, "warning")])

    def bury(self, run: int, attempt: int) -> str | None:
        """Settles a running run whose worker is dead: it goes on, or does what was asked last. Returns its status.

        A death within 5 s of the start without a point weighs 3, any other 1, a snapshot clears the account;
        at 6 the run is paused instead of dying for ever.
        """
        with self.write() as connection:
            mine = (runs.c.id == run) & (runs.c.attempts == attempt) & (runs.c.status == "running")
            row = connection.execute(select(runs).where(mine).with_for_update()).first()
            if row is None:
                return None
            quick = (row.heartbeat or 0) - (row.began or 0) < 5 and row.began_flushes == row.flushes
            deaths = row.deaths + (3 if quick else 1)
            asked = wish(pending(connection, run))
            status, said = "queued", "Its process died; it goes on from the last snapshot."
            if asked is not None:
                status = {"stop": "stopped", "pause": "paused"}[asked]
                said = f"Its process is gone; the run is {status}."
            elif deaths >= LIMIT:
                status = "paused"
                said = (
                    "Its process died again and again right after starting, so the run is paused. "
                    "See its log, then resume or clone it."
                )
            ended = time.time() if status == "stopped" else None
            error = said if status == "paused" and asked is None else None
            changes = {
                "status": status,
                "deaths": deaths,
                "finished": ended,
                "error": error,
                "pid": None,
                "doing": None,
            }
            connection.execute(update(runs).where(mine).values(changes))
            level = "info" if asked else "warning"
            write_events(connection, run, [Said(row.step, said, level)])
            if asked is not None:
                close(connection, run)
            return status


def rewind(connection: Connection, run: int, step: int | None) -> None:
    """Removes what was logged past the snapshot, in the transaction that sets the run running: else points double."""
    past = -1 if step is None else step
    gone = connection.execute(delete(metrics).where(metrics.c.run == run, metrics.c.step > past)).rowcount
    connection.execute(delete(events).where(events.c.run == run, events.c.training.is_(True), events.c.step > past))
    values: dict[str, Any] = {"began_flushes": runs.c.flushes}
    if gone or step is None:
        figures.rebuild(connection, run)
    if step is None:
        values |= {"step": 0, "epoch": 0.0, "seconds": 0.0}
    else:
        at = connection.execute(
            select(snapshots.c.epoch, snapshots.c.seconds).where(snapshots.c.run == run, snapshots.c.step == step)
        ).one()
        values |= {"step": step, "epoch": at.epoch, "seconds": at.seconds}
    connection.execute(update(runs).where(runs.c.id == run).values(values))
