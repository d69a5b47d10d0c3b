"""Workers as processes of their own: started, killed, replaced, stopped."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.config import RunConfig
from core.runs import engine, liveness, processes
from core.runs.engine import ensure_workers, train_now
from core.runs.processes import Slot
from core.runs.store import Store
from tests.runs.helpers import HOLDER, until
from tests.runs.small import write_npz

LONG = RunConfig("tiny", "conv 8 3x3 | relu | conv 8 3x3 | relu | flatten | linear classes", epochs=30, batch_size=32)
LONG = LONG.replace(precision="fp32", lr=0.001, snapshots=12)  # a second or two


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store, a small dataset, and no worker left behind."""
    monkeypatch.setenv("LAB_DATA", str(tmp_path / "data"))
    write_npz(tmp_path / "data", 512)
    store = Store()
    yield store
    store.close()
    for child in engine._children.values():
        child.kill()
        child.wait()
    engine._children.clear()


def watched(store: Store, run: int, seconds: float = 60.0):
    """What an open page does: polls until something is over."""

    def look():
        ensure_workers(store)
        now = store.run(run)
        return now if not now.active else None

    return until(look, seconds, every=0.05)


def running(store: Store, run: int, step: int = 1):
    def look():
        ensure_workers(store)
        now = store.run(run)
        assert now.status in ("queued", "running"), now.error
        return now if now.status == "running" and now.step >= step else None

    return until(look, 60, every=0.02)


def test_a_killed_worker_is_replaced_and_its_run_ends_with_the_very_same_weights(lab: Store) -> None:
    undisturbed = lab.run(train_now(lab, LONG))
    assert undisturbed.status == "finished" and undisturbed.steps_total == 30 * 16
    run = lab.add(LONG)
    first = running(lab, run, step=100)
    os.kill(first.pid, signal.SIGKILL)
    killed = time.monotonic()
    second = until(lambda: (ensure_workers(lab), now := lab.run(run), now.attempts == 2 and now)[2], 20)
    until(lambda: lab.run(run).step > second.step or lab.run(run).attempts > 2, 20)
    assert time.monotonic() - killed < 10, "goes on within ten seconds"
    assert 0 < second.step <= first.step and second.pid != first.pid and lab.run(run).attempts == 2
    done = watched(lab, run)
    assert done.status == "finished" and done.weights_sha256 == undisturbed.weights_sha256
    mine, theirs = (lab.curves([each])[each]["train/loss"] for each in (run, undisturbed.id))
    common = sorted(set(mine.steps.tolist()) & set(theirs.steps.tolist()))
    assert len(common) > 100  # a slow machine adds points in between, of which the loss is over other windows
    assert len(set(mine.steps.tolist())) == len(mine.steps), "no point twice"
    assert any("died" in event.text for event in lab.events(run))


def test_stop_from_the_page_takes_half_a_second(lab: Store) -> None:
    run = lab.add(LONG.replace(epochs=2000))
    running(lab, run)
    begin = time.monotonic()
    lab.ask(run, "stop")
    stopped = until(lambda: (now := lab.run(run)).status == "stopped" and now, 10, every=0.005)
    seconds = time.monotonic() - begin
    assert stopped.weights_sha256 and seconds < 2.0, f"{seconds} s; 0.5 s on a quiet machine"
    pid = stopped.slot, engine._children[0].pid
    other = lab.add(LONG.replace(epochs=1))  # the same warm worker takes the next one
    begin = time.monotonic()
    running_or_done = until(lambda: lab.run(other).started and lab.curves([other]), 20)
    assert running_or_done and time.monotonic() - begin < 5.0
    assert pid == (watched(lab, other).slot, engine._children[0].pid)


def test_sigterm_gives_the_run_back_to_the_queue(lab: Store) -> None:
    run = lab.add(LONG.replace(epochs=2000))
    held = running(lab, run)
    os.kill(held.pid, signal.SIGTERM)
    left = until(lambda: (now := lab.run(run)).status == "queued" and now, 10)
    assert left.step >= held.step and left.snapshots and left.error is None
    until(lambda: not Slot(0).is_taken(), 10)


