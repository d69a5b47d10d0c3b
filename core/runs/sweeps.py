"""Sweeps in the store: add, start, stop, go on, more seeds, delete. Each change is one transaction, or nothing."""

import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from core.config.plan import MOST, Knobs, Plan
from core.errors import LabError, unknown
from core.runs import filling
from core.runs.events import Said, write_events
from core.runs.filling import change, locked
from core.runs.library import Library
from core.runs.operations import Operations
from core.runs.sweep import SWEEP_STATUSES, Sweep, Trial, as_sweep, as_trial, gone, too_many
from core.runs.tables import bets, runs, sweeps, trials


class Sweeps(Library, Operations):
    """The part of the store that holds sweeps."""

    def add_sweep(self, plan: Plan, owner: str | None = None, name: str | None = None, betting: bool = False) -> int:
        """Writes a sweep down and queues what is known of it; with `betting` it waits for `start_sweep`."""
        if plan.runs > MOST:
            raise too_many(plan)
        points = list(plan.all_points())
        for point in points:  # before the store is locked
            for seed in range(plan.seeds):
                filling.config(plan, point, seed)
        values = {"name": (name or plan.text)[:120], "owner": owner, "status": "betting", "plan": plan.to_json()}
        with self.write() as connection:
            new = insert(sweeps).values(**values, created=time.time()).returning(sweeps.c.id)
            sweep = int(connection.execute(new).scalar_one())
            filling.enter(connection, sweep, plan, 0, points)
            if not betting:
                filling.start(connection, sweep)
        return sweep

    def sweep(self, sweep: int) -> Sweep:
        """One sweep; a LabError when it is gone."""
        with self.read() as connection:
            row = connection.execute(select(sweeps).where(sweeps.c.id == sweep)).first()
        if row is None:
            raise gone(sweep)
        return as_sweep(row)

    def sweeps(self, status: str | None = None, limit: int | None = None) -> list[Sweep]:
        """Sweeps, newest first."""
        if status is not None and status not in SWEEP_STATUSES:
            raise unknown("The status", status, SWEEP_STATUSES)
        query = select(sweeps).order_by(sweeps.c.id.desc()).limit(limit)
        query = query if status is None else query.where(sweeps.c.status == status)
        with self.read() as connection:
            return [as_sweep(row) for row in connection.execute(query)]

    def trials(self, sweep: int) -> list[Trial]:
        """A sweep's trials, point by point."""
        query = select(trials).where(trials.c.sweep == sweep).order_by(trials.c.point, trials.c.seed)
        with self.read() as connection:
            return [as_trial(row) for row in connection.execute(query)]

    def sweep_runs(self, sweep: int) -> list[int]:
        """The runs that answer a sweep, those that were there before too."""
        return sorted({trial.run for trial in self.trials(sweep) if trial.run is not None})

    def states(self, ids: Iterable[int]) -> dict[int, tuple[str, str | None]]:
        """run -> (status, why it ended); runs that were deleted are absent."""
        wanted, found = list(ids), dict[int, tuple[str, str | None]]()
        columns = select(runs.c.id, runs.c.status, runs.c.reason)
        with self.read() as connection:
            for first in range(0, len(wanted), 500):
                for run, status, reason in connection.execute(
                    columns.where(runs.c.id.in_(wanted[first : first + 500]))
                ):
                    found[run] = (status, reason)
        return found

    def finished_keys(self, keys: Iterable[str]) -> set[str]:
        """Which of these settings (`RunConfig.key`) have a finished run."""
        with self.read() as connection:
            return set(filling.finished(connection, keys))

    def start_sweep(self, sweep: int) -> None:
        """Ends the betting; the runs go into the queue."""
        with self.write() as connection:
            if locked(connection, sweep).status == "betting":
                filling.start(connection, sweep)

    def add_point(self, sweep: int, asked: int, knobs: Knobs) -> bool:
        """Adds the next point if there are still exactly `asked`: of two processes that thought of one, one wins."""
        mine = (sweeps.c.id == sweep) & (sweeps.c.asked == asked) & (sweeps.c.status == "running")
        with self.write() as connection:
            if connection.execute(update(sweeps).where(mine).values(asked=asked + 1)).rowcount == 0:
                return False
            now = locked(connection, sweep)
            filling.enter(connection, sweep, now.plan, asked, [knobs])
            filling.fill(connection, now)
        return True

    def finish_sweep(self, sweep: int) -> None:
        """Nothing more will happen by itself."""
        mine = (sweeps.c.id == sweep) & (sweeps.c.status == "running")
        with self.write() as connection:
            connection.execute(update(sweeps).where(mine).values(status="finished", finished=time.time()))

    def stop_sweep(self, sweep: int) -> None:
        """Takes what waits out of the queue and stops what runs. What has finished stays."""
        own = runs.c.sweep == str(sweep)
        with self.write() as connection:
            if locked(connection, sweep).status not in ("running", "betting"):
                return
            change(connection, sweep, status="stopped", finished=time.time())
            fresh = own & runs.c.status.in_(("queued", "paused")) & (runs.c.attempts == 0)
            for run in connection.scalars(select(runs.c.id).where(fresh).with_for_update()).all():
                connection.execute(delete(runs).where(runs.c.id == run))  # it never began: no trace is needed
                connection.execute(update(trials).where(trials.c.run == run).values(run=None))
            begun = own & runs.c.status.in_(("queued", "running", "paused"))
            busy = connection.scalars(select(runs.c.id).where(begun)).all()
        for run in busy:
            try:
                self.ask(run, "stop")
            except LabError:  # it has just ended by itself
                continue

    def resume_sweep(self, sweep: int) -> int:
        """Goes on: failed, stopped and missing runs are queued (again); how many. Pruned ones stay pruned."""
        with self.write() as connection:
            now = locked(connection, sweep)
            halted = (runs.c.sweep == str(sweep)) & runs.c.status.in_(("failed", "stopped", "paused"))
            halted &= func.coalesce(runs.c.reason, "") != "pruned"
            again = connection.scalars(select(runs.c.id).where(halted).with_for_update()).all()
            for run in again:
                values = {"status": "queued", "finished": None, "error": None, "reason": None, "deaths": 0}
                connection.execute(update(runs).where(runs.c.id == run).values(values))
                write_events(connection, run, [Said(0, "Queued to go on, with its sweep.")])
            lost = (trials.c.sweep == sweep) & trials.c.run.is_not(None) & trials.c.run.not_in(select(runs.c.id))
            connection.execute(update(trials).where(lost).values(run=None, reused=False))
            filled = filling.fill(connection, now)
            change(connection, sweep, status="running", finished=None, started=now.started or time.time())
        return len(again) + filled

    def more_seeds(self, sweep: int, count: int) -> None:
        """Trains every point with so many further seeds: what a close race asks for."""
        known = {trial.point: trial.knobs for trial in self.trials(sweep)}
        with self.write() as connection:
            now = locked(connection, sweep)
            old = now.plan.seeds
            plan = Plan(**(dict(vars(now.plan)) | {"seeds": old + count}))
            if max(len(known), plan.points) * plan.seeds > MOST:
                raise too_many(plan)
            seeds = range(old, plan.seeds)
            rows = [filling.row(sweep, plan, point, seed, known[point]) for point in sorted(known) for seed in seeds]
            filling.write(connection, rows)
            change(connection, sweep, plan=plan.to_json(), status="running", finished=None)
            filling.fill(connection, locked(connection, sweep))

    def delete_sweep(self, sweep: int, with_runs: bool = True) -> None:
        """Forgets a sweep and its bets, and the runs that were made for it. Reused runs stay."""
        mine = self.runs(sweep=str(sweep))
        if any(run.active for run in mine) or self.sweep(sweep).status == "running":
            raise LabError(f"Sweep {sweep} is still going on; stop it before deleting it.")
        with self.write() as connection:
            for table in (trials, bets):
                connection.execute(delete(table).where(table.c.sweep == sweep))
            connection.execute(delete(sweeps).where(sweeps.c.id == sweep))
            if not with_runs:
                connection.execute(update(runs).where(runs.c.sweep == str(sweep)).values(sweep=None))
        for run in mine if with_runs else ():
            try:
                self.delete(run.id)
            except LabError:  # somebody else was quicker, or has resumed it
                continue

    def skip_seeds(self, sweep: int, point: int, why: str) -> None:
        """The further seeds of a pruned point are not trained."""
        mine = select(trials.c.run).where(trials.c.sweep == sweep, trials.c.point == point)
        waiting = runs.c.id.in_(mine) & (runs.c.status == "queued") & (runs.c.attempts == 0)
        ended: dict[str, Any] = {"status": "stopped", "reason": "pruned", "finished": time.time()}
        with self.write() as connection:
            for run in connection.scalars(select(runs.c.id).where(waiting).with_for_update()).all():
                connection.execute(update(runs).where(runs.c.id == run).values(ended))
                write_events(connection, run, [Said(0, why)])
