"""Sweeps with real workers: killed in the middle, two at once, stopped from the page, everything gone and back."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import RunConfig
from core.runs import engine, sweeping
from core.runs.engine import ensure_workers
from core.runs.outcome import Outcome, outcome
from core.runs.processes import Slot
from core.runs.store import Store
from tests.runs.helpers import until
from tests.runs.small import write_npz
from tests.runs.sweep_help import plan

SHORT = RunConfig("tiny", "flatten | linear 8 | relu | linear classes", epochs=1, batch_size=32, lr=0.01)
SHORT = SHORT.replace(precision="fp32", snapshots=1)


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store, a small dataset, and no worker left behind."""
    monkeypatch.setenv("LAB_DATA", str(tmp_path / "data"))
    write_npz(tmp_path / "data")
    store = Store()
    yield store
    store.close()
    for child in engine._children.values():
        child.kill()
        child.wait()
    engine._children.clear()


def seen(store: Store, sweep: int, wanted, seconds: float = 150.0) -> Outcome:
    """What an open page does: polls until the sweep stands as wanted."""

    def look():
        ensure_workers(store)
        now = outcome(store, sweep)
        return now if wanted(now) else None

    return until(look, seconds, every=0.05)


def test_a_grid_survives_the_death_of_its_worker_and_trains_nothing_twice(lab: Store) -> None:
    sweep = sweeping.begin(lab, plan("batch_size=16,32,64", base=SHORT, seeds=2))
    seen(lab, sweep, lambda now: now.count("finished") >= 2)
    os.kill(engine._children[0].pid, signal.SIGKILL)
    now = seen(lab, sweep, lambda now: now.is_over)
    assert now.sweep.status == "finished" and now.count("finished") == now.total == 6 == len(lab.runs())
    assert all(len(point.values) == 2 for point in now.points)


def test_a_search_goes_on_after_everything_was_killed(lab: Store) -> None:
    sweep = sweeping.begin(lab, plan("lr=1e-4..1e-1:log", base=SHORT, sampler="tpe", trials=5, seeds=1))
    seen(lab, sweep, lambda now: now.count("finished") >= 2)
    os.kill(engine._children[0].pid, signal.SIGKILL)
    engine._children.pop(0).wait()
    lab.close()
    again = Store()  # a new server, which knows nothing but the store
    before = {trial.run for trial in again.trials(sweep)}
    now = seen(again, sweep, lambda now: now.is_over)
    assert now.count("finished") == 5 == len(now.points) == len(again.runs())
    assert before <= {trial.run for trial in again.trials(sweep)}
    again.close()


def test_two_workers_share_a_search_and_no_point_is_asked_for_twice(
    lab: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_SLOTS", "2")
    endless = SHORT.replace(epochs=2000, net="flatten | linear 800 | relu | linear 800 | relu | linear classes")
    both_up = [lab.add(endless, "holds a worker") for _ in range(2)]

    def working() -> bool:
        ensure_workers(lab)
        return all(lab.run(number).status == "running" for number in both_up)

    until(working, 150)  # a fast worker would end the whole sweep while the other still imports torch
    base = SHORT.replace(epochs=50)
    sweep = sweeping.begin(lab, plan("lr=1e-4..1e-1:log", base=base, sampler="tpe", trials=8, seeds=1))
    for number in both_up:
        lab.ask(number, "stop")
    now = seen(lab, sweep, lambda now: now.is_over)
    asked = [run for run in lab.runs() if run.id not in both_up]
    assert now.count("finished") == 8 == len(now.points) == len(asked)
    assert {run.slot for run in asked} == {0, 1}


def test_stop_ends_what_trains_and_a_resumed_sweep_ends_whole(lab: Store) -> None:
    base = SHORT.replace(epochs=20)
    sweep = sweeping.begin(lab, plan("batch_size=16,32", base=base, seeds=1))
    seen(lab, sweep, lambda now: now.count("running") == 1)
    lab.stop_sweep(sweep)
    stopped = seen(lab, sweep, lambda now: now.count("running") == 0)
    assert stopped.sweep.status == "stopped" and len(lab.runs()) == stopped.count("stopped", "finished")
    assert lab.counts().get("queued", 0) == 0
    lab.resume_sweep(sweep)
    now = seen(lab, sweep, lambda now: now.is_over)
    assert now.sweep.status == "finished" and now.count("finished") == 2
    until(lambda: Slot(0).is_taken(), 10)
