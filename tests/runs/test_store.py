"""The store keeps runs: add, list, change, ask, delete."""

import json
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from core.config import RunConfig, preset
from core.errors import LabError
from core.runs.metrics import Point
from core.runs.store import Store
from tests.runs.helpers import claimed, log, wave


def test_a_run_comes_back_as_it_was_added(store: Store) -> None:
    config = RunConfig(lr=0.02, filters=(8, 16), dropout=None)
    run = store.run(store.add(config, "my run", owner="Ada", tags=["b", "a", "a"], note=" hello "))
    assert (run.name, run.owner, run.tags, run.note, run.status) == ("my run", "Ada", ("a", "b"), "hello", "queued")
    assert run.config == config and run.config_key == config.key() and run.unreadable is None
    assert (run.pid, run.step, run.result, run.snapshots, run.progress) == (None, 0, {}, 0, 0.0)


def test_runs_are_listed_newest_first_and_filtered(store: Store) -> None:
    first = store.add(RunConfig(), owner="Ada", sweep="s1")
    second = store.add(RunConfig(), owner="Bob")
    third = store.add(RunConfig(), owner="Ada")
    store.ask(second, "stop")
    assert [run.id for run in store.runs()] == [third, second, first]
    assert [run.id for run in store.runs(owner="Ada", limit=1)] == [third]
    assert [run.id for run in store.runs(status="stopped")] == [second]
    assert [run.id for run in store.runs(status=["queued", "running"], sweep="s1")] == [first]
    assert [run.id for run in store.runs(ids=[first, 999])] == [first]
    assert store.counts() == {"queued": 2, "stopped": 1}
    with pytest.raises(LabError, match=r"status is 'runing'.*'running'"):
        store.runs(status="runing")


def test_a_run_is_named_after_its_preset_or_its_net(store: Store) -> None:
    assert store.run(store.add(preset("r1-lenet"), preset="r1-lenet")).name == "r1-lenet"
    assert store.run(store.add(preset("r1-lenet").replace(lr=0.1), preset="r1-lenet")).name == "r1-lenet on mnist"
    assert store.run(store.add(RunConfig(net="flatten | linear classes"))).name == "own line on mnist"


def test_rename_tag_and_note_change_the_run(store: Store) -> None:
    run = store.add(RunConfig())
    store.rename(run, " deep ")
    store.tag(run, ["α", "best"])
    store.note(run, "loss rose")
    changed = store.run(run)
    assert (changed.name, changed.tags, changed.note) == ("deep", ("best", "α"), "loss rose")
    store.note(run, "")
    assert store.run(run).note == ""


def test_two_people_who_tag_a_run_at_the_same_time_both_do(store: Store) -> None:
    run = store.add(RunConfig(), tags=["old"])
    for tag in ("ada", "bob"):  # both saw it with `old` alone
        store.retag(run, add=tag)
    assert store.run(run).tags == ("ada", "bob", "old")
    store.retag(run, drop="old")
    store.retag(run, drop="never there")
    assert store.run(run).tags == ("ada", "bob")
    with pytest.raises(LabError, match="does not exist"):
        store.retag(99, add="x")


@pytest.mark.parametrize("bad", ["", "   ", "x" * 121, "a\x00b"])
def test_a_name_that_is_none_is_refused_with_its_length(store: Store, bad: str) -> None:
    run = store.add(RunConfig())
    with pytest.raises(LabError, match=r"The name is .* allowed: 1 to 120 characters"):
        store.rename(run, bad)


def test_a_clone_has_the_same_knobs_but_for_the_turned_ones(store: Store) -> None:
    run = store.add(preset("r1-lenet"), owner="Ada", preset="r1-lenet", tags=["t"])
    twin, other = store.run(store.clone(run)), store.run(store.clone(run, owner="Bob", lr=0.5))
    assert (twin.config_key, twin.preset, twin.owner, twin.parent) == (
        store.run(run).config_key,
        "r1-lenet",
        "Ada",
        run,
    )
    assert (other.config.lr, other.preset, other.owner, other.tags) == (0.5, None, "Bob", ("t",))
    with pytest.raises(LabError, match="learning_rate"):
        store.clone(run, learning_rate=0.5)


