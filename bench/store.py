"""How fast the store logs, reads and hands out runs, beside the plain way."""

import csv
import sqlite3
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from core.config import RunConfig
from core.runs.claims import Holder
from core.runs.live import Window
from core.runs.metrics import Point
from core.runs.store import Store


def measure(quick: bool = False) -> dict[str, Any]:
    """Seconds, in a store of its own."""
    with tempfile.TemporaryDirectory(prefix="inkling-bench-") as folder:
        store = Store(f"sqlite:///{folder}/lab.sqlite")
        try:
            size = 4 if quick else 1
            return {
                "logging": logging(store, Path(folder), 10_000 // size),
                "reading": reading(store, Path(folder), 100 // size),
                "live": live(store),
                "claims": claims(store, 400 // size),
                "version_microseconds": each(store.version, 2000) * 1e6,
            }
        finally:
            store.close()


def timed(action: Callable[[], object]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def each(action: Callable[[], object], times: int) -> float:
    return timed(lambda: [action() for _ in range(times)]) / times


def compared(ours: float, plain: float, limit: float, plain_way: str) -> dict[str, Any]:
    """Our seconds, the plain way's, how many times as long that takes, and what is allowed to us."""
    return {"ours": ours, "plain": plain, "ratio": plain / ours, "limit": limit, "plain_way": plain_way}


def points(count: int) -> list[Point]:
    return [Point(("train/loss", "lr")[step % 2], step, step / 7, step / 100) for step in range(count)]


def write(store: Store, run: int, rows: list[Point], batch: int = 100) -> None:
    ids = store.name_ids({"train/loss", "lr"})
    for start in range(0, len(rows), batch):
        with store.write() as connection:
            store.write_points(connection, run, rows[start : start + batch], ids)


def logging(store: Store, folder: Path, count: int) -> dict[str, Any]:
    """Points in batches of 100, as a worker flushes them; the plain way commits each."""
    run, rows = store.add(RunConfig()), points(count)
    ours = timed(lambda: write(store, run, rows))
    part = rows[: count // 10]

    def plain() -> None:
        connection = sqlite3.connect(folder / "plain.sqlite")
        connection.execute("CREATE TABLE metrics (run, name, step, value, seconds, PRIMARY KEY (run, name, step))")
        for row in part:
            connection.execute("INSERT INTO metrics VALUES (1, ?, ?, ?, ?)", row)
            connection.commit()
        connection.close()

    way = f"sqlite3 with a commit per point, {len(part)} of {count} points measured"
    return {"points": count, **compared(ours, timed(plain) * count / len(part), 20e-6 * count, way)}


def reading(store: Store, folder: Path, count: int) -> dict[str, Any]:
    """Runs of 1,000 points each as numpy arrays; the plain way has a CSV file per run."""
    ids = [store.add(RunConfig(seed=seed)) for seed in range(count)]
    for run in ids:
        write(store, run, points(1000), 1000)
        with (folder / f"{run}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(points(1000))

    def plain() -> None:
        for run in ids:
            with (folder / f"{run}.csv").open(newline="") as file:
                np.array([(float(step), float(value)) for _, step, value, _ in csv.reader(file)])

    ours = timed(lambda: store.curves(ids))
    return {"runs": count, "points_each": 1000, **compared(ours, timed(plain), 0.4, "a CSV file per run")}


def live(store: Store) -> dict[str, Any]:
    """One tick of a page that shows 20 runs of 2,000 points while one of them grows."""
    ids = [store.add(RunConfig(seed=seed)) for seed in range(20)]
    for run in ids:
        write(store, run, points(2000), 2000)
    window = Window(store)
    first = timed(lambda: window.curves(ids, max_points=400))
    holder = Holder(0, 0.0, "bench", 0)
    claim = store.claim(holder, ids[0])
    if claim is None:
        raise RuntimeError("the bench's own run was taken by somebody else")
    names, ticks = store.name_ids(["lr"]), []
    for step in range(3000, 3020):
        with store.write() as connection:
            store.hold(connection, claim, flushes=step)
            store.write_points(connection, claim.run, [Point("lr", step, 1.0, 1.0)], names)
        ticks.append(timed(lambda: window.curves(ids, max_points=400)))
    quiet = each(lambda: window.curves(ids, max_points=400), 20)
    return {"first": first, "tick": float(np.median(ticks)), "tick_without_news": quiet, "limit": 0.005}


def claims(store: Store, count: int) -> dict[str, Any]:
    """Queued runs taken by six workers at once, each exactly once."""
    ids = {store.add(RunConfig(seed=seed)) for seed in range(count)}
    left = {run.id for run in store.runs(status="queued")}

    def take(slot: int) -> list[int]:
        taken = []
        while (claim := store.claim(Holder(0, 0.0, "bench", slot))) is not None:
            taken.append(claim.run)
        return taken

    with ThreadPoolExecutor(6) as pool:
        begin = time.perf_counter()
        taken = [run for part in pool.map(take, range(6)) for run in part]
        ours = time.perf_counter() - begin
    once = sorted(taken) == sorted(left) and ids <= left
    return {"runs": len(taken), "workers": 6, "each_exactly_once": once, "ours": ours, "limit": 0.02 * len(taken)}
