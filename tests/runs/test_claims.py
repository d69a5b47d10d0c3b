"""The queue: every run to exactly one worker, and no run to a dead one for long."""

import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from core.config import RunConfig
from core.paths import ROOT
from core.runs.claims import Holder
from core.runs.metrics import Point
from core.runs.store import Store
from tests.runs.helpers import HOLDER, claimed, log, wave

CLAIMER = """
import os, sys
from core.runs.claims import Holder
from core.runs.store import Store
store = Store(sys.argv[1])
holder = Holder(os.getpid(), 0.0, "here", 0)
print("ready", flush=True)
sys.stdin.readline()
while (claim := store.claim(holder)) is not None:
    print(claim.run, flush=True)
"""


def test_400_runs_are_claimed_exactly_once_by_6_processes(store: Store, url: str) -> None:
    ids = [store.add(RunConfig(seed=seed)) for seed in range(400)]
    command = [sys.executable, "-c", CLAIMER, url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    workers = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(6)]
    try:
        for worker in workers:
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:  # all at once
            worker.stdin.write("go\n")
            worker.stdin.flush()
        claimed_by = [[int(line) for line in worker.communicate(timeout=60)[0].split()] for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert sorted(run for runs in claimed_by for run in runs) == ids
    assert sum(bool(runs) for runs in claimed_by) >= 2, "one worker took them all: nothing was contested"
    assert {run.status for run in store.runs()} == {"running"} and {run.attempts for run in store.runs()} == {1}


def test_runs_are_taken_by_priority_then_age(store: Store) -> None:
    first, second, third = (store.add(RunConfig(seed=seed)) for seed in range(3))
    store.ask(third, "priority", 1)
    store.ask(first, "priority", -1)
    assert [claimed(store).run for _ in range(3)] == [third, second, first]
    assert store.claim(HOLDER) is None


def test_a_claim_says_who_holds_the_run(store: Store) -> None:
    run = store.add(RunConfig(lr=0.3))
    claim = store.claim(Holder(42, 7.0, "elsewhere", 3))
    assert claim is not None and (claim.run, claim.attempt, claim.resume_step) == (run, 1, None)
    held = store.run(run)
    assert (held.status, held.pid, held.host, held.slot, held.attempts) == ("running", 42, "elsewhere", 3, 1)
    assert held.started is not None and time.time() - held.started < 60


def test_a_new_attempt_forgets_what_was_logged_past_the_snapshot(store: Store) -> None:
    run = store.add(RunConfig())
    claimed(store)
    log(store, run, wave("train/loss", 50))
    with store.write() as connection:
        connection.execute(
            text(
                "INSERT INTO snapshots (run, step, epoch, seconds, created, bytes, resume, keep) "
                "VALUES (:run, 20, 2.0, 0.2, 0, 1, :yes, :yes)"
            ),
            {"run": run, "yes": True},
        )
    store.bury(run, 1)
    assert claimed(store).resume_step == 20
    again = store.run(run)
    assert (again.step, again.epoch, again.seconds) == (20, 2.0, 0.2)
    assert store.curves([run])[run]["train/loss"].steps.tolist() == list(range(1, 21))
    assert store.figures([run])[run]["train/loss"].last_step == 20


def test_two_deaths_right_after_starting_pause_the_run(store: Store) -> None:
    run = store.add(RunConfig())
    for status in ("queued", "paused"):
        assert store.bury(run, claimed(store).attempt) == status
    assert "died again and again" in (store.run(run).error or "")
    assert store.claim(HOLDER) is None
    store.ask(run, "resume")  # the account is cleared
    assert store.bury(run, claimed(store).attempt) == "queued"


def test_deaths_of_a_run_that_gets_on_do_not_pause_it_soon(store: Store) -> None:
    run = store.add(RunConfig())
    for _ in range(5):
        claim = claimed(store)
        with store.write() as connection:
            store.hold(connection, claim, flushes=claim.attempt)
            store.write_points(connection, run, [Point("a", claim.attempt, 1.0, 1.0)], {"a": 1})
        assert store.bury(run, claim.attempt) == "queued"


@pytest.mark.parametrize("asked, left", [("stop", "stopped"), ("pause", "paused"), (None, "queued")])
def test_a_dead_worker_leaves_the_run_as_it_was_asked_to(store: Store, asked: str | None, left: str) -> None:
    run = store.add(RunConfig())
    claim = claimed(store)
    if asked:
        store.ask(run, asked)
    assert store.bury(run, claim.attempt) == left and store.run(run).status == left
    assert store.wishes(run) == []
    assert store.bury(run, claim.attempt) is None, "a run is buried once"


def test_ten_writers_at_once_lose_nothing(store: Store) -> None:
    from concurrent.futures import ThreadPoolExecutor

    ids = [store.add(RunConfig(seed=seed)) for seed in range(10)]

    def write(run: int) -> None:
        for start in range(1, 101, 10):
            log(store, run, wave(f"metric {run % 3}", 10, start))
            for what in (
                "pause",
                "resume",
                "stop",
                "resume",
            ):  # reads, then writes: the kind that fails if not IMMEDIATE
                store.ask(run, what)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(write, ids))
    curves = store.curves(ids)
    assert all(len(curve.steps) == 100 for run in ids for curve in curves[run].values()) and len(curves) == 10
