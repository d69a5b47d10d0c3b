"""The Compare page: what is compared, what it says about it, and every kind of bad input as a sentence."""

import json

import pytest
from sqlalchemy import text, update

from core.config import RunConfig
from core.runs.catalogue import Catalogue
from core.runs.metrics import Point
from core.runs.recipes import named, recipes
from core.runs.store import Store
from core.runs.tables import meta, runs
from tests.pages.conftest import words
from ui.parts.compare_choice import numbers, written
from ui.parts.compare_curves import Taste
from ui.parts.compare_diff import marked
from ui.parts.compare_numbers import html

TINY = RunConfig("tiny", "r4-relu")


def trained(store: Store, config: RunConfig, accuracy: float | None, status: str = "finished", **more) -> int:
    """A run that ended with this test accuracy, or wrote nothing at all."""
    run = store.add(config, **more)
    if accuracy is not None:
        ids = store.name_ids(["test/accuracy", "train/loss"])
        points = [Point("test/accuracy", step, accuracy - 0.1 / step**2, step / 10) for step in range(1, 40)]
        points += [Point("test/accuracy", 40, accuracy, 4.0)]
        points += [Point("train/loss", step, 1 / step, step / 10) for step in range(1, 40)]
        with store.write() as connection:
            store.write_points(connection, run, points, ids)
    with store.write() as connection:
        done = dict(status=status, steps_per_epoch=10.0, step=40, steps_total=40, seconds=5.0 + run, device="CPU")
        connection.execute(update(runs).where(runs.c.id == run).values(done))
    return run


@pytest.fixture
def store():
    made = Store()
    yield made
    made.close()


@pytest.fixture
def pair(store):
    """Two recipes of three seeds each that differ for certain: runs 1-3 and 4-6."""
    for lr, mean in ((0.01, 0.95), (0.1, 0.80)):
        for seed in range(3):
            trained(store, TINY.replace(lr=lr, seed=seed), mean + 0.004 * seed + 0.001 * (lr == 0.1) * seed**2)
    return store


def warnings(at) -> str:
    return "\n".join(each.value for each in at.warning)


def components(block):
    """What the page's own components were given, as JSON."""
    proto = getattr(block, "proto", None)
    if type(proto).__name__ == "BidiComponent":
        yield proto.json if proto.HasField("json") else proto.mixed.json
    for child in getattr(block, "children", {}).values():
        yield from components(child)


def press(at, label: str):
    return next(button for button in at.button if button.label.startswith(label)).click().run()


def state(at, key):
    return at.session_state[key]


def test_an_empty_store_explains_itself_and_starts_a_first_comparison(open_page, no_workers, store):
    at = open_page("compare.py")
    assert not at.exception and "is it luck" in words(at)
    press(at, "Start this comparison")
    assert not at.exception
    made = store.runs()
    assert len(made) == 6 and {run.config.seed for run in made} == {0, 1, 2}
    assert {run.config.activation for run in made} == {"relu", "tanh"}
    assert all(run.config.dataset == "strokes-digits" for run in made)
    assert at.query_params["runs"] == ["1-6"] or at.query_params["runs"] == "1-6"
    assert "ensure" in no_workers and "6 runs are still under way" in words(at).replace("\\", "")


def test_a_link_compares_its_runs_and_says_which_recipe_is_better(open_page, pair):
    at = open_page("compare.py", runs="1-6")
    assert not at.exception and not at.warning
    said = words(at).replace("\\", "")
    assert "lr 0.01 is better than lr 0.1 by" in said and "(3 seeds each)" in said
    assert "**6 runs** of 2 recipes compared" in said


def test_nothing_chosen_offers_the_newest_recipes(open_page, pair):
    at = open_page("compare.py")
    assert "Tick two rows" in words(at)
    press(at, "Compare the newest 2 recipes")
    assert state(at, "compare-runs") == [1, 2, 3, 4, 5, 6]
    assert "is better than" in words(at)
    press(at, "Compare none")
    assert state(at, "compare-runs") == [] and "Tick two rows" in words(at)


