"""The runs themselves: add, list, rename, tag, note, clone, delete."""

import json
import shutil
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from core import paths
from core.config import PRESETS, RunConfig
from core.errors import LabError, unknown
from core.runs.database import Database
from core.runs.run import COLUMNS, STATUSES, Run, from_row
from core.runs.tables import events, figures, metrics, operations, runs, snapshots

TEXTS = {"name": 120, "owner": 60, "note": 20_000, "tag": 40}  # longest allowed


class Library(Database):
    """The part of the store that holds the runs."""

    def add(
        self,
        config: RunConfig,
        name: str | None = None,
        owner: str | None = None,
        preset: str | None = None,
        tags: Iterable[str] = (),
        parent: int | None = None,
        sweep: str | None = None,
        priority: int = 0,
        note: str = "",
        status: str = "queued",
    ) -> int:
        """Queues one run and gives its number. A `paused` one waits to be claimed by its number or resumed."""
        values = new_row(config, name, owner, preset, tags, parent, sweep, priority, note, status)
        with self.write() as connection:
            return int(connection.execute(insert(runs).values(values).returning(runs.c.id)).scalar_one())

    def runs(
        self,
        ids: Iterable[int] | None = None,
        status: str | Sequence[str] | None = None,
        owner: str | None = None,
        sweep: str | None = None,
        limit: int | None = None,
    ) -> list[Run]:
        """Runs, newest first."""
        query = _query().order_by(runs.c.id.desc()).limit(limit)
        if ids is not None:
            query = query.where(runs.c.id.in_(list(ids)))
        if status is not None:
            wanted = [status] if isinstance(status, str) else list(status)
            for each in wanted:
                if each not in STATUSES:
                    raise unknown("The status", each, STATUSES)
            query = query.where(runs.c.status.in_(wanted))
        if owner is not None:
            query = query.where(runs.c.owner == owner)
        if sweep is not None:
            query = query.where(runs.c.sweep == sweep)
        with self.read() as connection:
            return [from_row(row) for row in connection.execute(query)]

    def run(self, run: int) -> Run:
        """One run; a LabError when it is gone."""
        with self.read() as connection:
            row = connection.execute(_query().where(runs.c.id == run)).first()
        if row is None:
            raise LabError(f"Run {run} does not exist; it may have been deleted.")
        return from_row(row)

    def same(self, config: RunConfig) -> list[Run]:
        """Finished runs with exactly this config: no need to train it again."""
        query = _query().where(runs.c.config_key == config.key(), runs.c.status == "finished")
        with self.read() as connection:
            return [from_row(row) for row in connection.execute(query.order_by(runs.c.id.desc()))]

    def counts(self) -> dict[str, int]:
        """status -> number of runs."""
        with self.read() as connection:
            rows = connection.execute(select(runs.c.status, func.count()).group_by(runs.c.status))
            return {status: count for status, count in rows}

    def rename(self, run: int, name: str) -> None:
        self._change(run, name=_text("name", name))

    def tag(self, run: int, tags: Iterable[str]) -> None:
        """Replaces the tags of a run."""
        self._change(run, tags=_tags(tags))

    def retag(self, run: int, add: str = "", drop: str = "") -> None:
        """Adds a tag to those that a run has by now, or takes one away: somebody else may tag it at the same time."""
        with self.write() as connection:
            row = connection.execute(select(runs.c.tags).where(runs.c.id == run).with_for_update()).first()
            if row is None:
                raise _gone(run)
            tags = _tags({*json.loads(row.tags or "[]"), *filter(None, [add])} - {drop})
            connection.execute(update(runs).where(runs.c.id == run).values(tags=tags))

    def note(self, run: int, note: str) -> None:
        self._change(run, note=_text("note", note) if note.strip() else "")

    def clone(self, run: int, owner: str | None = None, **changes: Any) -> int:
        """Queues a run like another one, with some knobs turned."""
        old = self.run(run)
        if old.unreadable:
            raise LabError(old.unreadable)
        config = old.config.replace(**changes)
        preset = old.preset if config == old.config else None
        return self.add(config, old.name, owner or old.owner, preset, old.tags, parent=run)

    def delete(self, run: int) -> None:
        """Removes a run with its points and files."""
        with self.write() as connection:
            status = connection.scalar(select(runs.c.status).where(runs.c.id == run).with_for_update())
            if status is None:
                raise LabError(f"Run {run} does not exist; it may have been deleted.")
            if status == "running":
                raise LabError(f"Run {run} is running; stop it before deleting it.")
            for table in (metrics, figures, events, snapshots, operations):
                connection.execute(delete(table).where(table.c.run == run))
            connection.execute(delete(runs).where(runs.c.id == run))
        shutil.rmtree(_folder(run), ignore_errors=True)  # rows first: no row ever points to half a folder

    def clear_up(self, run: int) -> None:
        """Removes files that were written for a run after it had been deleted."""
        with self.read() as connection:
            there = connection.scalar(select(runs.c.id).where(runs.c.id == run))
        if there is None:
            shutil.rmtree(_folder(run), ignore_errors=True)

    def log(self, run: int, lines: int = 200) -> list[str]:
        """The last lines of a run's log file, tracebacks included."""
        file = _folder(run) / "log.txt"
        if not file.is_file():
            return []
        with file.open("rb") as stream:
            stream.seek(max(file.stat().st_size - 400 * lines, 0))
            return stream.read().decode(errors="replace").splitlines()[-lines:]

    def _change(self, run: int, **values: Any) -> None:
        with self.write() as connection:
            if connection.execute(update(runs).where(runs.c.id == run).values(values)).rowcount == 0:
                raise _gone(run)


