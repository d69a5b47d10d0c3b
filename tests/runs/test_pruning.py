"""Pruning: a hopeless run of a sweep ends early, says so, and counts as no result. And: which knob mattered."""

import math
import subprocess
import sys

import pytest

from core.config import RunConfig
from core.config.vary import parse
from core.paths import ROOT
from core.runs.brain import Past, importances, propose, prunes
from core.runs.outcome import outcome
from core.runs.store import Store
from tests.runs.small import work
from tests.runs.sweep_help import plan

GOOD = {1: 0.8, 2: 0.85, 3: 0.9}


def past(count: int, curve: dict[int, float] = GOOD) -> list[Past]:
    return [Past({"lr": 0.1}, "done", curve[max(curve)], curve) for _ in range(count)]


@pytest.mark.parametrize(
    "curve, ends", [({1: 0.1}, True), ({1: 0.82}, False), ({1: 0.1, 2: 0.3}, True), ({1: 0.1, 2: 0.86}, False)]
)
def test_the_median_ends_what_is_worse_than_half_of_the_finished_runs(curve: dict[int, float], ends: bool) -> None:
    this = plan("lr=0.1,0.2,0.3", pruner="median")
    assert prunes(this, curve, past(4)) is ends
    assert not prunes(this, curve, past(2)), "two finished runs do not say what is usual"


def test_halving_lets_the_better_third_go_on_after_1_and_3_epochs() -> None:
    this = plan("lr=0.1,0.2,0.3", pruner="halving")
    assert prunes(this, {1: 0.1}, past(4)) and not prunes(this, {1: 0.9}, past(4))
    assert not prunes(this, {1: 0.9, 2: 0.1}, past(4)), "nothing is decided between the rungs"
    assert prunes(this, {1: 0.9, 2: 0.1, 3: 0.2}, past(4))


def test_a_run_below_the_median_is_pruned_says_why_and_is_no_result(store: Store) -> None:
    sweep = store.add_sweep(plan("lr=0.011,0.012,0.01,1e-7", seeds=1, pruner="median"))
    assert [work(store) for _ in range(4)] == ["finished"] * 3 + ["stopped"]
    pruned = store.runs(sweep=str(sweep))[0]
    assert (pruned.reason, pruned.config.lr, pruned.epoch) == ("pruned", 1e-7, 1.0)
    assert pruned.weights_sha256, "what it learned so far is kept"
    (said,) = [event.text for event in store.events(pruned.id) if "Pruned" in event.text]
    assert said.startswith("Pruned after 1 epoch: test accuracy") and "below the median of" in said
    assert "The test set was looked at for this" in said
    now = outcome(store, sweep)
    assert (now.count("finished"), now.count("pruned")) == (3, 1)
    point = next(point for point in now.points if point.knobs == {"lr": 1e-7})
    assert point.measured is None and point.cells[0].said == "Pruned after epoch 1."


def test_held_out_pictures_are_looked_at_where_there_are_any(store: Store) -> None:
    from tests.runs.small import CONFIG

    base = CONFIG.replace(holdout=0.2)
    sweep = store.add_sweep(plan("lr=0.011,0.012,0.01,1e-7", base=base, seeds=1, pruner="median"))
    for _ in range(4):
        work(store)
    pruned = store.runs(sweep=str(sweep))[0]
    (said,) = [event.text for event in store.events(pruned.id) if "Pruned" in event.text]
    assert "accuracy on held-out pictures" in said and "test set" not in said


def test_the_other_seeds_of_a_pruned_point_are_not_trained(store: Store) -> None:
    sweep = store.add_sweep(plan("lr=0.011,0.012,0.01,1e-7", seeds=2, pruner="median"))
    for _ in range(4):
        work(store)
    first, second = next(p for p in outcome(store, sweep).points if p.knobs == {"lr": 1e-7}).cells
    assert first.state == second.state == "pruned"
    assert store.run(second.run).attempts == 0
    assert f"run {first.run}, the same point, was pruned" in store.events(second.run)[-1].text


