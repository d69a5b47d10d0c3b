"""What the reports claim: every figure is there, and every recipe is one that can run."""

import pytest

from core.config import PRESETS, RunConfig
from core.config.experiment import Experiment, Row, longest, quick, task
from core.config.experiments import EXPERIMENTS, REPORTS, experiment
from core.errors import LabError

CLAIMS = {  # experiment -> accuracies in hundredths, in the order of the report
    "r0-mnist": [98.86],
    "r0-lr": [93, 97, 97.88, 96.24],
    "r0-batch": [98.25, 98, 97.7, 97.64, 97.44],
    "r0-activation": [98.12, 97.82, 85.8],
    "r0-cifar": [90, 80],
    "r0-gan": [None],
    "r1-net": [None],
    "r1-own-digits": [90],
    "r1-greek": [80],
    "r1-dropout": [97, 96, 96, 96, 95],
    "r1-kernel": [96, 96],
    "r1-batch": [96, 94, 94, 92, 92],
    "r1-animals": [91.49],
    "r2-table1": [97.96, 11.35, 99.12, 99.09, 99.12, 97.81],
    "r2-table2": [65.39, 70.51, 67.18, 63.7, 50.8],
    "r2-augment": [72.66, 72.78],
    "r2-finetune": [85.91],
    "r3-ladder": [33.59, 39.32, 41.05, 40.89, 64.32, 69.03, 52.31, 25.87, 16.07, 45.52],
    "r4-nets": [84, 84, 91],
}
SECONDS = {
    "r0-lr": [408, 405, 382, 398],
    "r0-batch": [394, 358, 353, 368, 354],
    "r0-activation": [406, 401, 407],
    "r0-cifar": [660, None],
    "r0-gan": [2400],
    "r1-animals": [5 * 2904],
    "r3-ladder": [5108, 4652, 4655, 4702, 5019, 5956, 4931, 4286, 5291, 4591],
}
FURTHER = {
    ("r0-gan", "gan"): {"discriminator right on real": 0.98, "generator fools it": 0.10},
    ("r1-net", "lenet"): {"parameters": 21840},
    ("r1-greek", "greek"): {"frozen": 21330, "trainable": 153, "pictures": 27, "train accuracy": 1.0, "loss": 0.8956},
    ("r1-animals", "animals"): {"train accuracy": 0.9279, "parameters": 58858762, "trainable": 527114},
    ("r1-dropout", "dropout-0.3"): {"before training": 0.12},
    ("r1-dropout", "dropout-0.6"): {"before training": 0.06},
    ("r1-kernel", "kernel-4"): {"before training": 0.07},
    ("r1-batch", "batch-80"): {"before training": 0.12},
    ("r4-nets", "linear"): {"train, lowest": 0.79, "train, highest": 0.90},
    ("r4-nets", "tinyvgg"): {"train, lowest": 0.78, "train, highest": 0.93},
}


def test_every_experiment_of_the_reports_is_there_and_no_other() -> None:
    assert list(EXPERIMENTS) == list(CLAIMS)
    assert {each.report for each in EXPERIMENTS.values()} == set(REPORTS)


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claimed_accuracy_is_there(name: str) -> None:
    found = [row.accuracy for row in EXPERIMENTS[name].reported]
    assert found == [None if value is None else pytest.approx(value / 100) for value in CLAIMS[name]]


@pytest.mark.parametrize("name", SECONDS)
def test_every_claimed_time_is_there(name: str) -> None:
    assert [row.seconds for row in EXPERIMENTS[name].reported] == SECONDS[name]


@pytest.mark.parametrize(("name", "row"), FURTHER)
def test_what_else_a_report_says_is_there(name: str, row: str) -> None:
    said = EXPERIMENTS[name].row(row).said
    assert dict(said) == FURTHER[name, row]


def test_ranges_of_report_4_have_both_ends() -> None:
    rows = EXPERIMENTS["r4-nets"].reported
    assert [(row.low, row.accuracy) for row in rows] == [(0.80, 0.84), (0.80, 0.84), (0.84, 0.91)]
    assert EXPERIMENTS["r4-nets"].chance == 0.1


RECIPES = {  # what the reports give of their recipes
    ("r1-dropout", "dropout-0.7"): {"dropout": 0.7, "batch_size": 40},
    ("r1-kernel", "kernel-4"): {"kernel": 4, "dropout": 0.5, "batch_size": 40},
    ("r1-batch", "batch-120"): {"batch_size": 120, "dropout": 0.5},
    ("r2-table1", "run-2"): {"optimiser": "asgd", "lr": 0.001, "epochs": 10, "net": "r2-mnist-1"},
    ("r2-table1", "run-5"): {"optimiser": "sgd", "lr": 0.01, "momentum": 0.9, "epochs": 20, "net": "r2-mnist-2"},
    ("r2-table2", "run-4"): {"epochs": 50, "momentum": 0.9, "net": "r2-cifar-3", "dataset": "cifar10"},
    ("r3-ladder", "3.2"): {"epochs": 300, "lr": 0.001, "batch_size": 64, "shuffle": False, "scale": "centred"},
    ("r3-ladder", "4.E"): {"net": "r3-4e", "lr": 0.001, "momentum": 0.0},
    ("r3-ladder", "5.A"): {"batch_size": 256, "shuffle": False},
    ("r3-ladder", "5.B"): {"lr": 0.1, "batch_size": 64},
    ("r3-ladder", "5.C"): {"shuffle": True, "lr": 0.001},
    ("r0-lr", "lr-1e-2"): {"lr": 0.01},
    ("r0-batch", "batch-400"): {"batch_size": 400},
}