def _gone(run: int) -> LabError:
    return LabError(f"Run {run} does not exist; it may have been deleted.")


def new_row(
    config: RunConfig,
    name: str | None = None,
    owner: str | None = None,
    preset: str | None = None,
    tags: Iterable[str] = (),
    parent: int | None = None,
    sweep: str | None = None,
    priority: int = 0,
    note: str = "",
    status: str = "queued",
) -> dict[str, Any]:
    """The columns of a run that has not begun."""
    return dict(
        name=_text("name", name) if name else _default_name(config, preset),
        owner=_text("owner", owner) if owner else None,
        status=status,
        config=config.to_json(),
        config_key=config.key(),
        batch=config.batch_size,
        preset=preset,
        tags=_tags(tags),
        parent=parent,
        sweep=sweep,
        priority=priority,
        note=_text("note", note) if note else "",
        created=time.time(),
    )


def _query() -> Any:
    count = select(func.count()).where(snapshots.c.run == runs.c.id).scalar_subquery().label("snapshots")
    return select(*COLUMNS, runs.c.config, runs.c.tags, runs.c.result, count)


def _folder(run: int) -> Path:
    return paths.home() / "runs" / str(run)  # unlike paths.run_dir, asking does not make it


def _default_name(config: RunConfig, preset: str | None) -> str:
    if preset in PRESETS and config == PRESETS[preset].config:
        return preset
    if config.trunk:
        return f"{config.trunk} → {config.dataset}"[: TEXTS["name"]]
    return f"{'own line' if '|' in config.net else config.net} on {config.dataset}"[: TEXTS["name"]]


def _text(what: str, value: str) -> str:
    cleaned = value.strip()
    if not cleaned or len(cleaned) > TEXTS[what] or "\x00" in cleaned:
        shown = cleaned if len(cleaned) <= 60 else cleaned[:60] + "…"
        raise LabError(f"The {what} is {shown!r} ({len(cleaned)} characters); allowed: 1 to {TEXTS[what]} characters.")
    return cleaned


def _tags(tags: Iterable[str]) -> str:
    return json.dumps(sorted({_text("tag", tag) for tag in tags}), ensure_ascii=False)
