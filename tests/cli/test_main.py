"""The command line: shapes, exit statuses, one line for a mistake, and no torch where none is needed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.main import VERBS, main, plain
from core.config import RunConfig
from core.paths import ROOT
from core.runs.claims import Holder
from core.runs.processes import myself
from core.runs.store import Store

LIGHT = """
import sys
from core.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
heavy = sorted({"torch", "torchvision", "streamlit", "pandas", "plotly"} & set(sys.modules))
print("heavy:", heavy, file=sys.stderr)
"""


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit status, stdout, stderr."""
    try:
        status = main(list(words))
    except SystemExit as end:
        status = int(end.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.parametrize("words", [["--help"], ["status", "--json"], ["train", "--help"], ["status", "--help"]])
def test_light_verbs_do_not_import_torch(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT, *words], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "heavy: []" in done.stderr, done.stderr
    assert done.stdout


def test_status_has_the_promised_shape(capsys: pytest.CaptureFixture[str]) -> None:
    store = Store()
    run, waiting = store.add(RunConfig(), "mine"), store.add(RunConfig(), "next")
    me = myself(0)
    assert store.claim(me, run) is not None
    status, out, _ = told(capsys, "status", "--json")
    value = json.loads(out)
    assert status == 0 and out.count("\n") == 1
    assert {"device", "precision", "datasets", "checkpoints", "runs"} <= set(value)
    assert set(value["datasets"].values()) <= {"ready", "downloadable", "absent"} and "strokes" in value["datasets"]
    assert value["runs"][1] == {
        "id": run, "name": "mine", "status": "running", "pid": me.pid, "host": me.host, "epoch": 0.0, "seconds": 0.0
    }  # fmt: skip
    assert (value["runs"][0]["id"], value["runs"][0]["pid"]) == (waiting, None)


def test_status_never_calls_a_dead_run_running(capsys: pytest.CaptureFixture[str]) -> None:
    store, me = Store(), myself(0)
    run = store.add(RunConfig())
    assert store.claim(Holder(me.pid, me.born - 1000, me.host, 0), run) is not None
    value = json.loads(told(capsys, "status", "--json")[1])
    assert value["runs"][0]["status"] == "queued" and value["runs"][0]["pid"] is None


def test_status_is_readable_without_json(capsys: pytest.CaptureFixture[str]) -> None:
    store = Store()
    store.add(RunConfig(), "mine")
    status, out, _ = told(capsys, "status")
    assert status == 0 and "Device" in out and "mine" in out and "queued" in out
    assert "{" not in out


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["trian"], "The verb is 'trian', which does not exist. Did you mean 'train'?"),
        ([], "There is no verb. Allowed: status, train"),
        (["train"], "the following arguments are required: --preset"),
        (["train", "--preset", "r1-lnet"], "The preset is 'r1-lnet', which does not exist. Did you mean 'r1-lenet'?"),
        (["train", "--preset", "r1-lenet", "--set", "lr=99"], "lr is 99; allowed: 1e-07 to 10."),
        (["train", "--preset", "r1-lenet", "--set", "lr"], "--set is 'lr'; allowed: key=value"),
        (["train", "--preset", "r1-lenet", "--set", "ls=1"], "The setting is 'ls', which does not exist."),
        (["train", "--preset", "r1-lenet", "--set", "dataset=mnits"], "dataset is 'mnits'"),
        (["train", "--preset", "r1-lenet", "--set", "net=conv 5"], "conv 5"),
        (["train", "--preset", "r1-lenet", "--frobnicate"], "unrecognized arguments: --frobnicate"),
        (["status", "--limit", "many"], "argument --limit: invalid int value: 'many'"),
        (["bench", "stoer"], "The bench is 'stoer', which does not exist. Did you mean 'store'?"),
    ],
)
@pytest.mark.parametrize("json_too", [False, True])
def test_a_mistake_is_one_line_and_exit_status_2(
    capsys: pytest.CaptureFixture[str], words: list[str], sentence: str, json_too: bool
) -> None:
    status, out, err = told(capsys, *words, *(["--json"] if json_too and words else []))
    assert (status, out) == (2, "") and err.count("\n") == 1 and sentence in err
    assert Store().runs() == [], "nothing was queued"


