"""The results file and the verb reproduce: what was measured is kept, found again, and never made up."""

import dataclasses
import json
import math
from pathlib import Path

import pytest

from core.cli.main import main
from core.config import RunConfig
from core.config.experiment import Claim, Experiment, Row
from core.config.experiments import EXPERIMENTS
from core.errors import LabError
from core.look.reproduced import Record, standing
from core.runs import measured
from core.runs.store import Store
from tests.runs.small import work, write_npz

NET = "conv 4 3x3 | relu | pool 2 | flatten | linear classes"
BASE = RunConfig("tiny", NET, epochs=3, batch_size=32, lr=0.01, schedule="constant", precision="fp32", snapshots=1)
SMALL = Experiment(
    "small",
    "R9",
    "A small one",
    "Rates.",
    "Everything.",
    (Row("slow", "slow", BASE.replace(lr=1e-4), 0.6, seconds=60.0), Row("quick", "quick", BASE, 0.9)),
    (Claim("quick beats slow", "quick", "slow"),),
)


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny dataset, one more experiment, and nothing shipped."""
    write_npz(tmp_path / "data")
    monkeypatch.setenv("LAB_DATA", str(tmp_path / "data"))
    monkeypatch.setitem(EXPERIMENTS, "small", SMALL)
    monkeypatch.setattr("core.paths.shipped", lambda: tmp_path / "shipped")


def said(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0):
    capsys.readouterr()
    assert main(["reproduce", *words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def record(**knobs) -> Record:
    config = BASE.replace(**knobs)
    return Record(config, (0.5, 0.61234, 0.7), (0.4, 0.5, 0.6), 12.34, "2026-01-01", "2 × a CPU", 3.21)


def test_records_come_back_from_their_file_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "new" / "results.json"
    assert measured.shipped(file) == ()
    measured.keep([record(), record(seed=1)], file)
    back = measured.shipped(file)
    assert {each.seed for each in back} == {0, 1}
    assert back[0].accuracy == (0.5, 0.6123, 0.7) and back[0].load == 3.2 and back[0].machine == "2 × a CPU"
    assert back[0].config.replace(seed=0) == BASE


def test_epochs_without_a_test_stay_without_a_figure(tmp_path: Path) -> None:
    store, file = Store(), tmp_path / "results.json"
    run = store.add(BASE.replace(epochs=5, test_every=2), "seldom tested")
    assert work(store, run=run) == "finished"
    measured.keep([measured.record(store, store.run(run))], file)
    back = measured.shipped(file)[0].accuracy
    assert [math.isnan(each) for each in back] == [True, False, True, False, False]
    assert "NaN" not in file.read_text()  # no JSON reader but Python's knows that word


def test_the_same_run_again_takes_the_place_of_the_older_one(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    measured.keep([record()], file)
    again = Record(BASE, (0.9, 0.9, 0.9), (), 1.0, "2026-02-02", "x")
    measured.keep([again], file)
    assert [each.accuracy for each in measured.shipped(file)] == [(0.9, 0.9, 0.9)]


@pytest.mark.parametrize("text", ["", "[]", '{"records": [{}]}', '{"records": [{"config": {"lr": "x"}}]}', "{"])
def test_a_damaged_results_file_is_refused_with_a_sentence(text: str, tmp_path: Path, capsys) -> None:
    file = tmp_path / "results.json"
    file.write_text(text)
    with pytest.raises(LabError, match="is no list of measured runs"):
        measured.shipped(file)
    assert main(["reproduce", "small", "--record", str(file)]) == 2
    assert "is no list of measured runs" in capsys.readouterr().err
    assert file.read_text() == text, "nothing of it is overwritten"


def test_reproduce_trains_each_row_and_prints_it_beside_the_report(capsys, tmp_path: Path) -> None:
    value = said(capsys, "small", "--seeds", "2", "--record", str(tmp_path / "r.json"))
    slow, quick = value["rows"]
    assert value["complete"] and not value["quick"]
    assert (slow["reported"], slow["reported_seconds"], slow["epochs"], slow["of_epochs"]) == (0.6, 60.0, 3, 3)
    store = Store()
    runs = store.runs()
    assert len(runs) == 4 and all(run.status == "finished" and run.tags == ("small",) for run in runs)
    by_id = {run.id: run.result["test/accuracy"] for run in runs}
    assert quick["measured"] == pytest.approx(sum(by_id[run] for run in quick["runs"]) / 2)
    assert set(quick["seeds"]) == {"0", "1"} and quick["half"] is not None
    assert value["claims"][0]["verdict"] in ("holds", "noise")
    kept = measured.shipped(tmp_path / "r.json")
    assert len(kept) == 4 and all(len(each.accuracy) == len(each.train) == 3 for each in kept)


def test_what_is_done_is_not_done_again(capsys, tmp_path: Path) -> None:
    first = said(capsys, "small")
    again = said(capsys, "small", "--record", str(tmp_path / "r.json"))
    assert len(Store().runs()) == 2
    assert [row["measured"] for row in again["rows"]] == [row["measured"] for row in first["rows"]]
    assert len(measured.shipped(tmp_path / "r.json")) == 2, "runs of the store are recorded, too"
    for run in Store().runs():
        Store().delete(run.id)
    third = said(capsys, "small", "--record", str(tmp_path / "r.json"))
    assert not Store().runs() and third["complete"], "nor what stands in the results file"


def test_the_first_epochs_of_a_longer_row_are_not_trained_anew(capsys, monkeypatch) -> None:
    first = Row("first", "its first epochs", BASE.replace(epochs=2), 0.8)
    monkeypatch.setitem(EXPERIMENTS, "small", dataclasses.replace(SMALL, rows=(first, SMALL.row("quick")), claims=()))
    value = said(capsys, "small")
    (run,) = Store().runs()
    assert run.config.epochs == 3 and value["complete"]
    beginning, whole = value["rows"]
    assert (beginning["epochs"], beginning["runs"]) == (2, whole["runs"]) == (2, [run.id])
    curve = Store().curves([run.id], ("test/accuracy",))[run.id]["test/accuracy"]
    assert beginning["measured"] == float(curve.values[1])


def test_a_quick_run_is_said_to_be_one(capsys) -> None:
    value = said(capsys, "small", "--quick", "--row", "quick")
    assert value["quick"] and [row["row"] for row in value["rows"]] == ["quick"]
    assert value["rows"][0]["of_epochs"] == 2
    assert Store().runs()[0].config.train_size == 10_000
    capsys.readouterr()
    assert main(["reproduce", "small", "--quick", "--row", "quick"]) == 0
    assert "quick: shortened" in capsys.readouterr().out


def test_fewer_epochs_are_said_and_judged_as_such(capsys) -> None:
    value = said(capsys, "small", "--epochs", "2", "--row", "quick")
    assert (value["rows"][0]["epochs"], value["rows"][0]["of_epochs"], value["rows"][0]["agrees"]) == (2, 3, None)


def test_when_the_minutes_are_over_the_run_pauses_and_the_same_command_goes_on(capsys, monkeypatch) -> None:
    from core.runs import foreground

    whole = foreground.train

    def hurried(store, run, watch=None, tools=None, seconds=None):
        return whole(store, run, watch, tools, 0.01 if seconds is not None else None)

    monkeypatch.setattr(foreground, "train", hurried)
    value = said(capsys, "small", "--row", "quick", "--minutes", "9")
    (run,) = Store().runs()
    assert run.status == "paused" and not value["complete"]
    monkeypatch.setattr(foreground, "train", whole)
    value = said(capsys, "small", "--row", "quick")
    assert [each.id for each in Store().runs()] == [run.id] and value["complete"]


def test_the_list_has_reported_and_measured(capsys) -> None:
    said(capsys, "small", "--row", "quick")
    listed = {each["experiment"]: each for each in said(capsys)}
    assert set(listed) == set(EXPERIMENTS)
    rows = {row["row"]: row for row in listed["small"]["rows"]}
    assert rows["quick"]["measured"] is not None and rows["slow"]["measured"] is None
    assert listed["r3-ladder"]["rows"][0]["reported"] == 0.3359
    assert listed["r0-gan"]["missing"]
    capsys.readouterr()
    assert main(["reproduce"]) == 0
    assert "not measured" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["r9"], "The experiment is 'r9'"),
        (["small", "--row", "fast"], "The row is 'fast'"),
        (["small", "--seeds", "0"], "--seeds is 0; allowed: 1 to 100"),
        (["small", "--seeds", "two"], "--seeds"),
        (["small", "--minutes", "-1"], "--minutes is -1.0"),
        (["small", "--epochs", "0"], "--epochs is 0"),
        (["small", "--quick", "--record"], "--record is for whole recipes"),
        (["r0-gan"], "r0-gan cannot be run from here"),
        (["r1-own-digits"], "draw your own on the Draw page"),
        (["--quick"], "EXPERIMENT is missing"),
    ],
)
def test_a_wrong_wish_gets_one_line(words: list[str], expected: str, capsys) -> None:
    assert main(["reproduce", *words]) == 2
    error = capsys.readouterr().err
    assert expected in error and error.count("\n") == 1
    assert not Store().runs()


def test_a_run_that_fails_is_no_measurement(capsys, monkeypatch) -> None:
    def broken(*more, **knobs):
        raise RuntimeError("the machine is on fire")

    from core.runs import foreground
    from tests.runs.small import tools

    monkeypatch.setattr(foreground, "real", lambda slot: tools(fit=broken))
    assert main(["reproduce", "small", "--row", "quick"]) == 2
    assert "on fire" in capsys.readouterr().err


def test_a_run_that_diverges_is_a_measurement(capsys, monkeypatch) -> None:
    wild = Row("wild", "wild", BASE.replace(lr=10.0, optimiser="sgd", momentum=0.99, scale="raw", epochs=3), 0.16)
    monkeypatch.setitem(EXPERIMENTS, "small", Experiment("small", "R9", "t", "c", "a", (wild,)))
    assert main(["reproduce", "small", "--json"]) in (0, 2)
    run = Store().runs()[0]
    if run.reason == "diverged":
        found = measured.own(Store(), [wild])
        stood = standing(wild, found)
        assert stood.diverged == len(found)


def test_own_runs_of_other_recipes_are_left_out() -> None:
    store = Store()
    store.add(BASE.replace(lr=0.5))
    assert measured.own(store, SMALL.rows) == []


def test_the_shipped_file_says_when_where_and_with_what(monkeypatch) -> None:
    monkeypatch.undo()
    for each in measured.shipped():
        assert each.made.startswith("20") and each.machine and each.seconds > 0
        tested = [value for value in each.accuracy if not math.isnan(value)]
        assert len(each.accuracy) <= each.config.epochs and all(0 <= value <= 1 for value in tested)
        assert len(tested) >= len(each.accuracy) // each.config.test_every and not math.isnan(each.accuracy[-1])


def test_every_shipped_run_belongs_to_a_row(monkeypatch) -> None:
    monkeypatch.undo()
    from core.config.experiment import task

    rows = [row for each in EXPERIMENTS.values() for row in each.all_rows if row.config is not None]
    tasks = {task(row.config)[0] for row in rows}
    strays = [each.config.changed() for each in measured.shipped() if task(each.config)[0] not in tasks]
    assert not strays, "a recipe was changed after it was measured: measure it again"


def test_the_raw_file_holds_its_own_key() -> None:
    for row in json.loads((Path(__file__).parents[2] / "checkpoints" / "reports.json").read_text())["records"]:
        assert row["epochs"] == len(row["accuracy"])
        assert RunConfig.from_dict(row["config"]).seed == row["seed"]


def test_curves_measured_aside_are_read_or_refused(tmp_path: Path) -> None:
    folder = tmp_path / "shipped"
    folder.mkdir()
    assert measured.aside("nothing") == {}
    (folder / "x.json").write_text('{"accuracy": {"once": {"a row": [0.5, 1]}}}')
    assert measured.aside("x") == {"once": {"a row": (0.5, 1.0)}}
    for broken in ('{"accuracy": [1]}', '{"accuracy": {"once": [0.5]}}', "{"):
        (folder / "x.json").write_text(broken)
        with pytest.raises(LabError, match="holds no measured curves"):
            measured.aside("x")
