"""Rows of snapshots: which moments of a run can be looked at, and from which it can go on."""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, update

from core import paths
from core.runs.database import Database
from core.runs.figures import insert_into
from core.runs.tables import snapshots


class Moment(NamedTuple):
    """A snapshot to look at."""

    step: int
    epoch: float
    path: Path  # safetensors with the network's weights


def weights_file(run: int, step: int) -> Path:
    """Where a snapshot's weights lie."""
    return paths.run_dir(run) / "snapshots" / f"{step}.safetensors"


def resume_file(run: int, step: int) -> Path:
    """Where the rest lies that going on needs: optimiser, averages, random generators."""
    return paths.run_dir(run) / "snapshots" / f"{step}.resume.safetensors"


def enter_snapshot(
    connection: Connection, run: int, step: int, epoch: float, seconds: float, size: int, keep: bool, created: float
) -> list[Path]:
    """Enters a snapshot whose files are safely on disk. Returns the files that are of no use any more:
    only the newest snapshot can be resumed, and those made for resuming alone give way to it."""
    old = connection.execute(select(snapshots).where(snapshots.c.run == run, snapshots.c.step != step)).all()
    useless = [resume_file(run, row.step) for row in old if row.resume]
    useless += [weights_file(run, row.step) for row in old if not row.keep]
    others = (snapshots.c.run == run) & (snapshots.c.step != step)
    connection.execute(delete(snapshots).where(others, snapshots.c.keep.is_(False)))
    connection.execute(update(snapshots).where(others).values(resume=False))
    row = dict(run=run, step=step, epoch=epoch, seconds=seconds, created=created, bytes=size, resume=True, keep=keep)
    new = insert_into(connection, snapshots).values(row)
    changes = {"resume": True, "bytes": size, "seconds": seconds, "keep": snapshots.c.keep | new.excluded.keep}
    connection.execute(new.on_conflict_do_update(index_elements=["run", "step"], set_=changes))
    return useless


def resumable(connection: Connection, run: int) -> int | None:
    """The step of the newest snapshot that a run can go on from."""
    query = select(snapshots.c.step).where(snapshots.c.run == run, snapshots.c.resume.is_(True))
    return connection.scalar(query.order_by(snapshots.c.step.desc()).limit(1))


class Snapshots(Database):
    """The part of the store that knows the snapshots."""

    def snapshots(self, run: int) -> list[Moment]:
        """The moments of a run that can be looked at, oldest first; those whose file is gone are left out."""
        query = select(snapshots.c.step, snapshots.c.epoch).where(snapshots.c.run == run)
        with self.read() as connection:
            rows = connection.execute(query.order_by(snapshots.c.step)).all()
        moments = [Moment(step, epoch, weights_file(run, step)) for step, epoch in rows]
        return [moment for moment in moments if moment.path.is_file()]