def test_one_worker_per_slot_and_only_as_many_as_are_needed(lab: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []

    class Child:
        pid = 1

        def __init__(self, command: list[str], **_more: object) -> None:
            started.append(command)

        def poll(self) -> None:
            return None

        kill = wait = poll

    monkeypatch.setenv("LAB_SLOTS", "3")
    monkeypatch.setattr(engine.subprocess, "Popen", Child)
    monkeypatch.setattr(engine, "PAUSE", 0.0)
    ensure_workers(lab)
    assert started == [], "nothing to train, nothing to start"
    lab.add(LONG)
    taken = Slot(0)
    assert taken.take()
    ensure_workers(lab)
    assert started == [], "the worker of slot 0 is idle and will take it"
    lab.add(LONG)
    for _ in range(3):
        ensure_workers(lab)
    assert [command[-2:] for command in started] == [["--slot", "1"]]
    taken.free()


def test_a_slot_is_held_once_and_freed_by_the_system(home: Path) -> None:
    first, second = Slot(0), Slot(0)
    assert first.take() and not second.take() and second.is_taken()
    first.free()
    assert not second.is_taken() and second.take()
    second.free()


def test_asking_for_workers_is_cheap_when_there_is_nothing_to_do(lab: Store) -> None:
    ensure_workers(lab)
    begin = time.perf_counter()
    for _ in range(1000):
        ensure_workers(lab)
    assert (time.perf_counter() - begin) / 1000 < 100e-6


def test_a_run_is_dead_when_its_process_is_another_one(lab: Store) -> None:
    me = processes.myself(0)
    alive, dead, stale, far = (lab.add(LONG) for _ in range(4))
    for run, holder in (
        (alive, me),
        (dead, me.__class__(me.pid, me.born - 100, me.host, 0)),  # the number was given to another process
        (stale, me.__class__(me.pid, me.born, "elsewhere", 0)),
        (far, me.__class__(me.pid, me.born, "elsewhere", 0)),
    ):
        assert lab.claim(holder, run) is not None
    from sqlalchemy import text

    with lab.write() as connection:
        connection.execute(text("UPDATE runs SET heartbeat = heartbeat - 100 WHERE id = :id"), {"id": stale})
    assert sorted(liveness.reconcile(lab)) == [(dead, "queued"), (stale, "queued")]
    assert lab.run(alive).status == lab.run(far).status == "running", "what is unknown is never called finished"


def test_who_does_not_listen_is_told_louder(lab: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess
    import sys

    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=pipe, start_new_session=True) as child:
        assert child.stdout is not None and child.stdout.readline() == b"on\n"
        run = lab.add(LONG)
        born = psutil.Process(child.pid).create_time()
        assert lab.claim(HOLDER.__class__(child.pid, born, processes.myself(0).host, 0), run)
        lab.ask(run, "stop")
        liveness.reconcile(lab)
        assert lab.events(run)[-1].text == "Asked to stop."
        monkeypatch.setattr(liveness, "LOUDER", 0.0)
        liveness.reconcile(lab)
        assert "SIGTERM" in lab.events(run)[-1].text and child.poll() is None
        monkeypatch.setattr(liveness, "LOUDEST", 0.0)
        liveness.reconcile(lab)
        assert child.wait(timeout=10) == -signal.SIGKILL
    assert liveness.reconcile(lab) == [(run, "stopped")]
    assert "killed" in lab.events(run)[-2].text


def test_a_worker_ends_when_it_has_been_idle(lab: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.runs import worker
    from core.runs.bell import Bell
    from tests.runs.small import CONFIG, tools

    run = lab.add(CONFIG)
    begin = time.monotonic()
    worker.drain(lab, processes.myself(0), tools(), Bell(), idle=0.3)
    assert lab.run(run).status == "finished" and time.monotonic() - begin < 20


def test_training_in_the_foreground_is_not_taken_by_a_worker(lab: Store) -> None:
    from core.train.facts import Ended

    facts: list[object] = []

    def watch(fact: object) -> None:
        assert lab.claim(HOLDER) is None
        facts.append(fact)

    run = lab.run(train_now(lab, LONG.replace(epochs=1), watch, name="mine"))
    assert (run.status, run.name) == ("finished", "mine") and isinstance(facts[-1], Ended)


def test_workers_that_cannot_start_pause_the_run_with_their_last_line(
    lab: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    starts: list[int] = []

    def broken(slot: int) -> list[str]:
        starts.append(slot)
        return [sys.executable, "-c", "import sys; print('LAB_DEVICE is wrong.'); sys.exit(1)"]

    monkeypatch.setattr(engine, "command", broken)
    monkeypatch.setattr(engine, "PAUSE", 0.0)
    run = lab.add(LONG)
    paused = until(lambda: (ensure_workers(lab), now := lab.run(run), now.status == "paused" and now)[2], 20)
    assert paused.error == "No worker could be started, so the run is paused: LAB_DEVICE is wrong."
    ensure_workers(lab)
    assert starts == [0, 0], "it is not tried for ever"


def test_a_worker_trains_from_a_queue_on_postgresql(lab: Store, cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_DATABASE_URL", cluster)
    store = Store()
    run = store.add(LONG.replace(epochs=2))
    done = watched(store, run)
    assert done.status == "finished" and done.snapshots and store.curves([run])[run]["train/loss"].steps[-1] == 32
    store.delete(run)
    store.close()
