"""Reading while it grows: nothing missed, nothing doubled."""

import numpy as np

from core.config import RunConfig
from core.runs.live import Window
from core.runs.metrics import Point
from core.runs.recorder import Recorder
from core.runs.store import Store
from core.train.facts import Metric
from tests.runs.helpers import claimed


def tell(told: Recorder, step: int, **values: float) -> None:
    told.take(Metric(step, step / 10, step / 100, values))


def steps(curves, run: int) -> dict[str, list[int]]:
    return {name: curve.steps.tolist() for name, curve in curves.get(run, {}).items()}


def test_since_gives_each_point_once(store: Store) -> None:
    run = store.add(RunConfig())
    told = Recorder(store, claimed(store))
    points, cursor = store.since([run])
    assert points.curves == {}
    tell(told, 1, a=1.0)
    tell(told, 2, a=2.0)
    told.flush()
    points, cursor = store.since([run], cursor)
    assert steps(points.curves, run) == {"a": [1, 2]}
    tell(told, 2, b=5.0)  # another metric at a step that was read already
    told.flush()
    points, cursor = store.since([run], cursor)
    assert steps(points.curves, run) == {"b": [2]}
    tell(told, 3, a=3.0, b=6.0)
    told.flush()
    points, cursor = store.since([run], cursor)
    assert steps(points.curves, run) == {"a": [3], "b": [3]}
    points, cursor = store.since([run], cursor)
    assert points.curves == {} and not points.restarted


def test_since_says_when_a_run_began_again_and_when_it_is_gone(store: Store) -> None:
    run = store.add(RunConfig())
    claim = claimed(store)
    told = Recorder(store, claim)
    tell(told, 1, a=1.0)
    told.flush()
    _, cursor = store.since([run])
    store.bury(run, claim.attempt)
    told = Recorder(store, claimed(store))
    tell(told, 1, a=7.0)
    told.flush()
    points, cursor = store.since([run], cursor)
    assert points.restarted == {run} and points.curves[run]["a"].values.tolist() == [7.0]
    store.settle(told.claim, "stopped")
    store.delete(run)
    points, cursor = store.since([run], cursor)
    assert points.gone == {run} and run not in cursor


def test_a_window_shows_what_the_store_holds(store: Store) -> None:
    ids = [store.add(RunConfig(seed=seed)) for seed in range(3)]
    window, tellers = Window(store), [Recorder(store, claimed(store)) for _ in ids]
    luck = np.random.default_rng(0)
    for step in range(1, 40):
        teller = tellers[luck.integers(3)]
        tell(teller, step, **{name: float(luck.normal()) for name in ("a", "b") if luck.random() < 0.7})
        if luck.random() < 0.5:
            teller.flush()
        if step == 20:
            store.bury(ids[1], 1)
            tellers[1] = Recorder(store, claimed(store))
        shown, stored = window.curves(ids), store.curves(ids)
        assert {run: steps(shown, run) for run in shown if shown[run]} == {run: steps(stored, run) for run in stored}
        for run, curves in stored.items():
            for name, curve in curves.items():
                np.testing.assert_array_equal(shown[run][name].values, curve.values)
    assert set(window.curves(ids, ["a"])[ids[0]]) <= {"a"}
    window.forget(keep=ids[:1])
    assert set(window.curves(ids)) == set(store.curves(ids))


def test_a_window_reads_only_what_is_new(store: Store, monkeypatch) -> None:
    run = store.add(RunConfig())
    told, window = Recorder(store, claimed(store)), Window(store)
    tell(told, 1, a=1.0)
    told.flush()
    assert steps(window.curves([run]), run) == {"a": [1]}

    def never(*_args: object) -> None:
        raise AssertionError("read the store although nothing changed")

    monkeypatch.setattr(store, "since", never)
    assert steps(window.curves([run]), run) == {"a": [1]}


def test_epochs_follow_from_the_length_of_an_epoch(store: Store) -> None:
    run = store.add(RunConfig(batch_size=50))
    told = Recorder(store, claimed(store))
    told.values.update(steps_per_epoch=10.0)
    told.points.append(Point("a", 25, 1.0, 3.0))
    told.flush()
    curve = store.curves([run])[run]["a"]
    assert (curve.epochs[0], curve.seconds[0], curve.images[0]) == (2.5, 3.0, 1250)
