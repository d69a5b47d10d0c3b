"""A sweep's plan: what is varied, which points come of it, and what is refused with a sentence."""

import math

import pytest

from core.config import RunConfig
from core.config.plan import Plan
from core.config.vary import Vary, parse
from core.errors import LabError

BASE = RunConfig("mnist", "r1-lenet", seed=7)


def plan(*varied: str, **more) -> Plan:
    return Plan(BASE, tuple(parse(each) for each in varied), **more)


def test_a_grid_tries_every_combination_the_last_knob_fastest():
    points = list(plan("batch_size=32,64", "lr=0.1,0.01,0.001").all_points())
    assert [(each["batch_size"], each["lr"]) for each in points] == [
        (32, 0.1), (32, 0.01), (32, 0.001), (64, 0.1), (64, 0.01), (64, 0.001)
    ]  # fmt: skip


def test_every_seed_of_a_point_is_another_run_and_differs_in_nothing_else():
    this = plan("batch_size=32,64", seeds=2)
    first, second = this.config({"batch_size": 32}, 0), this.config({"batch_size": 32}, 1)
    assert (first.seed, second.seed, first.batch_size) == (7, 8, 32)
    assert first == second.replace(seed=7) == BASE.replace(batch_size=32)
    assert (this.points, this.runs) == (2, 4)


def test_a_range_is_cut_into_values_evenly_apart_on_its_scale():
    assert parse("lr=1e-4..1e-1:log:4").values == (0.0001, 0.001, 0.01, 0.1)
    assert parse("dropout=0..0.4:3").values == (0.0, 0.2, 0.4)
    assert parse("batch_size=32..512:log:5").values == (32, 64, 128, 256, 512)


def test_a_whole_number_range_is_all_its_numbers():
    assert [each["epochs"] for each in plan("epochs=2..5").all_points()] == [2, 3, 4, 5]


def test_lists_of_lists_none_and_words_are_understood():
    assert parse("filters=8/16,16/32").values == ((8, 16), (16, 32))
    assert parse("dropout=none,0.5").values == (None, 0.5)
    assert parse("activation=relu,tanh,relu").values == ("relu", "tanh")


def test_random_points_are_different_lie_in_the_range_and_come_again_with_the_same_seed():
    this = plan("lr=1e-4..1e-1:log", sampler="random", trials=200)
    points = [each["lr"] for each in this.all_points()]
    assert len(points) == len(set(points)) == 200 and all(1e-4 <= each <= 1e-1 for each in points)
    assert points == [each["lr"] for each in this.all_points()]
    below = sum(each < math.sqrt(1e-4 * 1e-1) for each in points)
    assert 70 < below < 130, "as many below the middle of the scale as above it"


def test_random_points_of_a_list_never_come_twice():
    points = list(plan("batch_size=1..40", "epochs=1..40", sampler="random", trials=50).all_points())
    assert len({tuple(each.values()) for each in points}) == 50
    few = plan("batch_size=32,64,128", sampler="random", trials=20)
    assert few.points == 3 and len(list(few.all_points())) == 3


def test_a_hundred_thousand_points_are_counted_without_being_made():
    this = plan("batch_size=1..1000", "lr=1e-4..1e-1:log:100")
    assert (this.points, this.runs) == (100_000, 300_000)


def test_points_are_judged_on_held_out_pictures_where_there_are_any():
    assert plan("lr=0.1,0.01").metric == "test/accuracy"
    assert Plan(BASE.replace(holdout=0.1), (parse("lr=0.1,0.01"),)).metric == "val/accuracy"


def test_labels_name_the_knobs_only_where_there_are_several():
    assert plan("batch_size=32,64").label({"batch_size": 32}) == "32"
    assert plan("batch_size=32,64", "dropout=none,0.5").label({"batch_size": 32, "dropout": None}) == (
        "batch size 32 · dropout as the line"
    )


def test_a_plan_comes_back_from_json_as_it_was():
    this = plan("lr=1e-4..1e-1:log", "filters=8/16,16/32", sampler="tpe", trials=9, seeds=2, pruner="median")
    assert Plan.from_json(this.to_json()) == this


@pytest.mark.parametrize("text", ["", "{", "[]", '{"base": {}}', '{"base": {}, "varied": [3]}', "null"])
def test_a_damaged_plan_is_a_sentence(text: str):
    with pytest.raises(LabError, match="plan cannot be read"):
        Plan.from_json(text)


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("lr", "--vary is 'lr'; allowed: key=value"),
        ("lr=", "--vary is 'lr='; allowed"),
        ("ls=1,2", "The setting is 'ls', which does not exist."),
        ("lr=0.1,99", "lr is 99; allowed: 1e-07 to 10"),
        ("lr=0.1,fast", "lr is 'fast'; allowed"),
        ("lr=1e-1..1e-4:log", "its first end must be the smaller one"),
        ("lr=a..b", "allowed: two numbers such as 0.001..0.1"),
        ("lr=1e-4..1:lg", "ends with 'lg'; allowed: log, linear"),
        ("dropout=0..0.5:log", "a logarithmic range begins above 0"),
        ("activation=1..2", "activation has no range 1..2; list its values"),
        ("lr=1e-4..1e-1:log:1", "cut into 1 values; allowed: 2 to"),
        ("lr=1e-4..1e-1:99999999", "cut into 99999999 values; allowed: 2 to"),
        ("seed=1,2,3", "seed cannot be varied: seeds are not varied"),
        ("dataset=mnist,fashion", "dataset cannot be varied: accuracies on different pictures"),
    ],
)
def test_what_cannot_be_varied_is_said(text: str, sentence: str):
    with pytest.raises(LabError) as caught:
        parse(text)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "varied, more, sentence",
    [
        ([], {}, "Nothing is varied"),
        (["lr=0.1"], {}, "There is one point only"),
        (["lr=0.1,0.2", "lr=0.3,0.4"], {}, "lr is varied twice"),
        (["lr=0.1..0.2"], {}, "A grid needs values of lr, not the range 0.1..0.2"),
        (["lr=0.1,0.2"], {"sampler": "grit"}, "The sampler is 'grit', which does not exist. Did you mean 'grid'?"),
        (["lr=0.1,0.2"], {"pruner": "med"}, "The pruner is 'med'"),
        (["lr=0.1,0.2"], {"seeds": 0}, "The number of seeds is 0; allowed: 1 to 50"),
        (["lr=0.1,0.2"], {"seeds": 51}, "The number of seeds is 51"),
        (["lr=0.1..0.2"], {"sampler": "tpe", "trials": 0}, "The number of trials is 0; allowed: 1 and more"),
        (["epochs=1,2"], {"pruner": "median"}, "epochs cannot be varied with it"),
    ],
)
def test_what_is_no_plan_is_said(varied: list[str], more: dict, sentence: str):
    with pytest.raises(LabError) as caught:
        plan(*varied, **more)
    assert sentence in str(caught.value)


def test_a_recipe_without_an_accuracy_is_refused():
    with pytest.raises(LabError, match="judged by accuracy, which only a classifier has"):
        Plan(BASE.replace(kind="gan"), (parse("lr=0.1,0.2"),))


def test_a_knob_without_values_is_said():
    with pytest.raises(LabError, match="lr has no values"):
        Vary("lr")
