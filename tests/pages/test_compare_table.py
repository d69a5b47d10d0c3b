"""The table of runs: search, filters, columns, sorting, further seeds."""

import pytest

from core.config import RunConfig
from core.runs.catalogue import Catalogue, Entry
from core.runs.recipes import recipes
from core.runs.store import Store
from tests.pages.test_compare import trained
from ui.parts.compare_cells import cell, sorting
from ui.parts.compare_filter import FIELDS, choices, kept, wrong
from ui.parts.compare_table import _columns
from ui.parts.compare_verdict import further


@pytest.fixture
def entries() -> list[Entry]:
    store = Store()
    for seed in range(2):
        trained(store, RunConfig("tiny", lr=0.01, seed=seed), 0.9 + seed / 50, owner="Ada", tags=["homework"])
    trained(
        store,
        RunConfig("other", "r4-relu", lr=0.1, filters=(8, 16), activation="gelu"),
        0.7,
        name="Wide One",
        status="stopped",
    )
    trained(store, RunConfig("tiny", lr=0.5), None, status="failed", sweep="3")
    found = Catalogue(store).entries()
    store.close()
    return found


def ids(entries, words="", **picked):
    return [each.id for each in entries if kept(each, words, {name: picked.get(name, []) for name in FIELDS})]


def test_words_and_rules_find_runs(entries):
    assert ids(entries) == [4, 3, 2, 1]
    assert ids(entries, "wide") == [3] and ids(entries, "ADA homework") == [2, 1]
    assert ids(entries, "3") == [3] and ids(entries, "failed") == [4] and ids(entries, "gelu") == [3]
    assert ids(entries, "lr>0.05") == [4, 3] and ids(entries, "lr>=0.1 lr<0.5") == [3] and ids(entries, "seed=1") == [2]
    assert ids(entries, "net=r4-relu") == [3] and ids(entries, "filters=8,16") == [3]
    assert ids(entries, "net>5") == [] and ids(entries, "nothing-like-it") == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("ada lr>banana", "lr>banana: 'banana' is no number; allowed after >: a number, such as lr>0.1."),
        ("lrr=0.1", "lrr=0.1: there is no knob lrr; did you mean lr?"),
        ("optimiser=sgd lr>=0.1", ""),
        ("wide one", ""),
    ],
)
def test_a_rule_that_nothing_can_fit_is_told(words, said):
    assert wrong(words) == said


def test_filters_take_any_of_their_words_and_all_of_the_filters(entries):
    assert ids(entries, status=["stopped", "failed"]) == [4, 3]
    assert ids(entries, dataset=["tiny"], tag=["homework"]) == [2, 1]
    assert ids(entries, sweep=["3"]) == [4]
    assert choices(entries)["dataset"] == ["other", "tiny"] and choices(entries)["status"] == [
        "stopped",
        "finished",
        "failed",
    ]


def test_only_what_differs_has_a_column(entries):
    shown = [each.key for each in _columns(entries, ["name", "figure", "epochs"], True, "test/accuracy")]
    assert shown == ["name", "figure", "dataset", "net", "lr", "activation", "filters"]
    shown = [each.key for each in _columns(entries, ["name", "epochs"], False, "test/accuracy")]
    assert shown == ["name", "epochs"]


def test_cells_say_mean_spread_and_what_is_special(entries):
    ada, wide, failed = recipes(entries)
    assert (
        cell(ada, "figure", "test/accuracy") == "91.00 ± 12.71 %" and cell(wide, "figure", "test/accuracy") == "70.00 %"
    )
    assert (
        cell(ada, "runs", "") == "2 seeds"
        and cell(failed, "runs", "") == "failed"
        and cell(failed, "figure", "test/accuracy") == ""
    )
    assert cell(ada, "tags", "") == "homework" and cell(wide, "filters", "") == "8,16"
    assert cell(ada, "seconds", "") == "6 s"


def test_what_has_no_figure_comes_last_whichever_way_one_sorts(entries):
    found = recipes(entries)
    order = {each.key: sorting(each, "figure", "test/accuracy") for each in found}
    assert order[4][0] == 1 and order[1][0] == 0
    assert sorted([1, 3], key=order.get) == [3, 1]


def test_further_seeds_are_the_same_for_all_and_first_fill_what_is_missing(entries):
    ada, _, failed = recipes(entries)  # seeds 0 and 1, and seed 0
    assert [(first.id, seed) for first, seed in further([ada, failed], 2)] == [(4, 1), (1, 2), (4, 2), (1, 3), (4, 3)]


def test_a_run_under_way_is_not_mixed_into_the_figure_and_one_seed_twice_is_one_seed():
    store = Store()
    trained(store, RunConfig("tiny"), 0.9)
    trained(store, RunConfig("tiny", seed=1), 0.8)
    trained(store, RunConfig("tiny", seed=1), 0.2, status="stopped")
    (group,) = recipes(Catalogue(store).entries())
    store.close()
    assert cell(group, "runs", "test/accuracy") == "3 runs, 2 seeds, 1 stopped"
    assert cell(group, "figure", "test/accuracy").startswith("85.00 ±")
    assert sorting(group, "figure", "test/accuracy")[1] == pytest.approx(0.85)
    assert cell(recipes(group.entries[2:])[0], "figure", "test/accuracy") == "20.00 %"  # alone it is shown
