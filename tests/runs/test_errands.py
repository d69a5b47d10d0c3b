"""Errands are done once, by one process, and whatever goes wrong ends with a sentence."""

import json
import os

import numpy as np
import pytest

from core.config import RunConfig
from core.errors import LabError
from core.look.judged import judged
from core.runs import errand as worker
from core.runs import errands, looks
from core.runs.engine import train_now
from core.runs.errands import Desk, Errand, ask, desk, errand, result, state
from core.runs.fixes import LEAVE, Fixes, changed
from core.runs.openings import open_run
from core.runs.store import Store
from tests.runs.helpers import until
from tests.runs.small import write_npz

SMALL = RunConfig(
    "tiny", "conv 4 3x3 | relu | pool 2 | flatten | linear 6 | relu | linear classes", epochs=2, batch_size=32, lr=3e-3
)


@pytest.fixture
def nobody(monkeypatch):
    """Nobody works on errands but the test."""
    monkeypatch.setattr(errands, "ensure", lambda: None)


@pytest.fixture
def run(home):
    write_npz(home / "data")
    store = Store()
    number = train_now(store, SMALL, lambda fact: None)
    return store, number, tuple(moment.step for moment in store.snapshots(number))


def do(asked: Errand) -> None:
    ask(asked)
    worker.settle(desk() / f"{asked.key}.json", looks.work)


def test_an_errand_is_asked_for_done_and_kept(run, nobody):
    store, number, steps = run
    asked = errand("answers", "tiny", run=number, steps=steps[-1:])
    assert ask(asked).doing == "Waiting for its turn" and result(asked) is None
    do(asked)
    assert ask(asked).done and not list(desk().glob("*.json"))
    from core.data import registry

    data = registry.load("tiny")
    known = judged(open_run(store, number), data.x_test, data.y_test)
    found = result(asked)
    assert found is not None
    np.testing.assert_allclose(found["probabilities"], known.probabilities, atol=1e-6)
    np.testing.assert_array_equal(found["truth"], known.truth)


def test_a_film_judges_every_moment_as_that_moment_would(run, nobody, monkeypatch):
    store, number, steps = run
    monkeypatch.setattr(looks, "FIRST", 20)
    asked = errand("film", "tiny", run=number, steps=steps)
    do(asked)
    first, whole = result(asked, looks.FIRST_PART), result(asked)
    assert first is not None and whole is not None
    assert first["answers"].shape == (len(steps), 20) and whole["answers"].shape == (len(steps), 64)
    np.testing.assert_allclose(first["places"], whole["places"][:, :20], atol=1e-4)  # all moments, one map
    from core.data import registry

    data = registry.load("tiny")
    for place, step in enumerate(steps):
        known = judged(open_run(store, number, step), data.x_test, data.y_test)
        np.testing.assert_array_equal(whole["answers"][place], known.answers)
        assert whole["accuracy"][place] == pytest.approx(known.accuracy)
        assert whole["worst"][place][0] == np.argmax(known.losses)


def test_a_corrupt_snapshot_is_left_out_and_named(run, nobody):
    store, number, steps = run
    store.snapshots(number)[0].path.write_bytes(b"nothing")
    asked = errand("film", "tiny", run=number, steps=steps)
    do(asked)
    found = result(asked)
    assert found is not None and found["lost"].tolist() == [steps[0]] and found["steps"].tolist() == list(steps[1:])


def test_a_film_without_any_readable_snapshot_is_a_sentence(run, nobody):
    store, number, steps = run
    for moment in store.snapshots(number):
        moment.path.write_bytes(b"nothing")
    asked = errand("film", "tiny", run=number, steps=steps)
    do(asked)
    assert f"None of the snapshots of run {number} can be read" in str(state(asked).error)
    errands.again(asked)
    assert state(asked).error is None


def test_an_absent_dataset_is_a_sentence(run, nobody, home):
    _, number, steps = run
    (home / "data" / "tiny.npz").unlink()
    asked = errand("tsne", "tiny", run=number, steps=steps[-1:])
    do(asked)
    assert "tiny" in str(state(asked).error)


def test_a_run_deleted_meanwhile_leaves_no_files(run, nobody, home):
    store, number, steps = run
    asked = errand("answers", "tiny", run=number, steps=steps[-1:])
    ask(asked)

    def late(share: float, doing: str) -> None:
        if doing.startswith("Reading") and store.runs(ids=[number]):
            store.delete(number)

    looks.work(asked, late)
    assert not store.runs(ids=[number]) and not (home / "runs" / str(number)).exists()


