"""The time machine: every moment of a run on one map, on some pictures first and on all later."""

import numpy as np
import pytest

from core.data import registry
from core.look.judged import judged
from core.look.kernels import kernels
from core.look.maps import record
from core.runs import errands, looks
from core.runs.openings import open_run
from core.runs.store import Store
from tests.pages.test_mistakes_page import TINY, alone, fetched, run, said, shown, work

assert alone and run  # fixtures


def test_without_a_run_the_page_says_what_to_do(open_page):
    at = open_page("time.py")
    assert not at.exception and "No training to look back on yet" in at.subheader[0].value


def test_some_pictures_come_first_and_then_all(open_page, run, monkeypatch):
    monkeypatch.setattr(looks, "FIRST", 6)
    at = open_page("time.py", run=str(run))
    assert not at.exception
    keep = errands.keep
    monkeypatch.setattr(errands, "keep", keep)
    parts = []
    monkeypatch.setattr(looks, "keep", lambda asked, arrays, part="whole": parts.append((asked, arrays, part)))
    work()
    keep(*parts[0])
    at.run()
    assert not at.exception and len(fetched(shown(at, "time-player")["film"])["truth"]) == 6
    keep(*parts[1])
    at.run()
    assert not at.exception and len(fetched(shown(at, "time-player")["film"])["truth"]) == 16


def test_the_film_is_what_each_snapshot_says(open_page, run):
    open_page("time.py", run=str(run))
    work()
    at = open_page("time.py", run=str(run))
    assert not at.exception and not at.error
    film, data, store = fetched(shown(at, "time-player")["film"]), registry.load("tiny"), Store()
    moments = store.snapshots(run)
    assert film["steps"].tolist() == [each.step for each in moments]
    np.testing.assert_allclose(film["epochs"], [each.epoch for each in moments], rtol=1e-6)
    for place, moment in enumerate(moments):
        known = judged(open_run(store, run, moment.step), data.x_test, data.y_test)
        np.testing.assert_array_equal(film["answers"][place], known.answers)
        assert film["accuracy"][place] == pytest.approx(known.accuracy)
        assert film["worst"][place][0] == known.losses.argmax()


def test_kernels_and_maps_are_those_of_each_moment(open_page, run):
    open_page("time.py", run=str(run))
    work()
    at = open_page("time.py", run=str(run))
    given, store, data = shown(at, "time-player"), Store(), registry.load("tiny")
    shapes = fetched(given["kernels"])["values"]
    maps = fetched(given["maps"])
    whole = [open_run(store, run, each.step) for each in store.snapshots(run)]
    weights = np.stack([kernels(each)[0].weights.numpy() for each in whole])
    np.testing.assert_allclose(shapes / 127 * np.abs(weights).max(), weights, atol=np.abs(weights).max() / 200)
    seen = np.stack([record(each, data.x_test[0], ("layers.0",))[0].maps.numpy() for each in whole])
    np.testing.assert_allclose(maps["values"][:, :, 0] / 127 * np.abs(seen).max(), seen, atol=np.abs(seen).max() / 200)
    np.testing.assert_allclose(
        maps["chances"], np.stack([each.probabilities(data.x_test[0])[0].numpy() for each in whole]), atol=1e-6
    )


def test_a_corrupt_snapshot_is_left_out_and_said(open_page, run):
    Store().snapshots(run)[1].path.write_bytes(b"nothing")
    open_page("time.py", run=str(run))
    work()
    at = open_page("time.py", run=str(run))
    assert not at.exception and "1 snapshot of run" in said(at) and "is left out" in said(at)


def test_a_film_that_failed_is_told_and_can_be_tried_again(open_page, run):
    steps = Store().snapshots(run)
    open_page("time.py", run=str(run))
    request = next(errands.desk().glob("*.json"))
    request.with_suffix(".error").write_text("Enough.")
    request.unlink()
    at = open_page("time.py", run=str(run))
    assert not at.exception and "Enough." in said(at) and steps
    at.button(key=f"again-{request.stem}").click().run()
    work()
    at.run()
    assert not at.exception and shown(at, "time-player")


def test_a_run_deleted_while_it_is_looked_at_is_told(open_page, run):
    from core.runs.engine import train_now

    second = train_now(Store(), TINY.replace(seed=2), lambda fact: None)
    at = open_page("time.py", run=str(second))
    Store().delete(second)
    at.run()
    assert not at.exception and f"Run {second}" in said(at)


def test_a_run_with_a_single_snapshot_has_nothing_to_move_through(open_page, run):
    for moment in Store().snapshots(run)[:-1]:
        moment.path.unlink()
    at = open_page("time.py", run=str(run))
    assert not at.exception and "only one snapshot" in said(at)


def test_an_absent_dataset_is_told(open_page, run, home):
    (home / "data" / "tiny.npz").unlink()
    at = open_page("time.py", run=str(run))
    assert not at.exception and "not on this machine now" in said(at)


def test_the_link_opens_the_epoch(open_page, run):
    open_page("time.py", run=str(run))
    work()
    moments = Store().snapshots(run)
    at = open_page("time.py", run=str(run), epoch=f"{moments[2].epoch:.4g}")
    assert shown(at, "time-player")["start"] == 2


def test_moment_layer_and_picture_stay_when_one_looks_elsewhere(open_page, run):
    open_page("time.py", run=str(run))
    work()
    moments = Store().snapshots(run)
    at = open_page("time.py", run=str(run), epoch=f"{moments[2].epoch:.4g}")
    at.segmented_control(key="time-picture").set_value("A test picture").run()
    at.number_input(key="time-number").set_value(11).run()
    at.switch_page("../pages/home.py").run()
    at.query_params.clear()
    at.switch_page("../pages/time.py").run()
    assert shown(at, "time-player")["start"] == 2 and at.number_input(key="time-number").value == 11
    assert float("".join(at.query_params["epoch"])) == pytest.approx(moments[2].epoch, rel=1e-3)


def test_a_long_run_is_thinned_to_moments_that_can_be_told_apart():
    from ui.parts.time_data import MOMENTS, chosen

    steps = tuple((i, i / 10) for i in range(101))
    found = chosen(steps)
    assert len(found) == MOMENTS and found[0] == 0 and found[-1] == 100 and list(found) == sorted(found)
