"""The engine: keeps workers running while there is something to train."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core import paths
from core.config import RunConfig
from core.runs import sweeping
from core.runs.liveness import reconcile
from core.runs.processes import Slot, is_here, workers_dir
from core.runs.store import Store

if TYPE_CHECKING:  # pages and light verbs must not wait for torch
    from core.train.facts import Fact

PAUSE = 0.4  # seconds within which asking again does nothing: every open page asks at every poll
START = 30.0  # seconds within which a worker has started
CRASHES = (-4, -6, -7, -8, -11)  # ended by its own fault: illegal instruction, abort, bus error, arithmetic, segment
BIG = 1_000_000  # bytes after which a worker's log starts anew

_lock = threading.Lock()
_asked: dict[str, float] = {}  # store -> when it was last looked after
_children: dict[int, "subprocess.Popen[bytes]"] = {}  # slot -> the worker we started there
_started: dict[int, float] = {}  # slot -> when
_broken: dict[int, int] = {}  # slot -> workers in a row that could not even start


def ensure_workers(store: Store) -> None:
    """Replaces dead workers and starts missing ones. Cheap when there is nothing to do: call it at every poll."""
    with _lock:
        now = time.monotonic()
        if now - _asked.get(store.url, -PAUSE) < PAUSE:
            return
        _asked[store.url] = now
        reap(store)
        reconcile(store)
        waiting = store.counts().get("queued", 0) + sweeping.tend(store)
        if waiting:
            _start(waiting + sum(is_here(run) for run in store.runs(status="running")))


def warm() -> None:
    """Starts a worker now, so that it has imported torch when the first run comes."""
    with _lock:
        reap()
        _start(1)


def _start(wanted: int) -> None:
    """So many workers, as far as there are slots."""
    slots = [Slot(number) for number in range(paths.slots())]
    free = [slot for slot in slots if slot.number not in _children and not slot.is_taken()]
    missing = wanted - (len(slots) - len(free))
    for slot in free[: max(missing, 0)]:
        log = log_file(slot.number)
        if log.exists() and log.stat().st_size > BIG:
            log.unlink()
        with log.open("ab") as output:
            _started[slot.number] = time.monotonic()
            _children[slot.number] = subprocess.Popen(
                command(slot.number),
                cwd=paths.ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a group of its own: Ctrl-C at the server does not reach it
            )


def command(slot: int) -> list[str]:
    """How a worker is started."""
    return [sys.executable, "-m", "core.runs.worker", "--slot", str(slot)]


def reap(store: Store | None = None) -> None:
    """Lets go of workers that have ended. When two in a row broke at their start, the next run is told why."""
    for slot, child in list(_children.items()):
        code = child.poll()
        if code is None:
            continue
        del _children[slot]
        broke = (code > 0 or code in CRASHES) and time.monotonic() - _started[slot] < START
        _broken[slot] = _broken.get(slot, 0) + 1 if broke else 0
        if _broken[slot] >= 2 and store is not None:
            _broken[slot] = 0
            last = (log_file(slot).read_text(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
            store.shelve(f"No worker could be started, so the run is paused: {last[:300]}")


def log_file(slot: int) -> Path:
    """What a worker prints: only what belongs to no run."""
    return workers_dir() / f"slot-{slot}.log"


def train_now(
    store: Store,
    config: RunConfig,
    watch: "Callable[[Fact], None] | None" = None,
    name: str | None = None,
    preset: str | None = None,
    owner: str | None = None,
) -> int:
    """Trains one run in this very process; the number of the run. Ctrl-C stops it as the page's Stop would."""
    from core.runs.foreground import train

    run = store.add(config, name, owner, preset, status="paused")  # not queued: no worker shall take it
    train(store, run, watch)
    return run