def test_equal_recipes_get_no_winner_and_a_button_for_more_seeds(open_page, store):
    for lr, shift in ((0.01, 0.0), (0.1, 0.002)):
        for seed, luck in enumerate((0.0, 0.012, -0.008)):
            trained(store, TINY.replace(lr=lr, seed=seed), 0.9 + (luck if lr == 0.1 else -luck) + shift)
    at = open_page("compare.py", runs="1-6")
    said = words(at)
    assert "No real difference" in said and "is better" not in said
    at = open_page("compare.py", runs="1,4")
    assert "One seed each says nothing" in words(at)
    press(at, "Run 2 more seeds of each")
    new = store.runs(status="queued")
    assert sorted((run.config.lr, run.config.seed) for run in new) == [(0.01, 1), (0.01, 2), (0.1, 1), (0.1, 2)]
    assert len(state(at, "compare-runs")) == 6


def test_labels_put_right_get_no_further_seeds_which_would_have_other_pictures(open_page, store):
    game = TINY.replace(wrong_labels=0.1, train_size=40)
    trained(store, game, 0.8)
    trained(store, game.replace(fixed_labels="3:1,9:0"), 0.9)
    at = open_page("compare.py", runs="1,2", part="Differences")
    assert "Run 2 more" not in " ".join(each.label for each in at.button)
    said = words(at)
    assert "Labels put right belong to one seed" in said
    assert "no labels put right" in said and "2 labels put right" in said and "3:1" not in said


@pytest.mark.parametrize("part", ["Curves", "Knobs", "Time", "Differences", "Numbers"])
def test_every_view_draws_without_a_complaint(open_page, pair, part):
    at = open_page("compare.py", runs="1-6", part=part)
    assert not at.exception and not at.error and not at.warning
    if part == "Differences":
        assert "Learning rate" in words(at) and ">0.01<" in words(at)
    if part == "Time":
        assert "Worth their time" in words(at)


@pytest.mark.parametrize("plot", ["parallel", "slice", "contour", "importance"])
def test_every_plot_of_knobs_draws_with_many_knobs_and_says_what_it_lacks_with_one(open_page, pair, plot):
    at = open_page("compare.py", runs="1-6", part="Knobs", plot=plot)
    assert not at.exception and not at.error
    grid = [
        TINY.replace(lr=lr, batch_size=size, activation=kind)
        for lr in (0.1, 0.01)
        for size in (32, 64, 128)
        for kind in ("relu", "tanh")
    ]
    for config in grid:
        trained(pair, config, 0.9 + config.lr / 10 + config.batch_size / 1e4)
    at = open_page("compare.py", runs="7-18", part="Knobs", plot=plot)
    assert not at.exception and not at.error


def test_the_address_restores_figure_curves_axes_smoothing_and_view(open_page, pair):
    link = dict(
        runs="1-6",
        metric="train/loss",
        x="seconds",
        log="x,y",
        smooth="medium",
        figure="train/loss",
        value="best",
        by="run",
    )
    at = open_page("compare.py", **link)
    assert not at.exception
    assert state(at, "metric") == ["train/loss"] and state(at, "x") == "seconds" and state(at, "log") == ["x", "y"]
    assert state(at, "smooth") == "medium" and at.selectbox(key="figure").value == "train/loss"
    assert state(at, "by") == "run" and state(at, "value") == "best"
    for name, value in link.items():
        assert at.query_params[name] in (value, [value]), name


def test_every_chosen_metric_has_its_chart(open_page, store):
    run = trained(store, TINY, 0.9)
    wanted = ["train/loss", "test/accuracy", "train/accuracy", "test/loss", "lr"]
    ids = store.name_ids(wanted)
    with store.write() as connection:
        store.write_points(connection, run, [Point(name, 5, 0.5, 1.0) for name in wanted], ids)
    at = open_page("compare.py", runs=str(run), metric=",".join(wanted))
    given = next(json.loads(each) for each in components(at.main) if '"id": "lr"' in each or '"id":"lr"' in each)
    assert [panel["id"] for panel in given["panels"]] == wanted


