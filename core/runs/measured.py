"""Measured: runs of the reports' recipes, those that came with the lab and those of this lab's own store."""

import json
import math
import os
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from core import paths
from core.config import RunConfig
from core.config.experiment import Row, task
from core.errors import LabError
from core.look.reproduced import Record
from core.runs.metrics import Curve
from core.runs.run import Run
from core.runs.store import Store

TEST, TRAIN = "test/accuracy", "epoch/train_accuracy"
FIELDS = ("seed", "made", "machine", "load", "seconds", "ended", "epochs", "accuracy", "train", "key", "config")


def shipped_file() -> Path:
    """Where the measured runs that come with the lab lie."""
    return paths.shipped() / "reports.json"


def shipped(file: Path | None = None) -> tuple[Record, ...]:
    """The measured runs of a results file; none when there is no such file."""
    file = file or shipped_file()
    return _read(file, file.stat().st_mtime_ns) if file.is_file() else ()


@lru_cache(maxsize=8)
def _read(file: Path, _changed: int) -> tuple[Record, ...]:
    try:
        rows = json.loads(file.read_text())["records"]
        return tuple(_record(row) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LabError(f"{file} is no list of measured runs ({type(error).__name__}: {error}).") from None


def _record(row: dict[str, Any]) -> Record:
    accuracy = tuple(math.nan if value is None else float(value) for value in row["accuracy"])
    train = tuple(float(value) for value in row["train"])
    config = RunConfig.from_dict(row["config"])
    load = None if row.get("load") is None else float(row["load"])
    return Record(config, accuracy, train, float(row["seconds"]), row["made"], row["machine"], load, row["ended"])


def aside(name: str) -> dict[str, dict[str, tuple[float, ...]]]:
    """What a script of checkpoints/make measured beside the rows: way -> row -> test accuracy after each epoch."""
    file = paths.shipped() / f"{name}.json"
    if not file.is_file():
        return {}
    try:
        ways = json.loads(file.read_text())["accuracy"]
        return {
            str(way): {str(row): tuple(float(value) for value in values) for row, values in found.items()}
            for way, found in ways.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LabError(f"{file} holds no measured curves ({type(error).__name__}: {error}).") from None


def keep(records: Iterable[Record], file: Path) -> int:
    """Adds records to a results file, a run a line; one of the same config takes the older one's place."""
    there = {record.config.key(): record for record in shipped(file)}
    new = {record.config.key(): record for record in records}
    merged = sorted((there | new).values(), key=lambda each: (each.config.dataset, each.config.net, each.config.key()))
    lines = ",\n".join(json.dumps(_row(record), ensure_ascii=False) for record in merged)
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_text(f'{{"records": [\n{lines}\n]}}\n')
    os.replace(beside, file)
    return len(new)


def _row(record: Record) -> dict[str, Any]:
    load = None if record.load is None else round(record.load, 1)
    values: tuple[Any, ...] = (
        record.seed,
        record.made,
        record.machine,
        load,
        round(record.seconds, 1),
        record.ended,
        len(record.accuracy),
        [None if math.isnan(each) else round(each, 4) for each in record.accuracy],
        [round(each, 4) for each in record.train],
        record.config.key(),
        record.config.changed(),
    )
    return dict(zip(FIELDS, values, strict=True))


def record(store: Store, run: Run, load: float | None = None) -> Record | None:
    """What a run of the store measured; None while it has no whole epoch behind it."""
    curves = store.curves([run.id], (TEST, TRAIN)).get(run.id, {})
    test = _by_epoch(curves.get(TEST))
    if not test:
        return None
    made = time.strftime("%Y-%m-%d", time.localtime(run.finished or run.created))
    ended = "diverged" if run.reason == "diverged" else "finished"
    train = _by_epoch(curves.get(TRAIN))
    return Record(run.config, test, train, run.seconds, made, run.device or "unknown", load, ended, run.id)


def _by_epoch(curve: Curve | None) -> tuple[float, ...]:
    if curve is None:
        return ()
    whole = {round(float(epoch)): float(value) for epoch, value in zip(curve.epochs, curve.values, strict=True)}
    return tuple(whole.get(epoch, math.nan) for epoch in range(1, max(whole, default=0) + 1))


def own(store: Store, rows: Sequence[Row]) -> list[Record]:
    """The finished runs of this lab that belong to some of these rows."""
    wanted = {task(row.config)[0] for row in rows if row.config is not None}
    ended = store.runs(status=("finished", "failed"))
    fitting = [
        run
        for run in ended
        if not run.unreadable
        and (run.status == "finished" or run.reason == "diverged")
        and task(run.config)[0] in wanted
    ]
    found = [record(store, run) for run in reversed(fitting)]
    return [each for each in found if each is not None]