def test_identical_finished_runs_are_recognised(store: Store) -> None:
    run, _ = store.add(RunConfig(seed=1)), store.add(RunConfig(seed=2))
    assert store.same(RunConfig(seed=1)) == []
    store.settle(claimed(store, run), "finished", result={"test/accuracy": 0.9})
    assert [same.id for same in store.same(RunConfig(seed=1))] == [run]
    assert store.run(run).result == {"test/accuracy": 0.9}


def test_deleting_removes_points_events_and_files(store: Store, home: Path) -> None:
    run, other = store.add(RunConfig()), store.add(RunConfig())
    log(store, run, wave("train/loss", 5))
    store.say(run, "hello")
    folder = home / "runs" / str(run)
    folder.mkdir(parents=True)
    (folder / "log.txt").write_text("a\nb\n")
    assert store.log(run) == ["a", "b"]
    store.delete(run)
    assert not folder.exists() and store.events(run) == [] and store.log(run) == []
    assert store.curves([run]) == {} and store.figures() == {}
    for gone in (store.run, store.delete, lambda run: store.rename(run, "x"), lambda run: store.ask(run, "stop")):
        with pytest.raises(LabError, match=f"Run {run} does not exist"):
            gone(run)
    assert [left.id for left in store.runs()] == [other]
    assert store.add(RunConfig()) > other, "the number of a deleted run is never given again"


def test_a_running_run_is_not_deleted(store: Store) -> None:
    run = store.add(RunConfig())
    claimed(store)
    with pytest.raises(LabError, match="is running; stop it before"):
        store.delete(run)


def test_the_newest_number_is_not_given_again_after_a_deletion(store: Store) -> None:
    run = store.add(RunConfig())
    store.delete(run)
    assert store.add(RunConfig()) > run


def test_what_is_asked_of_a_waiting_run_happens_at_once(store: Store) -> None:
    run = store.add(RunConfig())
    for what, status in [("pause", "paused"), ("resume", "queued"), ("stop", "stopped"), ("resume", "queued")]:
        store.ask(run, what)
        assert store.run(run).status == status
    assert store.wishes(run) == []
    store.ask(run, "priority", 5)
    assert store.run(run).priority == 5


def test_what_is_asked_of_a_running_run_waits_for_its_worker(store: Store) -> None:
    run = store.add(RunConfig())
    claim = claimed(store)
    assert store.beat(claim) is None
    store.ask(run, "pause")
    assert store.run(run).status == "running" and store.beat(claim) == "pause"
    store.ask(run, "stop")
    assert store.beat(claim) == "stop"
    store.ask(run, "resume")  # taken back
    assert store.beat(claim) is None
    store.ask(run, "stop")
    store.settle(claim, "stopped")
    assert store.wishes(run) == [] and store.run(run).status == "stopped"


def test_wishes_that_make_no_sense_are_refused_with_a_sentence(store: Store) -> None:
    run = store.add(RunConfig())
    with pytest.raises(LabError, match=r"operation is 'stopp'.*Did you mean 'stop'"):
        store.ask(run, "stopp")
    with pytest.raises(LabError, match="priority is 5000; allowed"):
        store.ask(run, "priority", 5000)
    store.settle(claimed(store), "finished")
    for what in ("stop", "pause", "resume"):
        with pytest.raises(LabError, match=f"Run {run} is finished"):
            store.ask(run, what)


def test_a_failed_run_can_be_retried(store: Store) -> None:
    run = store.add(RunConfig())
    store.settle(claimed(store), "failed", error="The disk is full.")
    assert store.run(run).error == "The disk is full." and store.run(run).finished is not None
    store.retry(run)
    again = store.run(run)
    assert (again.status, again.error, again.finished) == ("queued", None, None)


