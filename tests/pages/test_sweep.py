"""Sweeps on the Train page: from Vary… to a bet, a board that fills, a verdict and a score."""

import pytest
from sqlalchemy import text

from core.config import RunConfig
from core.runs import bets, sweeping
from core.runs.store import Store
from tests.pages.conftest import words
from tests.runs.helpers import claimed
from tests.runs.sweep_help import finish, finish_all, plan

BASE = RunConfig("strokes-digits", "r1-lenet", 1)


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


def labels(at):
    return [button.label for button in at.button]


def vary(open_page, **more):
    at = open_page("train.py", **more)
    at.session_state["vary"] = True
    return at.run()


def test_the_form_is_filled_in_says_what_it_costs_and_starts_a_sweep_that_waits_for_bets(open_page):
    at = vary(open_page)
    assert at.selectbox(key="vary-knob").value == "batch_size"
    assert at.text_input(key="vary-values-batch_size").value == "32, 64, 128, 256, 400"
    assert "**15 runs** :gray[(5 points × 3 seeds)]" in words(at) and "is known after the first run" in words(at)
    press(at, "Start sweep")
    assert not at.exception
    store = Store()
    (sweep,) = store.sweeps()
    assert sweep.status == "betting" and store.runs() == [] and at.query_params["sweep"] == "1"
    assert [trial.knobs["batch_size"] for trial in store.trials(1)][::3] == [32, 64, 128, 256, 400]
    assert (
        sweep.plan.base == sweep.plan.base.replace(dataset="strokes-digits", net="r1-lenet") and sweep.plan.seeds == 3
    )
    assert "Bet first" in words(at) and "15 runs wait" in words(at)


def test_without_bets_a_sweep_is_queued_at_once_and_needs_a_worker(open_page, no_workers):
    at = vary(open_page)
    at.selectbox(key="vary-knob").select("activation").run()
    at.multiselect(key="vary-values-activation").set_value(["relu", "tanh"]).run()
    at.number_input(key="vary-seeds").set_value(2).run()
    assert "**4 runs**" in words(at)
    at.toggle(key="vary-bet").set_value(False).run()
    no_workers.clear()
    press(at, "Start sweep")
    assert Store().counts() == {"queued": 4} and "ensure" in no_workers
    assert "0 of 4 runs" in words(at)


def test_values_typed_just_before_the_press_are_what_is_swept(open_page):
    at = vary(open_page)
    at.text_input(key="vary-values-batch_size").set_value("16, 48")
    press(at, "Start sweep")
    assert not at.exception
    assert [trial.knobs["batch_size"] for trial in Store().trials(1)][::3] == [16, 48]
    assert "Start sweep" not in labels(at) and at.query_params["sweep"] == "1"
    at.run()
    assert len(Store().sweeps()) == 1


def test_values_that_cannot_be_swept_start_nothing_then_or_later(open_page):
    at = vary(open_page)
    at.text_input(key="vary-values-batch_size").set_value("many")
    press(at, "Start sweep")
    assert Store().sweeps() == [] and not at.exception
    at.text_input(key="vary-values-batch_size").set_value("16, 48").run()
    assert Store().sweeps() == []


def test_the_sidebar_opens_the_same_form(open_page):
    at = open_page("train.py")
    assert "Start sweep" not in labels(at)
    press(at, "Vary a knob…")
    assert "Start sweep" in labels(at)


def test_known_runs_are_counted_and_give_the_estimate(open_page):
    at = open_page("train.py")
    store = Store()
    from core.config import PRESETS

    base = PRESETS["r1-lenet"].config.replace(dataset="strokes-digits")
    store.add(base.replace(batch_size=32, seed=0))
    finish(store, 0.9)
    with store.write() as connection:
        connection.execute(text("UPDATE runs SET started = finished - 17"))
    at.session_state["vary"] = True
    at.run()
    assert "**15 runs**, about 4 minutes" in words(at)
    assert "1 of them is known already" in words(at)


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("32, many", "batch_size is 'many'; allowed"),
        ("32, 99999", "batch_size is 99999; allowed: 1 to 8192"),
        ("32", "There is one point only"),
        ("", "allowed: key=value"),
        ("1..8192", "8,192 points with 3 seeds each: 24,576 runs"),
        ("64..32", "its first end must be the smaller one"),
    ],
)
def test_values_that_make_no_sweep_are_explained_and_cannot_be_started(open_page, typed: str, sentence: str):
    at = vary(open_page)
    at.text_input(key="vary-values-batch_size").set_value(typed).run()
    assert not at.exception and any(
        sentence in each.value.replace("whole number from ", "").replace("a 1", "1") for each in at.error
    )
    assert next(button for button in at.button if button.label == "Start sweep").disabled
    assert Store().sweeps() == []


