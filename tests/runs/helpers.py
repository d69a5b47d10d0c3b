"""What several tests of the store need."""

import math
import os
import time

from core.runs.claims import Claim, Holder
from core.runs.metrics import Point
from core.runs.store import Store

HOLDER = Holder(pid=os.getpid(), born=0.0, host="here", slot=0)


def claimed(store: Store, run: int | None = None) -> Claim:
    """A run in our hands."""
    claim = store.claim(HOLDER, run)
    assert claim is not None
    return claim


def log(store: Store, run: int, points: list[Point]) -> None:
    """Writes points as a worker does, without being one."""
    ids = store.name_ids({point.name for point in points})
    with store.write() as connection:
        store.write_points(connection, run, points, ids)


def wave(name: str, count: int, start: int = 1) -> list[Point]:
    return [Point(name, step, math.sin(step / 10), step / 100) for step in range(start, start + count)]


def until(condition, seconds: float = 10.0, every: float = 0.02):
    """Waits until something is true; its value, or a failure."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(every)
    raise AssertionError(f"not true within {seconds} s")