def test_the_address_restores_search_filters_sorting_pins_and_columns(open_page, pair):
    link = {"search": "lr>0.05", "only-dataset": "tiny", "sort": "-lr", "pins": "4", "columns": "name,lr", "all": "yes"}
    at = open_page("compare.py", runs="1-6", **link)
    assert not at.exception
    assert at.text_input(key="compare-words").value == "lr>0.05" and state(at, "compare-only-dataset") == ["tiny"]
    assert state(at, "compare-sort") == ("lr", True) and state(at, "compare-pins") == {4}
    assert state(at, "compare-columns") == ["name", "lr"] and state(at, "compare-only") is False
    for name, value in link.items():
        assert at.query_params[name] in (value, [value]), name
    at.text_input(key="compare-words").set_value("").run()
    assert "search" not in at.query_params and at.query_params["sort"] in ("-lr", ["-lr"])


def test_a_followed_sweep_and_the_filter_of_sweeps_are_two_things(open_page, store):
    for sweep in ("7", "12"):
        for lr in (0.01, 0.1):
            trained(store, TINY.replace(lr=lr), 0.9, sweep=sweep)
    at = open_page("compare.py", sweep="12")
    assert state(at, "compare-runs") == [3, 4] and "only-sweep" not in at.query_params
    at = open_page("compare.py", **{"only-sweep": "7"})
    assert not at.exception and state(at, "compare-only-sweep") == ["7"]
    at.session_state["by"] = "run"
    at.run()
    assert not at.exception and at.query_params["only-sweep"] in ("7", ["7"])
    at = open_page("compare.py", sweep="99")
    assert not at.exception and "No run belongs to a sweep 99" in warnings(at)


def test_an_address_full_of_nonsense_shows_the_page(open_page, pair):
    at = open_page(
        "compare.py", runs="x,-3,1e9,2-1,,99999999999,4-", metric="<b>", x="1", log="z", part="?", sweep="", smooth="%"
    )
    assert not at.exception and not at.error
    at = open_page("compare.py", **{"only-net": "<b>", "sort": "-nobody", "pins": "a,,-", "columns": "?", "all": "5"})
    assert not at.exception and not at.error


def test_an_address_that_names_no_run_is_told(open_page, pair):
    at = open_page("compare.py", runs="abc")
    assert not at.exception and "asks for the runs 'abc'; allowed: numbers of runs" in warnings(at)


def test_a_sweep_in_the_address_compares_its_runs_and_follows_it(open_page, store):
    for lr in (0.01, 0.1):
        trained(store, TINY.replace(lr=lr), 0.9, sweep="7")
    trained(store, TINY, 0.9)
    at = open_page("compare.py", sweep="7")
    assert state(at, "compare-runs") == [1, 2]
    trained(store, TINY.replace(lr=0.5), 0.9, sweep="7")
    at.run()
    assert state(at, "compare-runs") == [1, 2, 4] and at.query_params["sweep"] in ("7", ["7"])
    assert not at.exception


def test_a_run_deleted_while_it_is_compared_is_said_and_the_others_stay(open_page, pair):
    at = open_page("compare.py", runs="1-6")
    pair.delete(2)
    at.run()
    assert not at.exception and "Run 2 is no longer there" in warnings(at)
    assert "is better than" in words(at)
    at.run()
    assert not at.warning  # said once: it is no longer chosen
    assert state(at, "compare-runs") == [1, 3, 4, 5, 6]


def test_runs_of_different_datasets_are_said_and_not_mixed(open_page, store):
    for data, mean in (("tiny", 0.9), ("tiny", 0.8), ("other", 0.7)):
        for seed in range(2):
            trained(store, TINY.replace(dataset=data, seed=seed, lr=mean), mean + seed / 1000)
    at = open_page("compare.py", runs="1-6")
    assert "different datasets (other, tiny)" in warnings(at)
    assert "**4 runs** of 2 recipes compared" in words(at) and "lr 0.7" not in words(at)
    at.session_state["data"] = "other"
    at.run()
    assert "**2 runs** compared" in words(at)


def test_a_half_written_run_is_told_from_the_others(open_page, pair):
    trained(pair, TINY.replace(lr=0.5), None, status="running")
    trained(pair, TINY.replace(lr=0.7), None, status="failed")
    trained(pair, TINY.replace(lr=0.7, seed=1), 0.5, status="stopped")
    at = open_page("compare.py", runs="1-9")
    assert not at.exception and "Run 8 has no points" in warnings(at)
    said = words(at).replace("\\", "")
    assert "1 run is still under way and not counted yet" in said and "1 run is stopped before the end" in said
    assert "1 run of lr 0.7 without a figure is left out" in said