@pytest.mark.parametrize(("name", "row"), RECIPES)
def test_a_row_has_the_recipe_that_its_report_gives(name: str, row: str) -> None:
    config = EXPERIMENTS[name].row(row).config
    assert config is not None
    for knob, value in RECIPES[name, row].items():
        assert getattr(config, knob) == value


@pytest.mark.parametrize("each", EXPERIMENTS.values(), ids=lambda each: each.name)
def test_an_experiment_is_whole(each: Experiment) -> None:
    names = [row.name for row in each.all_rows]
    assert len(names) == len(set(names))
    assert each.claim and each.assumed
    assert each.ours is None or each.ours in PRESETS
    assert {name for claim in each.claims for name in (claim.better, claim.worse)} <= set(names)
    if any(row.config is None for row in each.reported):
        assert each.missing, "what cannot be run says why"
    for row in each.runnable:
        assert row.config is not None
        from core.nets.rewrite import rewrite

        rewrite(row.config.net, row.config)


def test_a_quick_run_is_shorter_and_smaller_but_else_the_same() -> None:
    config = EXPERIMENTS["r3-ladder"].row("3.2").config
    assert config is not None
    short = quick(config)
    assert (short.epochs, short.train_size) == (30, 10_000)
    assert short.replace(epochs=300, train_size=0) == config
    assert quick(config.replace(epochs=1)).epochs == 1


def test_runs_of_one_recipe_are_one_task_whatever_their_seed() -> None:
    config = RunConfig(schedule="constant", epochs=30)
    assert task(config.replace(seed=5, snapshots=3))[0] == task(config)[0]
    assert task(config.replace(epochs=10)) == (task(config)[0], 10)  # the beginning of the same run
    assert task(config.replace(lr=0.5))[0] != task(config)[0]
    falling = config.replace(schedule="one-cycle")
    assert task(falling.replace(epochs=10))[0] != task(falling)[0]  # its rate falls sooner: another run


def test_the_first_epochs_of_another_row_need_no_run_of_their_own() -> None:
    table = EXPERIMENTS["r2-table2"]
    assert [row.name for row in table.runnable if row not in longest(table.runnable)] == ["run-2"]  # run 3 goes on
    rates = EXPERIMENTS["r0-batch"]
    assert longest(rates.runnable) == list(rates.runnable)


def test_an_unknown_name_is_refused_with_a_guess() -> None:
    with pytest.raises(LabError, match=r"Did you mean 'r1-dropout'"):
        experiment("r1-dropuot")
    with pytest.raises(LabError, match="The row is 'x'"):
        experiment("r1-dropout").row("x")


def test_our_own_recipe_is_the_last_row() -> None:
    assert EXPERIMENTS["r0-mnist"].all_rows[-1] == Row(
        "ours", PRESETS["mnist-best"].title, PRESETS["mnist-best"].config, probe=True, about=PRESETS["mnist-best"].about
    )


def test_the_page_in_docs_is_what_the_results_say() -> None:
    from core.paths import ROOT
    from docs.make_reports import page

    assert (ROOT / "docs" / "reports.md").read_text() == page(), "run `python -m docs.make_reports`"


def test_what_the_cards_explain_is_in_the_shipped_runs() -> None:
    from core.look.reproduced import standing
    from core.runs.measured import shipped

    def first(name: str, row: str) -> float:
        found = standing(EXPERIMENTS[name].row(row), shipped())
        return found.records[0].accuracy[0]

    assert first("r3-ladder", "rate") > 0.3359, "one epoch passes what the report reached after 300"
    from core.runs.measured import aside

    curves = aside("softmax-twice")
    once, twice = curves["one softmax"], curves["two softmaxes"]
    default, dropout, norm = "3.2 default", "4.D dropout 0.3", "4.E batch norm"
    assert twice[default][-1] < 0.3359 < once[default][-1], "slowness alone does not end where the report did"
    assert abs(twice[default][-1] - 0.3359) < 0.015, "and a second softmax ends there"
    assert once[norm][-1] == max(values[-1] for values in once.values()), "batch norm helps a net that runs"
    assert abs(once["5.C shuffled"][-1] - once[dropout][-1]) < 0.01, "shuffling changes nothing"
    assert first("r2-table1", "run-2") > 0.5, "ASGD learns from the first epoch on"


def test_the_figure_of_report_2_for_asgd_is_the_share_of_ones(lab_data) -> None:
    from core.data import registry

    if registry.state("mnist") != "ready":
        pytest.skip("needs MNIST")
    digits = registry.load("mnist").y_test
    assert int((digits == 1).sum()) == 1135 and len(digits) == 10_000