def test_who_resumes_a_pruned_run_by_hand_gets_it_trained_to_its_end(store: Store) -> None:
    sweep = store.add_sweep(plan("lr=0.011,0.012,0.01,1e-7", seeds=1, pruner="median"))
    for _ in range(4):
        work(store)
    pruned = store.runs(sweep=str(sweep))[0].id
    store.ask(pruned, "resume")
    assert work(store) == "finished"
    assert outcome(store, sweep).count("finished") == 4


def test_a_run_without_a_sweep_or_of_a_sweep_that_is_gone_is_never_pruned(store: Store) -> None:
    from tests.runs.small import CONFIG

    for sweep in (None, "77", "by hand"):
        store.add(CONFIG, sweep=sweep)
        assert work(store) == "finished"


def test_a_sampler_finds_the_better_half_of_a_range_sooner_than_chance_would() -> None:
    this = plan("lr=1e-5..1:log", sampler="tpe", trials=30)
    seen: list[Past] = []
    for number in range(30):
        point = propose(this, seen, number)
        assert point is not None
        seen.append(Past(point, "done", -abs(math.log10(point["lr"]) + 2)))
    later = [abs(math.log10(each.knobs["lr"]) + 2) for each in seen[10:]]
    assert sum(away < 0.8 for away in later) > 10, "by chance about 6 of 20"
    assert [each.knobs for each in seen] == [each.knobs for each in seen if 1e-5 <= each.knobs["lr"] <= 1]


def test_lists_of_words_none_and_filters_can_be_asked_for() -> None:
    this = plan("activation=none,relu", "filters=8/16,4/8", "dropout=none,0.5", sampler="tpe", trials=50)
    seen: list[Past] = []
    while (point := propose(this, seen, len(seen))) is not None:
        this.config(point, 0)
        seen.append(Past(point, "pruned" if len(seen) % 2 else "done", 0.5))
    assert len({this.label(each.knobs) for each in seen}) == 8


def test_a_complete_grid_is_taken_apart_exactly() -> None:
    this = plan("lr=0.1,0.2,0.3", "batch_size=8,16,32")
    done = [Past(point, "done", 3 * point["lr"] + 0.01 * point["batch_size"]) for point in this.all_points()]
    found, said = importances(this, done)
    lr, batch = 9 * 0.02 / 3, 1e-4 * sum((n - 56 / 3) ** 2 for n in (8, 16, 32)) / 3  # variances of the two terms
    assert found == pytest.approx({"lr": lr / (lr + batch), "batch_size": batch / (lr + batch)})
    assert list(found) == ["lr", "batch_size"] and "complete grid" in said


def test_other_sweeps_are_judged_by_ped_anova_and_few_points_not_at_all() -> None:
    this = plan("lr=1e-4..1e-1:log", "dropout=0..0.5", sampler="random", trials=40)
    done = [Past(point, "done", -abs(math.log10(point["lr"]) + 2)) for point in this.all_points()]
    found, said = importances(this, done)
    assert found["lr"] > 0.8 and sum(found.values()) == pytest.approx(1) and "PED-ANOVA over 40 points" in said
    assert importances(this, done[:5]) == ({}, "5 points are finished; it takes 8 to say which knob mattered.")
    assert importances(plan("lr=0.1,0.2"), done)[0] == {}
    assert importances(this, [Past(each.knobs, "done", 0.5) for each in done])[0] == {}


def test_neither_a_page_nor_a_worker_imports_optuna_before_it_is_needed() -> None:
    code = (
        "import sys; import core.runs.worker, core.runs.engine, core.runs.outcome, core.runs.bets, core.cli.main; "
        "print(sorted({'optuna', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_a_base_config_of_another_dataset_is_left_as_it_is() -> None:
    assert plan(base=RunConfig("fashion")).config({"batch_size": 32}, 1).dataset == "fashion"
    assert parse("batch_size=32,64").text == "32, 64"
