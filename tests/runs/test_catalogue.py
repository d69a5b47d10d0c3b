"""The catalogue of all runs: complete, current, and whole beside damaged rows."""

import time

import pytest
from sqlalchemy import text, update

from core.config import RunConfig
from core.runs.catalogue import Catalogue, damaged, of_sweep
from core.runs.store import Store
from core.runs.tables import runs
from tests.runs.helpers import log, wave


@pytest.fixture
def store():
    store = Store()
    yield store
    store.close()


def test_an_entry_says_what_the_store_says(store):
    run = store.add(RunConfig(lr=0.5, seed=3), name="mine", owner="Ada", tags=["b", "a"], sweep="7")
    log(store, run, wave("train/loss", 40))
    (entry,) = Catalogue(store).entries()
    assert (entry.id, entry.name, entry.owner, entry.status, entry.tags) == (run, "mine", "Ada", "queued", ("a", "b"))
    assert (entry.seed, entry.dataset, entry.value("lr"), entry.value("epochs")) == (
        3,
        "mnist",
        0.5,
        RunConfig().epochs,
    )
    figure = store.figures([run])[run]["train/loss"]
    assert entry.figures["train/loss"] == (figure.last, figure.low, figure.high)


def test_runs_that_differ_in_their_seed_alone_are_one_recipe(store):
    for config in (RunConfig(), RunConfig(seed=1), RunConfig(seed=1, snapshots=3), RunConfig(precision="fp32")):
        store.add(config)
    other, *same = [each.recipe for each in Catalogue(store).entries()]
    assert len(set(same)) == 1 and other not in same


def test_the_recipe_of_an_older_row_without_new_knobs_is_the_same(store):
    store.add(RunConfig(lr=0.1))
    store.add(RunConfig(lr=0.1, seed=1))
    with store.write() as connection:
        connection.execute(update(runs).where(runs.c.id == 1).values(config='{"lr": 0.1, "gone": 5}'))
    assert len({each.recipe for each in Catalogue(store).entries()}) == 1


def test_every_change_is_seen_and_what_did_not_change_is_kept(store):
    ids = [store.add(RunConfig(seed=seed)) for seed in range(3)]
    catalogue = Catalogue(store)
    before = {each.id: each for each in catalogue.entries()}
    store.tag(ids[0], ["new"])
    store.delete(ids[1])
    added = store.add(RunConfig(seed=9))
    after = {each.id: each for each in catalogue.entries()}
    assert list(after) == [added, ids[2], ids[0]]
    assert after[ids[0]].tags == ("new",) and after[ids[2]] is before[ids[2]]
    assert [each.id for each in catalogue.find([ids[2], ids[1]])[0]] == [ids[2]]
    assert catalogue.find([ids[1], 99])[1] == [ids[1], 99]


def test_a_run_that_grows_shows_its_newest_figure(store):
    run = store.add(RunConfig())
    catalogue = Catalogue(store)
    assert catalogue.entries()[0].figures == {}
    log(store, run, wave("test/accuracy", 3))
    with store.write() as connection:
        connection.execute(update(runs).where(runs.c.id == run).values(flushes=1))
    assert catalogue.entries()[0].figures["test/accuracy"][0] == pytest.approx(0.29552, abs=1e-5)


def test_damaged_settings_and_figures_leave_the_list_whole(store):
    good, bad = store.add(RunConfig()), store.add(RunConfig())
    log(store, bad, wave("train/loss", 5))
    with store.write() as connection:
        connection.execute(update(runs).where(runs.c.id == bad).values(config='{"lr": ', tags="{"))
        connection.execute(text("UPDATE figures SET high = 'much'"))
    first, second = Catalogue(store).entries()
    assert (first.id, first.unreadable, first.tags, first.figures) == (bad, True, (), {})
    assert second.id == good and not second.unreadable and first.recipe != second.recipe


def test_points_that_are_no_numbers_are_counted(store):
    run, clean = store.add(RunConfig()), store.add(RunConfig())
    log(store, run, wave("train/loss", 10))
    log(store, clean, wave("train/loss", 10))
    with store.write() as connection:
        connection.execute(text("UPDATE metrics SET value = 'abc' WHERE run = 1 AND step IN (2, 5)"))
    assert damaged(store, [run, clean]) == {run: 2}
    assert damaged(store, []) == {}


def test_curves_with_damaged_points_keep_the_others(store):
    run = store.add(RunConfig())
    log(store, run, wave("train/loss", 10))
    with store.write() as connection:
        connection.execute(text("UPDATE metrics SET value = 'abc' WHERE step = 3"))
        connection.execute(text("UPDATE metrics SET seconds = x'00ff' WHERE step = 7"))
    curve = store.curves([run])[run]["train/loss"]
    assert curve.steps.tolist() == [1, 2, 4, 5, 6, 8, 9, 10]


def test_a_sweep_names_its_own_runs_and_those_it_found(store):
    mine = store.add(RunConfig(), sweep="4")
    found = store.add(RunConfig(seed=1))
    store.add(RunConfig(seed=2))
    with store.write() as connection:
        connection.execute(
            text(
                "INSERT INTO trials (sweep, point, seed, knobs, config_key, run, reused) "
                "VALUES (4, 0, 1, '{}', 'k', :run, 1)"
            ),
            {"run": found},
        )
    assert of_sweep(store, "4") == [mine, found]
    assert of_sweep(store, "no such") == []


def test_ten_thousand_runs_are_listed_in_a_moment(store):
    config = RunConfig()
    row = dict(name="r", status="finished", config=config.to_json(), config_key="k", batch=1, created=0.0)
    with store.write() as connection:
        connection.execute(runs.insert(), [row] * 10_000)
    catalogue, begin = Catalogue(store), time.process_time()
    assert len(catalogue.entries()) == 10_000
    assert time.process_time() - begin < 3