def test_new_weights_at_the_same_step_make_a_new_errand(run, nobody):
    store, number, steps = run
    before = errand("answers", "tiny", run=number, steps=steps[-1:])
    os.utime(store.snapshots(number)[-1].path, (1, 1))
    assert errand("answers", "tiny", run=number, steps=steps[-1:]).key != before.key


def test_an_errand_that_ends_its_process_again_and_again_is_given_up(nobody):
    asked = errand("answers", "tiny", run=1, steps=(1,))
    ask(asked)
    request = desk() / f"{asked.key}.json"
    tried = json.loads(request.read_text()) | {"attempts": worker.TRIES}
    request.write_text(json.dumps(tried))
    worker.settle(request, lambda one, told: pytest.fail("it was tried again"))
    assert "again and again" in str(state(asked).error) and not request.exists()


def test_each_try_is_counted_before_it_begins(nobody):
    asked = errand("answers", "tiny", run=1, steps=(1,))
    ask(asked)
    request, counted = desk() / f"{asked.key}.json", []
    worker.settle(request, lambda one, told: counted.append(json.loads(request.read_text())["attempts"]))
    assert counted == [1]


def test_a_mistake_in_the_work_is_a_sentence_and_the_next_errand_has_its_turn(nobody):
    one, two = errand("answers", "a", run=1, steps=(1,)), errand("answers", "b", run=2, steps=(1,))
    done: list[str] = []

    def work(asked, told):
        if asked.dataset == "b":
            raise ValueError("a mistake")
        done.append(asked.dataset)
        errands.keep(asked, {"x": np.ones(1)})

    ask(one), ask(two)
    worker.drain(work, idle=0.05)
    assert done == ["a"] and state(one).done and "ValueError: a mistake" in str(state(two).error)


def test_who_is_looked_after_last_comes_first(nobody):
    one, two = errand("answers", "a", run=1, steps=(1,)), errand("answers", "b", run=2, steps=(1,))
    ask(one), ask(two)
    os.utime(desk() / f"{two.key}.json", (1, 1))
    order: list[str] = []

    def work(asked, told):
        order.append(asked.dataset)
        errands.keep(asked, {"x": np.ones(1)})

    worker.drain(work, idle=0.05)
    assert order == ["a", "b"]


def test_a_damaged_request_and_a_damaged_result_are_swept_away(nobody):
    (desk() / "x.json").write_text("{")
    worker.settle(desk() / "x.json", lambda asked, told: None)
    assert not (desk() / "x.json").exists()
    asked = errand("answers", "a", model="m")
    errands.keep(asked, {"x": np.ones(1)})
    asked.file().write_bytes(b"PK half a file")
    assert result(asked) is None and not asked.file().exists()


def test_a_process_of_its_own_does_it_and_only_one_at_a_time(run):
    _, number, steps = run
    asked = errand("answers", "tiny", run=number, steps=steps[-1:])
    try:
        until(lambda: ask(asked).done, seconds=60, every=0.1)
        assert Desk().is_taken() and worker.main(idle=0) == 0
    finally:
        for child in errands._child:
            child.terminate()
            child.wait(10)
        errands._child.clear()


def test_progress_is_told_and_gone_when_it_is_over(nobody):
    asked = errand("answers", "a", run=1, steps=(1,))
    ask(asked)
    seen = []

    def work(one, told):
        told(0.5, "Half of it")
        seen.append(state(one))
        raise LabError("Enough.")

    worker.settle(desk() / f"{asked.key}.json", work)
    assert seen[0].share == 0.5 and seen[0].doing == "Half of it" and state(asked).error == "Enough."


def test_fixes_are_written_down_replaced_and_taken_back(home):
    store = Store()
    fixes = Fixes(store)
    fixes.say(3, 17, 4, "Ada"), fixes.say(3, 18, LEAVE), fixes.say(4, 17, 1)
    fixes.say(3, 17, 5)
    assert fixes.of(3) == {17: 5, 18: LEAVE} and changed(fixes.of(3)) == {17: 5}
    fixes.take_back(3, 17)
    assert Fixes(Store()).of(3) == {18: LEAVE}