def test_corrupt_rows_break_no_list(store: Store) -> None:
    good, bad, worse = (store.add(RunConfig()) for _ in range(3))
    with store.write() as connection:
        connection.execute(
            text("UPDATE runs SET config = '{\"lr\": 1e', tags = 'no json', result = '[3]' WHERE id = :id"), {"id": bad}
        )
        connection.execute(text("UPDATE runs SET config = '{\"lr\": 99}' WHERE id = :id"), {"id": worse})
    by_id = {run.id: run for run in store.runs()}
    assert by_id[good].unreadable is None
    assert by_id[bad].config == RunConfig() and by_id[bad].tags == () and by_id[bad].result == {}
    assert "settings cannot be read" in (by_id[bad].unreadable or "")
    assert "lr is 99; allowed" in (by_id[worse].unreadable or "")
    with pytest.raises(LabError, match="cannot be read"):
        store.clone(bad)


def test_settings_of_a_later_version_are_ignored(store: Store) -> None:
    run = store.add(RunConfig(lr=0.5))
    values = json.dumps({**RunConfig(lr=0.5).to_dict(), "warp": 9})
    with store.write() as connection:
        connection.execute(text("UPDATE runs SET config = :config"), {"config": values})
    assert store.run(run).config == RunConfig(lr=0.5)


def test_the_version_changes_with_every_commit_and_only_then(store: Store, url: str) -> None:
    other = Store(url)
    before = store.version()
    assert store.version() == before
    run = other.add(RunConfig())
    after = store.version()
    assert after != before
    store.runs()
    assert store.version() == after
    store.rename(run, "mine")  # our own writing counts, too
    assert store.version() != after
    other.close()


def test_events_come_oldest_first_and_after_a_number(store: Store) -> None:
    run = store.add(RunConfig())
    for word in ("one", "two", "three"):
        store.say(run, word)
    events = store.events(run)
    assert [event.text for event in events] == ["one", "two", "three"]
    assert [event.text for event in store.events(run, after=events[0].id)] == ["two", "three"]
    assert [event.text for event in store.events(run, limit=1)] == ["three"]


def test_points_are_upserted_and_read_as_arrays(store: Store) -> None:
    run = store.add(RunConfig(batch_size=64))
    log(store, run, wave("train/loss", 100) + wave("lr", 3))
    log(store, run, [Point("train/loss", 100, 7.0, 1.0), Point("train/loss", 100, 8.0, 1.5)])
    curves = store.curves([run])[run]
    loss = curves["train/loss"]
    assert set(curves) == {"train/loss", "lr"} and set(store.curves([run], ["lr"])[run]) == {"lr"}
    assert loss.steps.tolist() == list(range(1, 101)) and loss.values[-1] == 8.0 and loss.seconds[-1] == 1.5
    np.testing.assert_allclose(loss.values[:-1], np.sin(np.arange(1, 100) / 10), rtol=1e-6)
    assert loss.values.dtype == loss.epochs.dtype == loss.seconds.dtype == np.float32
    assert loss.images[0] == 64


def test_a_thinned_curve_keeps_its_spikes_and_both_ends(store: Store) -> None:
    run = store.add(RunConfig())
    points = wave("train/loss", 5000)
    points[1234] = Point("train/loss", 1235, 50.0, 12.35)
    points[4000] = Point("train/loss", 4001, -50.0, 40.01)
    log(store, run, points)
    for most in (2, 3, 10, 101, 400):
        curve = store.curves([run], max_points=most)[run]["train/loss"]
        assert len(curve.steps) <= max(most, 4)
        assert curve.steps[0] == 1 and curve.steps[-1] == 5000 and np.all(np.diff(curve.steps) > 0)
        assert 1235 in curve.steps and 4001 in curve.steps
    assert len(store.curves([run], max_points=5000)[run]["train/loss"].steps) == 5000


def test_figures_are_those_of_the_points(store: Store) -> None:
    run = store.add(RunConfig())
    for part in (wave("a", 30), wave("a", 40, 31), wave("b", 7)):
        log(store, run, part)
    values = np.sin(np.arange(1, 71) / 10)
    figure = store.figures([run])[run]["a"]
    assert (figure.last_step, figure.low_step, figure.high_step) == (70, values.argmin() + 1, values.argmax() + 1)
    assert (figure.last, figure.low, figure.high) == (values[-1], values.min(), values.max())
    assert store.figures()[run]["b"].last_step == 7
