"""A job: from claiming a run to letting go of it, whatever happens in between."""

import errno
import json
import math

import pytest
from safetensors.torch import load_file
from sqlalchemy import select

from core.config import RunConfig
from core.errors import LabError
from core.nets import checkpoint
from core.runs import job, snapfiles
from core.runs.bell import Bell
from core.runs.claims import Lost
from core.runs.finish import checkpoint_of
from core.runs.job import Job
from core.runs.recorder import Recorder
from core.runs.snapshots import resume_file, weights_file
from core.runs.store import Store
from core.runs.tables import snapshots
from core.train.facts import Ended, Metric, Snapshot, Tick
from core.train.fit import fit
from tests.runs.helpers import claimed
from tests.runs.small import CONFIG, STEPS, Killed, at_step, data, raising, tools, work


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the run gives when nothing happens: its steps, last weights and curves."""
    facts = list(fit(CONFIG, data(), tools().device))
    last = [fact for fact in facts if isinstance(fact, Snapshot)][-1]
    loss = {fact.step: fact.values["train/loss"] for fact in facts if isinstance(fact, Metric) and "lr" in fact.values}
    assert last.step == STEPS and len(loss) == STEPS
    return {"sha": checkpoint.weights_sha256(last.weights), "loss": loss}


def check_whole(store: Store, run: int, undisturbed: dict[str, object]) -> None:
    """The run is as if nothing had happened: every point once, and the very same weights."""
    done = store.run(run)
    assert (done.status, done.reason, done.error, done.pid) == ("finished", "finished", None, None)
    loss = store.curves([run])[run]["train/loss"]
    expected = undisturbed["loss"]
    assert loss.steps.tolist() == list(expected)
    assert loss.values.tolist() == pytest.approx(list(expected.values()), rel=1e-6)
    assert done.weights_sha256 == undisturbed["sha"]
    assert checkpoint.weights_sha256(load_file(checkpoint_of(run) / "weights.safetensors")) == undisturbed["sha"]


def test_a_run_is_trained_and_kept(store: Store, undisturbed: dict[str, object]) -> None:
    run = store.add(CONFIG, "first")
    assert work(store) == "finished"
    check_whole(store, run, undisturbed)
    done = store.run(run)
    assert (done.step, done.epoch, done.steps_per_epoch, done.steps_total) == (STEPS, 4.0, 8.0, STEPS)
    assert done.progress == 1.0 and done.seconds > 0 and done.device == "a test" and done.doing is None
    assert done.result["test/accuracy"] > 0.9
    assert [moment.step for moment in store.snapshots(run)] == [0, 8, 16, 24, 32] and done.snapshots == 5
    assert store.curves([run])[run]["test/accuracy"].epochs.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert store.figures([run])[run]["test/accuracy"].last == done.result["test/accuracy"]
    assert "Finished after 4 epochs." in [event.text for event in store.events(run)]
    assert any("test/accuracy" in line for line in store.log(run))
    _, card = checkpoint.load(checkpoint_of(run))
    assert (card.dataset, card.classes, card.config) == ("tiny", ("top", "bottom"), CONFIG.to_dict())
    assert card.accuracy == done.result["test/accuracy"] and card.made and card.code_version.startswith("0.")


def test_only_the_newest_snapshot_keeps_what_going_on_needs(store: Store) -> None:
    run = store.add(CONFIG)
    work(store)
    assert [step for step in (0, 8, 16, 24, 32) if resume_file(run, step).exists()] == [32]
    with store.read() as connection:
        assert connection.execute(select(snapshots.c.step).where(snapshots.c.resume.is_(True))).all() == [(32,)]


def test_a_killed_run_goes_on_from_its_last_snapshot(store: Store, undisturbed: dict[str, object]) -> None:
    run = store.add(CONFIG)
    for step in (3, 13, 14, 27):  # before the first snapshot but one, and in between
        with pytest.raises(Killed):
            work(store, at_step(step, raising(Killed())))
        assert store.run(run).status == "running"
        assert store.bury(run, store.run(run).attempts) == "queued"
    assert work(store) == "finished"
    check_whole(store, run, undisturbed)
    assert store.run(run).attempts == 5
    assert [event.text for event in store.events(run)].count("Finished after 4 epochs.") == 1


@pytest.mark.parametrize("what", ["stop", "pause"])
def test_stop_and_pause_happen_at_a_step_edge_and_can_be_taken_up(
    store: Store, what: str, undisturbed: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "LOOK", 0.0)  # at every step edge
    run = store.add(CONFIG)
    assert work(store, at_step(11, lambda: store.ask(run, what))) == {"stop": "stopped", "pause": "paused"}[what]
    left = store.run(run)
    assert left.step == 11 and left.pid is None and store.wishes(run) == []
    assert store.snapshots(run)[-1].step == left.step
    if what == "stop":
        assert left.weights_sha256 and checkpoint.card(checkpoint_of(run)).accuracy == left.result["test/accuracy"]
    else:
        with pytest.raises(LabError, match="has no checkpoint"):
            checkpoint_of(run)
    store.ask(run, "resume")
    assert work(store) == "finished"
    check_whole(store, run, undisturbed)


def test_a_worker_that_is_told_to_quit_leaves_the_run_ready_to_go_on(
    store: Store, undisturbed: dict[str, object]
) -> None:
    run, bell = store.add(CONFIG), Bell()
    assert Job(store, claimed(store), tools(at_step(5, lambda: bell.ring("quit"))), bell).work() == "queued"
    assert store.run(run).status == "queued" and store.run(run).snapshots
    assert work(store) == "finished"
    check_whole(store, run, undisturbed)


def test_a_stop_while_the_data_is_loaded_breaks_off_the_loading(store: Store) -> None:
    run = store.add(CONFIG)

    def slow(name, progress):
        store.ask(run, "stop")
        progress("Downloading tiny", 0.25)
        raise AssertionError("went on loading")

    assert work(store, load=slow) == "stopped"
    assert store.run(run).status == "stopped" and store.run(run).doing is None


def test_a_number_that_is_none_becomes_an_event_and_drops_nothing(store: Store) -> None:
    run = store.add(CONFIG)

    def odd(config, data, device, resume=None):
        yield Metric(1, 0.1, 0.1, {"a": 1.0, "b": math.nan, "c": math.inf, "d": -math.inf})
        yield Metric(2, 0.2, 0.2, {"a": 2.0, "b": 3.0})
        yield Ended(2, "finished", "Done.", {"a": 2.0})

    assert work(store, odd) == "finished"
    curves = store.curves([run])[run]
    assert {name: curve.values.tolist() for name, curve in curves.items()} == {"a": [1.0, 2.0], "b": [3.0]}
    flags = {event.flag: event.text for event in store.events(run) if event.flag}
    assert set(flags) == {"nan", "inf", "-inf"} and flags["nan"] == "b was not a number (NaN) at step 1."


def test_a_diverged_run_fails_with_its_sentence(store: Store) -> None:
    run = store.add(CONFIG)

    def diverges(config, data, device, resume=None):
        yield Metric(1, 0.1, 0.1, {"train/loss": math.nan})
        yield Ended(1, "diverged", "Training diverged at step 1. Try a lower learning rate.", {})

    assert work(store, diverges) == "failed"
    failed = store.run(run)
    assert (failed.reason, failed.error) == ("diverged", "Training diverged at step 1. Try a lower learning rate.")
    assert [event.level for event in store.events(run)] == ["warning", "error"]


def test_a_sentence_from_the_data_is_the_runs_error(store: Store) -> None:
    run = store.add(CONFIG)

    def absent(name, progress):
        raise LabError("The dataset 'tiny' is not here; allowed: mnist.")

    assert work(store, load=absent) == "failed"
    assert store.run(run).error == "The dataset 'tiny' is not here; allowed: mnist."
    assert "error" in [event.level for event in store.events(run)]
    assert not any("Traceback" in line for line in store.log(run))


def test_a_mistake_in_the_code_is_one_sentence_and_its_traceback_is_in_the_log(store: Store) -> None:
    run = store.add(CONFIG)
    assert work(store, at_step(5, raising(ZeroDivisionError("by\nnought")))) == "failed"
    error = store.run(run).error or ""
    assert error == "Training broke off with ZeroDivisionError: by. The run's log has the details."
    assert any("Traceback" in line for line in store.log(run))
    assert store.curves([run])[run]["train/loss"].steps[-1] == 4, "points up to the mistake are kept"


def test_a_config_that_cannot_be_read_fails_the_run(store: Store) -> None:
    from sqlalchemy import text

    run = store.add(CONFIG)
    with store.write() as connection:
        connection.execute(text("UPDATE runs SET config = '{'"))
    assert work(store) == "failed"
    assert "not readable JSON" in (store.run(run).error or "")


def test_a_full_disk_costs_the_run_but_no_earlier_snapshot(
    store: Store, monkeypatch: pytest.MonkeyPatch, undisturbed: dict[str, object]
) -> None:
    run, write = store.add(CONFIG), snapfiles.write_file

    def full(path, content):
        if path.name.startswith("24"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(snapfiles, "write_file", full)
    assert work(store) == "failed"
    assert "The disk is full: the snapshot of step 24 does not fit" in (store.run(run).error or "")
    assert [moment.step for moment in store.snapshots(run)] == [0, 8, 16] and resume_file(run, 16).exists()
    monkeypatch.undo()
    store.retry(run)
    assert work(store) == "finished"
    check_whole(store, run, undisturbed)


def test_a_write_that_breaks_off_leaves_the_old_file(home, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a"
    snapfiles.write_file(file, b"old")

    def fails(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(snapfiles.os, "fsync", fails)
    with pytest.raises(OSError):
        snapfiles.write_file(file, b"new")
    assert file.read_bytes() == b"old" and list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_snapshot_makes_the_run_start_again(
    store: Store, damage: str, undisturbed: dict[str, object]
) -> None:
    run = store.add(CONFIG)
    with pytest.raises(Killed):
        work(store, at_step(20, raising(Killed())))
    file = resume_file(run, 16)
    file.write_bytes(file.read_bytes()[:100]) if damage == "cut" else file.unlink()
    store.bury(run, 1)
    assert work(store) == "finished"
    check_whole(store, run, undisturbed)
    assert "cannot be read" in " ".join(event.text for event in store.events(run))


def test_a_run_deleted_under_its_worker_is_given_up(store: Store) -> None:
    run = store.add(CONFIG)

    def vanish() -> None:
        store.bury(run, 1)
        store.delete(run)

    assert work(store, at_step(10, vanish)) == "lost"
    assert store.runs() == [] and store.curves([run]) == {}
    assert not weights_file(run, 16).exists()


def test_a_worker_that_lost_its_run_cannot_write_to_it(store: Store) -> None:
    run = store.add(CONFIG)
    first = claimed(store)
    store.bury(run, first.attempt)
    second = claimed(store)
    assert (second.run, second.attempt) == (run, 2)
    slow = Recorder(store, first)
    slow.take(Metric(5, 0.5, 0.5, {"train/loss": 9.0}))
    with pytest.raises(Lost):
        slow.flush()
    with pytest.raises(Lost):
        store.settle(first, "finished")
    assert store.curves([run]) == {} and store.run(run).status == "running"


def test_snapshots_made_only_for_resuming_give_way_to_newer_ones(store: Store) -> None:
    run = store.add(CONFIG)
    last = list(fit(CONFIG, data(), tools().device))[-2]
    assert isinstance(last, Snapshot)

    def moments(config, data, device, resume=None):
        for step, keep in ((1, True), (2, False), (3, False), (4, True), (5, False)):
            yield Snapshot(step, step / 10, 1.0, last.weights, last.resume, last.meta, keep)
        yield Tick(6, 0.6, 2.0)
        raise Killed

    with pytest.raises(Killed):
        work(store, moments)
    assert [moment.step for moment in store.snapshots(run)] == [1, 4, 5]
    there = sorted(path.name for path in weights_file(run, 1).parent.iterdir())
    assert there == ["1.safetensors", "4.safetensors", "5.resume.safetensors", "5.safetensors"]
    restored = snapfiles.restore(run, 5)
    assert (restored.epoch, restored.seconds, restored.meta) == (0.5, 1.0, json.loads(json.dumps(last.meta)))


def test_logging_a_step_costs_microseconds(store: Store) -> None:
    import time

    store.add(CONFIG)
    told = Recorder(store, claimed(store), every=1e9)
    fact = Tick(1, 0.1, 0.1)
    begin = time.perf_counter()
    for _ in range(10_000):
        told.take(fact)
        assert not told.due
    assert (time.perf_counter() - begin) / 10_000 < 20e-6


def test_an_unknown_preset_or_config_is_never_queued(store: Store) -> None:
    with pytest.raises(LabError, match="epochs is 0"):
        store.add(RunConfig(epochs=0))
    assert store.runs() == []


def test_a_snapshot_comes_back_in_the_memory_order_it_had(store: Store) -> None:
    import torch

    order = torch.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5).to(memory_format=torch.channels_last)
    snapshot = Snapshot(7, 0.7, 1.5, {"w": order.contiguous()}, {"moment": order, "count": torch.tensor(3)}, {"a": [1]})
    snapfiles.store(1, snapshot)
    back = snapfiles.restore(1, 7)
    assert back.resume["moment"].stride() == order.stride() and torch.equal(back.resume["moment"], order)
    assert torch.equal(back.resume["count"], torch.tensor(3)) and back.weights["w"].is_contiguous()
    assert (back.epoch, back.seconds, back.meta) == (0.7, 1.5, {"a": [1]})