def test_train_queues_a_run_and_starts_a_worker(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.runs import engine

    asked: list[Store] = []
    monkeypatch.setattr(engine, "ensure_workers", asked.append)
    words = ["train", "--preset", "r1-lenet", "--set", "lr=0.02", "dataset=strokes", "--set", "seed=3", "--json"]
    status, out, _ = told(capsys, *words)
    value = json.loads(out)
    run = Store().run(value["id"])
    assert (status, value["status"], run.status, len(asked)) == (0, "queued", "queued", 1)
    assert (run.config.lr, run.config.dataset, run.config.momentum, run.preset) == (0.02, "strokes", 0.5, "r1-lenet")
    assert run.config.seed == 3, "knobs may stand behind one --set or behind several"
    assert value["config"] == run.config.to_dict() and value["checkpoint"] is None


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Words that train a tiny net on a tiny dataset."""
    from tests.runs.small import write_npz

    write_npz(tmp_path / "data")
    monkeypatch.setenv("LAB_DATA", str(tmp_path / "data"))
    line = "net=flatten | linear 8 | relu | linear classes"
    return ["train", "--preset", "r1-lenet", "--set", "dataset=tiny", "--set", line, "--set", "epochs=2", "--watch"]


def test_train_watch_gives_the_finished_run(capsys: pytest.CaptureFixture[str], tiny: list[str]) -> None:
    from core.nets import checkpoint

    values = []
    for _ in range(2):
        status, out, err = told(capsys, *tiny, "--json")
        assert status == 0 and "test accuracy" in err
        values.append(json.loads(out))
    value, again = values
    assert {"id", "name", "status", "config", "metrics", "seconds", "checkpoint", "weights_sha256"} <= set(value)
    assert value["status"] == "finished" and value["metrics"]["test/accuracy"] > 0.5 and value["seconds"] > 0
    tensors, card = checkpoint.read(Path(value["checkpoint"]))
    assert checkpoint.weights_sha256(tensors) == value["weights_sha256"] == card.weights_sha256
    assert again["weights_sha256"] == value["weights_sha256"] and again["id"] != value["id"]
    assert again["metrics"]["test/loss"] == value["metrics"]["test/loss"]


def test_a_failed_run_is_told_and_the_exit_status_is_1(
    capsys: pytest.CaptureFixture[str], tiny: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.data import registry
    from core.errors import LabError

    def fails(name: str, progress: object) -> None:
        raise LabError("The file is cut short.")

    monkeypatch.setattr(registry, "load", fails)
    status, out, err = told(capsys, *tiny, "--json")
    value = json.loads(out)
    assert (status, value["status"], value["error"]) == (1, "failed", "The file is cut short.")
    assert "failed: The file is cut short." in err and "Traceback" not in err


def test_what_a_library_prints_does_not_get_between_the_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.cli import status as verb

    monkeypatch.setattr(verb, "run", lambda _told: print("noise") or {"a": float("nan")})
    status, out, err = told(capsys, "status", "--json")
    assert (status, out, err) == (0, '{"a": null}\n', "noise\n")


def test_numbers_that_json_does_not_have_become_null() -> None:
    assert plain({"a": (1.0, float("inf")), 2: Path("x")}) == {"a": [1.0, None], "2": "x"}


def test_every_verb_has_a_file_with_its_functions(capsys: pytest.CaptureFixture[str]) -> None:
    files = {path.stem for path in (ROOT / "core" / "cli").glob("*.py")} - {"__init__", "main", "verb"}
    assert files == set(VERBS)
    for verb in VERBS:
        status, out, _ = told(capsys, verb, "--help")
        assert status == 0 and "--json" in out


def test_every_verb_is_documented() -> None:
    page = (ROOT / "docs" / "cli.md").read_text()
    for verb in VERBS:
        assert f"python -m core {verb}" in page, verb


def test_a_trunk_that_is_not_there_is_refused_before_anything_is_queued(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, said = told(capsys, "train", "--preset", "r1-greek", "--set", "trunk=nonsense")
    assert status == 2 and "The trunk is 'nonsense'" in said and "\n" not in said.strip()
    assert Store().runs() == []
