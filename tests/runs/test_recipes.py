"""Recipes: what belongs together, what it is called, and which of its runs count."""

import math

import pytest
from sqlalchemy import update

from core.config import RunConfig
from core.runs.catalogue import Catalogue
from core.runs.metrics import Point
from core.runs.recipes import differing, figure_of, higher, knob_said, left_out, metrics, named, recipes
from core.runs.store import Store
from core.runs.tables import runs
from tests.runs.helpers import log


@pytest.fixture
def store():
    store = Store()
    yield store
    store.close()


def trained(store, config, accuracy, status="finished", **more):
    """A run that ended with these test accuracies."""
    run = store.add(config, **more)
    log(store, run, [Point("test/accuracy", step, value, 1.0) for step, value in enumerate(accuracy, 1)])
    log(store, run, [Point("test/loss", step, 1 - value, 1.0) for step, value in enumerate(accuracy, 1)])
    with store.write() as connection:
        connection.execute(update(runs).where(runs.c.id == run).values(status=status, seconds=5.0 * run))
    return run


def entries(store):
    return Catalogue(store).entries()


def test_seeds_of_one_recipe_are_gathered_and_named_by_what_sets_them_apart(store):
    for lr in (0.01, 0.1):
        for seed in range(2):
            trained(store, RunConfig(lr=lr, seed=seed), [0.9])
    groups = named(recipes(entries(store)))
    assert [(each.key, each.name) for each in groups] == [(1, "lr 0.01"), (3, "lr 0.1")]
    assert groups[0].figures("test/accuracy") == {0: 0.9, 1: 0.9}
    assert groups[1].seconds() == {0: 15.0, 1: 20.0}


def test_run_by_run_each_is_its_own_with_its_number_and_seed(store):
    trained(store, RunConfig(lr=0.01, seed=4), [0.9])
    trained(store, RunConfig(lr=0.1), [0.9])
    found = [each.name for each in named(recipes(entries(store), single=True), single=True)]
    assert found == ["1 · lr 0.01 · seed 4", "2 · lr 0.1 · seed 0"]


def test_knobs_are_said_in_the_fewest_words():
    said = [knob_said(*each) for each in (("activation", "relu"), ("flip", False), ("flip", True), ("dropout", None))]
    assert said == ["relu", "no flip", "flip", "dropout of the line"]
    assert knob_said("batch_size", 64) == "batch 64" and knob_said("filters", [64, 128]) == "filters 64,128"


def test_many_knobs_give_way_to_the_runs_own_names_which_are_told_apart(store):
    trained(store, RunConfig(), [0.9], name="mine")
    far = RunConfig(lr=0.1, epochs=9, batch_size=32, optimiser="sgd", flip=True)
    trained(store, far, [0.9], name="mine")
    assert [each.name for each in named(recipes(entries(store)))] == ["mine (1)", "mine (2)"]
    assert differing(entries(store)) == ["epochs", "batch_size", "lr", "optimiser", "flip"]


def test_a_recipe_of_several_seeds_is_not_called_by_one_of_them(store):
    far = RunConfig(lr=0.1, epochs=9, batch_size=32, optimiser="sgd", flip=True)
    for seed in range(2):
        trained(store, RunConfig(seed=seed), [0.9], name=f"batch_size 100, seed {seed}")
        trained(store, far.replace(seed=seed), [0.9], name=f"seed {seed}")
    assert [each.name for each in named(recipes(entries(store)))] == ["batch_size 100", "seed 0"]
    single = named(recipes(entries(store), single=True), single=True)
    assert single[0].name == "1 · batch_size 100, seed 0 · seed 0"


def test_the_last_figure_counts_and_the_best_one_on_demand(store):
    trained(store, RunConfig(), [0.5, 0.9, 0.8])
    (entry,) = entries(store)
    assert figure_of(entry, "test/accuracy") == 0.8
    assert figure_of(entry, "test/accuracy", best=True) == 0.9
    assert figure_of(entry, "test/loss", best=True) == pytest.approx(0.1)
    assert math.isnan(figure_of(entry, "val/accuracy"))
    assert higher("val/accuracy") and not higher("test/loss")


def test_only_runs_that_came_to_their_end_count_and_failed_ones_have_no_figure(store):
    for seed, status in enumerate(["finished", "failed", "stopped", "running", "queued", "paused"]):
        trained(store, RunConfig(seed=seed), [0.9], status)
    (group,) = recipes(entries(store))
    found = group.figures("test/accuracy")
    assert found[0] == 0.9 and math.isnan(found[1]) and len(found) == 2
    assert left_out([group]) == [
        "2 runs are still under way and not counted yet.",
        "2 runs are stopped before the end and not counted.",
    ]


def test_the_same_seed_twice_is_its_mean(store):
    trained(store, RunConfig(), [0.9])
    trained(store, RunConfig(), [0.8])
    assert recipes(entries(store))[0].figures("test/accuracy") == {0: pytest.approx(0.85)}


def test_damaged_settings_stand_alone(store):
    for _ in range(2):
        trained(store, RunConfig(), [0.9])
    with store.write() as connection:
        connection.execute(update(runs).where(runs.c.id == 2).values(config="{{"))
    groups = named(recipes(entries(store)))
    assert [each.key for each in groups] == [1, 2] and "unreadable" in groups[1].name
    assert differing(entries(store)) == []


def test_the_known_metrics_come_first(store):
    run = trained(store, RunConfig(), [0.9])
    log(store, run, [Point("aaa", 1, 1.0, 1.0)])
    assert metrics(entries(store), ("test/loss", "lr")) == ["test/loss", "aaa", "test/accuracy"]
