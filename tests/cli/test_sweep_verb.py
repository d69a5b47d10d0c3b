"""The verb sweep: a plan from words, mistakes as one line, and a sweep watched to its end."""

import json
import subprocess
import sys

import pytest

from core.paths import ROOT
from core.runs import engine, sweeping
from core.runs.store import Store
from tests.cli.test_main import LIGHT, told
from tests.runs.sweep_help import finish

WORDS = ["sweep", "--preset", "r1-lenet", "--set", "dataset=strokes-digits", "--set", "epochs=1"]


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Store]:
    """No worker processes: the asking for them is written down."""
    found: list[Store] = []
    monkeypatch.setattr(engine, "ensure_workers", found.append)
    return found


def test_a_grid_is_queued_with_its_seeds_and_a_worker_is_started(capsys, asked) -> None:
    status, out, _ = told(
        capsys, *WORDS, "--vary", "batch_size=32,64", "--vary", "lr=0.1,0.01", "--seeds", "2", "--json"
    )
    value = json.loads(out)
    store = Store()
    assert (status, value["status"], value["runs"], value["done"], len(asked)) == (0, "running", 8, 0, 1)
    assert len(store.runs(sweep=str(value["id"]))) == 8 and store.sweep(value["id"]).plan.base.epochs == 1
    assert value["estimate_seconds"] is None and value["winner"] is None


def test_a_range_is_searched_by_tpe_and_the_flags_reach_the_plan(capsys) -> None:
    words = ["--vary", "lr=1e-4..1e-1:log", "--trials", "7", "--prune", "--seeds", "1"]
    assert told(capsys, *WORDS, *words)[0] == 0
    assert told(capsys, *WORDS, *words[:4], "--prune", "halving", "--sampler", "random")[0] == 0
    second, first = (each.plan for each in Store().sweeps())
    assert (first.sampler, first.trials, first.pruner, first.seeds) == ("tpe", 7, "median", 1)
    assert (second.sampler, second.pruner, second.seeds, second.runs) == ("random", "halving", 3, 21)


@pytest.mark.parametrize(
    "words, sentence",
    [
        ([], "Nothing is varied"),
        (["--vary", "lr"], "--vary is 'lr'; allowed: key=value"),
        (["--vary", "ls=1,2"], "The setting is 'ls'"),
        (["--vary", "lr=1,99"], "lr is 99; allowed: 1e-07 to 10"),
        (["--vary", "lr=0.1,0.2", "--sampler", "grit"], "Did you mean 'grid'?"),
        (["--vary", "lr=0.1..0.2", "--sampler", "grid"], "A grid needs values of lr"),
        (["--vary", "lr=0.1,0.2", "--seeds", "0"], "The number of seeds is 0; allowed: 1 to 50"),
        (["--vary", "lr=0.1..0.2", "--trials", "0"], "The number of trials is 0"),
        (["--vary", "lr=0.1,0.2", "--prune", "often"], "The pruner is 'often'"),
        (["--vary", "lr=0.1,0.2", "--set", "dataset=mnits"], "dataset is 'mnits'"),
        (["--vary", "net=r1-lenet,conv 5"], "conv 5"),
        (
            ["--vary", "batch_size=1..1000", "--vary", "lr=1e-4..1:log:100"],
            "100,000 points with 3 seeds each: 300,000 runs",
        ),
        (["--vary", "lr=0.1,0.2", "--seeds", "many"], "argument --seeds: invalid int value"),
    ],
)
def test_a_mistake_is_one_line_and_exit_status_2(capsys, words: list[str], sentence: str) -> None:
    status, out, err = told(capsys, *WORDS, *words, "--json")
    assert (status, out) == (2, "") and err.count("\n") == 1 and sentence in err
    assert Store().runs() == [] and Store().sweeps() == [], "nothing was queued"


def worker(monkeypatch: pytest.MonkeyPatch, value) -> None:
    """Each time a worker is asked for, one run ends."""

    def one(store: Store) -> None:
        if store.counts().get("queued"):
            finish(store, value)
        sweeping.tend(store)

    monkeypatch.setattr(engine, "ensure_workers", one)
    monkeypatch.setattr("core.cli.sweep.POLL", 0.0)


def test_watching_prints_a_line_for_every_run_and_ends_with_the_verdict(capsys, monkeypatch) -> None:
    worker(monkeypatch, lambda config: config.batch_size / 100 + 0.001 * config.seed)
    words = [*WORDS, "--vary", "batch_size=32,64", "--watch"]
    status, out, err = told(capsys, *words)
    assert status == 0 and err.count("finished") == 6 and "6 of 6" in err and "64  run" in err
    assert "is finished: 6 of 6 runs finished" in out and "64  64.10% ± 0.25  (3 seeds)" in out
    assert "64 is better than 32" in out
    status, out, err = told(capsys, *words, "--json")  # again: everything is known
    value = json.loads(out)
    assert value["reused"] == 6 and value["winner"] == "64" and err.count("was there before") == 6
    assert len(Store().runs()) == 6


def test_a_sweep_of_which_nothing_finished_is_exit_status_1(capsys, monkeypatch) -> None:
    from tests.runs.helpers import claimed

    def one(store: Store) -> None:
        if store.counts().get("queued"):
            store.settle(claimed(store), "failed", error="It diverged.")
        sweeping.tend(store)

    monkeypatch.setattr(engine, "ensure_workers", one)
    monkeypatch.setattr("core.cli.sweep.POLL", 0.0)
    status, out, err = told(capsys, *WORDS, "--vary", "lr=0.1,0.2", "--seeds", "1", "--watch", "--json")
    assert (status, json.loads(out)["failed"]) == (1, 2) and "no run of sweep 1 finished" in err


def test_its_help_and_its_mistakes_need_no_torch_and_no_optuna() -> None:
    code = LIGHT.replace('"plotly"', '"plotly", "optuna"')
    for words in (["sweep", "--help"], [*WORDS, "--vary", "lr=99,1"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert "heavy: []" in done.stderr, done.stderr