def test_damaged_points_are_counted_and_said(open_page, pair):
    with pair.write() as connection:
        connection.execute(text("UPDATE metrics SET value = 'abc' WHERE run = 1 AND step IN (3, 4)"))
    at = open_page("compare.py", runs="1-6")
    assert not at.exception and "4 points of run 1 are no numbers" in warnings(at)
    assert "is better than" in words(at)


def test_damaged_settings_and_figures_leave_the_page_whole(open_page, pair):
    with pair.write() as connection:
        connection.execute(update(runs).where(runs.c.id == 6).values(config='{"lr":'))
        connection.execute(text("UPDATE figures SET last = 'x' WHERE run = 5"))
    for part in ("Curves", "Knobs", "Differences", "Numbers"):
        at = open_page("compare.py", runs="1-6", part=part)
        assert not at.exception, part
        assert "Run 6 has damaged settings" in warnings(at)


def test_a_store_of_a_newer_version_is_refused_with_a_sentence(open_page, store):
    with store.write() as connection:
        connection.execute(update(meta).values(value="999"))
    at = open_page("compare.py", runs="1")
    assert not at.exception
    assert "written by a newer Inkling" in at.error[0].value


def test_too_many_runs_are_said(open_page, store):
    row = dict(name="r", status="finished", config=TINY.to_json(), config_key="k", batch=1, created=0.0)
    with store.write() as connection:
        connection.execute(runs.insert(), [{**row, "config": TINY.replace(seed=seed).to_json()} for seed in range(400)])
    at = open_page("compare.py", runs="1-400")
    assert not at.exception and "400 runs are chosen; the newest 300" in warnings(at)


def test_other_peoples_runs_need_the_teacher_code_and_nothing_is_deleted_by_halves(open_page, pair, monkeypatch):
    monkeypatch.setenv("LAB_TEACHER_CODE", "owl")
    trained(pair, TINY.replace(lr=0.3), 0.9, owner="Ada")
    at = open_page("compare.py", runs="6,7")
    at.session_state["visitor"] = "Ada"
    at.session_state["compare-with"] = True
    at.run()
    at.checkbox(key="compare-sure").check().run()
    press(at, "Delete")
    assert "teacher code is missing" in at.error[0].value and len(pair.runs()) == 7
    at.text_input(key="compare-code").set_value("owl").run()
    press(at, "Delete")
    assert [run.id for run in pair.runs()] == [5, 4, 3, 2, 1]
    assert state(at, "compare-runs") == []


def test_tags_are_added_to_all_compared_runs_and_removed_again(open_page, pair):
    at = open_page("compare.py", runs="1,4")
    at.session_state["compare-with"] = True
    at.run()
    at.text_input(key="compare-add-tag").set_value("lesson 3").run()
    assert {run.id for run in pair.runs() if "lesson 3" in run.tags} == {1, 4}
    at.selectbox(key="compare-drop-tag").select("lesson 3").run()
    assert not at.exception and not any(run.tags for run in pair.runs())


def test_numbers_of_an_address_there_and_back():
    assert numbers("1-3,7") == [1, 2, 3, 7] and written([7, 3, 2, 1]) == "1-3,7"
    assert numbers("a,5,,3-x") == [3, 5] and written([]) == ""
    assert len(numbers("1-999999999")) <= 10_001


def test_layers_that_the_other_network_lacks_stand_out():
    assert (
        marked("conv 8 3x3 | relu | linear 10", "conv 8 3x3 | tanh | linear 10")
        == "conv 8 3x3 | <b>relu</b> | linear 10"
    )


def test_the_page_to_take_along_has_verdict_table_and_curves_in_the_colours_of_the_page(pair):
    groups = named(recipes(Catalogue(pair).entries()))
    places = {group.first.recipe: place for place, group in enumerate(groups)}
    wanted = Taste(("test/accuracy",), "seconds", (), "light")
    page = html(groups, "test/accuracy", False, False, wanted, places, places)
    assert "lr 0.01 is better than lr 0.1 by" in page and "<td>lr 0.1</td>" in page
    assert page.count("#007eb2") >= 2 and page.count("#d56800") >= 2 and "seconds of training" in page