def test_every_knob_can_be_varied_with_what_is_filled_in(open_page):
    at = open_page("train.py")
    at.toggle(key="beginner").set_value(False)
    at.session_state["vary"] = True
    at.run()
    for name in at.selectbox(key="vary-knob").options:
        knob = next(each for each in at.selectbox(key="vary-knob").proto.options if each == name)
        at.selectbox(key="vary-knob").select_index(at.selectbox(key="vary-knob").options.index(knob)).run()
        said = [each.value for each in at.error if "net" not in each.value and "conv" not in each.value]
        assert not at.exception and not said, (name, said)


def test_a_second_knob_a_search_and_pruning_are_there_for_those_who_know(open_page):
    at = open_page("train.py")
    at.toggle(key="beginner").set_value(False)
    at.session_state["vary"] = True
    at.run()
    at.selectbox(key="vary-second").select("lr").run()
    at.text_input(key="vary-values-lr").set_value("0.001..0.1:log").run()
    assert "grid" not in at.selectbox(key="vary-sampler").proto.options
    at.selectbox(key="vary-sampler").select("tpe").run()
    at.number_input(key="vary-trials").set_value(6).run()
    at.selectbox(key="vary-pruner").select("median").run()
    at.toggle(key="vary-bet").set_value(False).run()
    press(at, "Start sweep")
    assert not at.exception
    sweep = Store().sweep(1)
    assert (sweep.plan.sampler, sweep.plan.trials, sweep.plan.pruner, sweep.status) == ("tpe", 6, "median", "running")
    assert Store().runs() == [], "the worker thinks of the first point, not the page"


def test_bets_are_placed_by_name_and_shown_only_when_they_are_closed(open_page):
    store = Store()
    store.add_sweep(plan("batch_size=32,64", base=BASE), betting=True)
    at = open_page("train.py", sweep="1")
    at.text_input(key="bettor-1").set_value("Ada").run()
    press(at, "Place bet")
    assert "There is no bet yet" in at.error[0].value
    at.button_group(key="bet-1").set_value("64").run()
    press(at, "Place bet")
    assert [(bet.bettor, bet.winner) for bet in bets.placed(store, 1)] == [("Ada", "64")]
    assert at.success[0].value == "Ada bets on 64."
    other = open_page("train.py", sweep="1")  # another visitor, or the same after a reload
    assert "1 bet: Ada." in words(other) and "| Ada |" not in words(other)
    press(other, "Start training")
    assert store.counts() == {"queued": 4} and "Bet first" in words(other), "open until the first result"
    finish(store, 0.9)
    other.run()
    assert "Closed: the first result is in" in words(other) and "| Ada | 64 |" in words(other)
    assert "Place bet" not in labels(other)


def test_a_bet_that_comes_too_late_is_a_sentence(open_page):
    store = Store()
    store.add_sweep(plan("batch_size=32,64", base=BASE))
    at = open_page("train.py", sweep="1")
    at.button_group(key="bet-1").set_value("64").run()
    finish(store, 0.9)
    next(button for button in at.button if button.label == "Place bet").click().run()
    assert "Bets are closed: the first result is in" in at.error[0].value and bets.placed(store, 1) == []


def test_the_board_says_how_far_it_is_and_the_end_brings_verdict_and_score(open_page):
    store = Store()
    sweep = store.add_sweep(plan("batch_size=16,32,64", base=BASE, seeds=3), betting=True)
    bets.place(store, sweep, "Ada", "64", {"16": 0.2, "32": 0.4, "64": 0.6})
    bets.place(store, sweep, "Bob", "16")
    store.start_sweep(sweep)
    finish(store, 0.161)
    claimed(store)
    at = open_page("train.py", sweep=str(sweep))
    assert "1 of 9 runs · 1 training" in words(at) and "Stop" in labels(at)
    store.settle(held(store), "failed", error="It diverged.")
    finish_all(store, lambda config: config.batch_size / 100 + 0.001 * config.seed)
    sweeping.tend(store)
    at.run()
    said = words(at)
    assert not at.exception and "finished" in said and "9 of 9 runs · 1 failed" in said
    assert "64 is the best of 3" in said and "**2** · right; sketch" in said and "**0** · it was 64" in said
    assert "Judged by test accuracy" in said and "Judged on the test set" in said
    press(at, "Try 1 again")
    assert store.counts()["queued"] == 1


def held(store):
    from core.runs.claims import Claim

    run = store.runs(status="running")[0]
    return Claim(run.id, run.attempts, run.config_json, run.name, run.preset, None)


def test_no_winner_is_named_where_seeds_disagree_and_more_seeds_are_one_click_away(open_page):
    store = Store()
    sweep = store.add_sweep(plan("batch_size=32,64", base=BASE, seeds=3))
    luck = {(32, 0): 0.90, (64, 0): 0.93, (32, 1): 0.95, (64, 1): 0.96, (32, 2): 0.92, (64, 2): 0.92}
    finish_all(store, lambda config: luck[config.batch_size, config.seed])
    sweeping.tend(store)
    at = open_page("train.py", sweep=str(sweep))
    assert "No real difference" in words(at)
    more = next(label for label in labels(at) if "more seed" in label)
    press(at, more)
    assert store.sweep(sweep).status == "running" and store.counts()["queued"] >= 2
    assert store.sweep(sweep).plan.seeds > 3


