"""`python -m bench.pages`: how quick the app starts, its Train page reruns, a live tick is, and Start and Stop act."""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from sqlalchemy import update

from bench.client import Visitor
from core.config import RunConfig
from core.paths import ROOT
from core.runs.metrics import Point
from core.runs.store import Store
from core.runs.tables import runs
from ui.navigation import PAGES

LIMITS = {
    "cold_start_s": 5.0,
    "rerun_ms": 40.0,
    "slowest_page_ms": 300.0,
    "tick_work_ms": 5.0,
    "tick_kb": 50.0,
    "first_point_s": 1.5,
    "stop_s": 0.5,
}
NAMES = ("train/loss", "train/accuracy", "test/loss", "test/accuracy", "lr", "images_per_second")
TINY = RunConfig("tiny", "conv 8 3x3 | relu | pool 2 | flatten | linear classes", epochs=200, batch_size=16, lr=3e-3)


def measure(quick: bool = False) -> dict[str, Any]:
    """All figures beside their limits, on a server of its own in an empty home."""
    count, points = (4, 400) if quick else (20, 2000)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LAB_HOME"] = folder
        os.environ.pop("LAB_DATA", None)  # the worker must find the bench's own tiny dataset, in this home
        write_data(Path(folder) / "data")
        store = Store()
        for number in range(count):
            write_run(store, number, points // len(NAMES) + 1)
        begin = time.perf_counter()
        with served(folder) as (address, pid):
            with Visitor(address) as visitor:  # the first page of the first visitor
                visitor.rerun()
            found: dict[str, Any] = {"cold_start_s": time.perf_counter() - begin}
            found |= reruns(address, pid, count) | every_page(address)
            found |= story(address, pid, store)
    short = {name: round(value, 4) if isinstance(value, float) else value for name, value in found.items()}
    return {"runs": count, "points_per_run": points, **short, "limits": LIMITS}


def reruns(address: str, pid: int, count: int, times: int = 30) -> dict[str, float]:
    """The whole Train page again: with one run open, and with all of them laid over each other."""
    every = ",".join(map(str, range(1, count)))
    found = {}
    for name, query in (("rerun_ms", f"run={count}"), ("rerun_all_overlaid_ms", f"run={count}&with={every}")):
        with Visitor(address, "train", query) as visitor:
            first = [visitor.rerun() for _ in range(3)]  # the first ones fill caches
            spent = sum(psutil.Process(pid).cpu_times()[:2])
            found[name] = 1000 * statistics.median(visitor.rerun().seconds for _ in range(times))
            used = sum(psutil.Process(pid).cpu_times()[:2]) - spent
            found[name.replace("_ms", "_cpu_ms")] = 1000 * used / times
            found[name.replace("_ms", "_kb")] = first[-1].bytes / 1000
    return found


def every_page(address: str, times: int = 5) -> dict[str, Any]:
    """Each page once more for a visitor who clicked something on it."""
    again: dict[str, float] = {}
    for place in PAGES:
        name = place.file.removesuffix(".py")
        with Visitor(address, name) as visitor:
            for _ in range(2):  # the first ones fill caches
                visitor.rerun()
            again[name] = round(1000 * statistics.median(visitor.rerun().seconds for _ in range(times)), 1)
    return {"again_ms": again, "slowest_page_ms": max(again.values())}


def story(address: str, pid: int, store: Store) -> dict[str, float]:
    """Start with a warm worker, ticks while it trains, and Stop."""
    server = psutil.Process(pid)
    with Visitor(address, "train") as visitor:
        visitor.rerun()
        warm_worker(store)
        begin = time.perf_counter()
        run = store.add(TINY, name="bench")  # what Start does, with a tiny network of our own
        visitor.query = f"run={run}"
        visitor.rerun()
        while not store.curves([run], ["train/loss"]):
            time.sleep(0.01)
        found = {"first_point_s": time.perf_counter() - begin}
        visitor.rerun()
        live = min(visitor.fragments, key=lambda each: visitor.fragments[each])  # the one that looks most often
        ticks, spent = [], sum(server.cpu_times()[:2])
        for _ in range(30):
            ticks.append(visitor.rerun(fragment=live))
            time.sleep(0.2)
        found["tick_cpu_ms"] = 1000 * (sum(server.cpu_times()[:2]) - spent) / len(ticks)
        found["tick_ms"] = 1000 * statistics.median(tick.seconds for tick in ticks)
        found["tick_work_ms"] = tick_work(run)
        found["tick_kb"] = max(tick.bytes for tick in ticks) / 1000
        visitor.rerun()
        begin = time.perf_counter()
        visitor.rerun(press="Stop")
        while store.run(run).status == "running":
            time.sleep(0.01)
        found["stop_s"] = time.perf_counter() - begin
        assert store.run(run).status == "stopped", "the run was over before Stop came; take more epochs"
    return found


def tick_work(run: int, times: int = 50) -> float:
    """Milliseconds of our own in a tick, while somebody writes: read what is new and make the message. The rest of
    `tick_ms` is Streamlit's (thread, queue, a flush every 5 ms) and the way through the websocket."""
    from core.charts.curves import METRICS
    from core.runs.live import Window
    from ui.components.live_plot import sent
    from ui.parts.board import last_steps, news_since
    from ui.services import Lab

    writer, store = Store(), Store()
    lab = Lab(store, Window(store))
    base, spent = last_steps(lab.window.curves([run], METRICS)), []
    for _ in range(times):
        writer.say(run, "something new")
        begin = time.perf_counter()
        lab.tend()
        lab.runs()
        sent(news_since(lab.window.curves([run], METRICS), base) or {})
        spent.append(time.perf_counter() - begin)
    return 1000 * statistics.median(spent)


def warm_worker(store: Store) -> None:
    """Lets a worker do a tiny run, so that the next one finds it awake."""
    run = store.add(TINY.replace(epochs=1), name="warm-up")
    while (now := store.run(run)).status in ("queued", "running"):
        time.sleep(0.05)
    assert now.status == "finished", now.error
    store.delete(run)


def write_data(folder: Path) -> None:
    """`tiny.npz`: 4,000 pictures of 12x12 in two classes."""
    luck = np.random.default_rng(0)
    x, y = luck.integers(0, 255, (4000, 12, 12)).astype(np.uint8), luck.integers(0, 2, 4000)
    folder.mkdir(parents=True)
    np.savez(folder / "tiny.npz", x_train=x, y_train=y, x_test=x[:64], y_test=y[:64])


def write_run(store: Store, number: int, steps: int) -> None:
    """A finished run with its curves."""
    run = store.add(RunConfig("tiny", TINY.net, seed=number))
    ids = store.name_ids(NAMES)
    values = np.random.default_rng(number).random((steps, len(NAMES)))
    rows = [
        Point(name, step, float(values[step, place]), step / 50)
        for step in range(steps)
        for place, name in enumerate(NAMES)
    ]
    with store.write() as connection:
        store.write_points(connection, run, rows, ids)
        done = dict(status="finished", step=steps, steps_total=steps, steps_per_epoch=50.0, seconds=steps / 50)
        connection.execute(update(runs).where(runs.c.id == run).values(done))


@contextmanager
def served(home: str) -> Iterator[tuple[str, int]]:
    """The app on a free port with its process, ended with its workers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        while server.poll() is None:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=60).close()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.02)
        yield address, server.pid
    finally:
        workers = [each for each in psutil.process_iter(["cmdline"]) if _ours(each, home)]
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)
        for each in workers:
            each.kill()


def _ours(process: psutil.Process, home: str) -> bool:
    try:
        ours = {"core.runs.worker", "core.runs.errand"} & {*process.cmdline()}
        return bool(ours) and process.environ().get("LAB_HOME") == home
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return False


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