def test_stop_go_on_and_delete(open_page):
    store = Store()
    sweep = store.add_sweep(plan("batch_size=32,64", base=BASE))
    done = finish(store, 0.9)
    at = open_page("train.py", sweep=str(sweep))
    press(at, "Stop")
    assert store.sweep(sweep).status == "stopped" and [run.id for run in store.runs()] == [done]
    assert "1 of 4 runs" in words(at)
    press(at, "Go on")
    assert store.sweep(sweep).status == "running" and store.counts() == {"finished": 1, "queued": 3}
    press(at, "Stop")
    at.session_state[f"more-sweep-{sweep}"] = True
    at.run()
    at.checkbox(key=f"sure-sweep-{sweep}").set_value(True).run()
    press(at, "Delete")
    assert not at.exception and store.sweeps() == [] and store.runs() == [] and "sweep" not in at.query_params


def test_somebody_elses_sweep_is_deleted_with_the_teachers_code_only(open_page, monkeypatch):
    monkeypatch.setenv("LAB_TEACHER_CODE", "chalk")
    store = Store()
    sweep = store.add_sweep(plan("batch_size=32,64", base=BASE), owner="Ada")
    store.stop_sweep(sweep)
    at = open_page("train.py", sweep=str(sweep))
    at.session_state[f"more-sweep-{sweep}"] = True
    at.run()
    at.checkbox(key=f"sure-sweep-{sweep}").set_value(True).run()
    press(at, "Delete")
    assert "The teacher code is missing. Sweep 1 is Ada's" in at.error[0].value and store.sweeps()
    at.text_input(key=f"code-sweep-{sweep}").set_value("chalk").run()
    press(at, "Delete")
    assert store.sweeps() == []


def test_a_run_leads_to_its_sweep_and_a_sweep_back_to_the_runs(open_page):
    store = Store()
    sweep = store.add_sweep(plan("batch_size=32,64", base=BASE))
    run = finish(store, 0.9)
    at = open_page("train.py", run=str(run))
    press(at, f"Sweep {sweep}")
    assert at.query_params["sweep"] == str(sweep) and "run" not in at.query_params and "1 of 4 runs" in words(at)
    at.session_state[f"more-sweep-{sweep}"] = True
    at.run()
    press(at, "Back to the runs")
    assert "sweep" not in at.query_params and "batch\\_size 32, seed 0" in words(at)


def test_earlier_sweeps_are_in_the_menu(open_page):
    store = Store()
    assert "Sweeps" not in words(open_page("train.py"))
    for values in ("batch_size=32,64", "lr=0.1,0.2"):
        store.add_sweep(plan(values, base=BASE))
    at = open_page("train.py")
    at.session_state["sweeps"] = True
    at.run()
    press(at, "1 · batch size 32, 64 (running)")
    assert at.query_params["sweep"] == "1"


@pytest.mark.parametrize("link", ["99", "abc", "-1"])
def test_a_link_to_a_sweep_that_is_gone_is_no_traceback(open_page, link):
    at = open_page("train.py", sweep=link)
    assert not at.exception
    if link == "99":
        assert "Sweep 99 does not exist" in at.error[0].value and "Your first run" in words(at)


def test_a_corrupt_plan_is_a_sentence(open_page):
    store = Store()
    store.add_sweep(plan("batch_size=32,64", base=BASE))
    with store.write() as connection:
        connection.execute(text("UPDATE sweeps SET plan = '{'"))
    at = open_page("train.py", sweep="1")
    assert not at.exception and "plan cannot be read" in at.error[0].value


def test_a_run_deleted_while_its_sweep_is_open_is_counted_and_can_be_made_again(open_page):
    store = Store()
    sweep = store.add_sweep(plan("batch_size=32,64", base=BASE))
    finish_all(store, 0.9)
    sweeping.tend(store)
    at = open_page("train.py", sweep=str(sweep))
    store.delete(store.runs()[0].id)
    at.run()
    assert not at.exception and "1 deleted" in words(at)
    press(at, "Try 1 again")
    assert store.counts() == {"finished": 3, "queued": 1}


def test_what_a_browser_sends_as_a_sketch_is_checked():
    from ui.components.sweep_chart import sketched

    assert sketched({"sketch": {"a": 0.5, "b": 1}}, ["a", "b"]) == {"a": 0.5, "b": 1.0}
    for bad in (
        None,
        {},
        {"sketch": None},
        {"sketch": {"a": 0.5}},
        {"sketch": {"a": 2, "b": 0}},
        {"sketch": {"a": "x", "b": 0}},
    ):
        assert sketched(bad, ["a", "b"]) == {}
