"""Exported code: a plain script in a process of its own gives the very numbers that the lab logged."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from core.config import PRESETS, RunConfig
from core.data import registry
from core.errors import LabError
from core.paths import ROOT
from core.runs import exporting
from core.runs.store import Store
from core.train import script
from core.train.device import settle
from core.train.facts import Ended
from core.train.fit import fit
from tests.runs.small import work, write_npz

NET = "conv 4 3x3 p1 | bn | relu | pool 2 | res 6 s2 gelu | gmp | dropout 0.3 | linear 8 | relu | linear classes"
BASE = {"epochs": 3, "batch_size": 20}
MUON = {"optimiser": "muon", "nesterov": True}

RECIPES = {
    "the defaults, and a last picture that joins the batch before": RunConfig("grey", NET, **BASE),
    "muon, averaging, decay, smoothing, crop, flip, cutout": RunConfig(
        "colour",
        f"mirror | {NET}",
        crop=2,
        flip=True,
        cutout=4,
        average=0.9,
        weight_decay=0.01,
        label_smoothing=0.1,
        **MUON,
        **BASE,
    ),
    "mixed pictures alone, in two parts": RunConfig("colour", NET, cutmix=0.6, accumulate=2, **BASE),
    "mixed and growing with muon": RunConfig(
        "colour",
        f"mirror p1 | {NET}",
        cutmix=0.3,
        grow=0.3,
        crop=1,
        label_smoothing=0.1,
        **MUON,
        **(BASE | {"epochs": 6}),
    ),
    "every augmentation, nesterov, cosine, clipping": RunConfig(
        "colour",
        "conv 4 3x3 same | leaky | avgpool 2 | res 4 plain | flatten | linear classes",
        rotate=10,
        zoom=0.1,
        shear=5,
        shift=0.1,
        brightness=0.2,
        contrast=0.2,
        saturation=0.2,
        sharpness=0.3,
        flip=True,
        optimiser="sgd",
        nesterov=True,
        schedule="cosine",
        lr=0.005,
        clip=1.0,
        **BASE,
    ),
    "growing pictures, seldom tested": RunConfig(
        "colour",
        "mirror p1 | conv 16 3x3 | bn | relu | gmp | linear classes",
        grow=0.5,
        test_every=3,
        lr=0.05,
        **MUON,
        **BASE,
    ),
    "no shuffling, asgd, stairs, held-out pictures, batches in parts": RunConfig(
        "grey",
        "flatten | linear 10 | tanh | linear classes",
        shuffle=False,
        scale="centred",
        optimiser="asgd",
        schedule="step",
        step_every=2,
        holdout=0.1,
        train_size=150,
        lr=0.1,
        accumulate=2,
        **BASE,
    ),
    "adam, raw pixels, early stop": RunConfig(
        "grey",
        NET,
        optimiser="adam",
        schedule="constant",
        scale="raw",
        dropout=0.1,
        shift=0.1,
        sharpness=0.2,
        precision="fp32",
        early_stop=1,
        stop_accuracy=0.99,
        holdout=0.2,
        weight_decay=0.01,
        **BASE,
    ),
    "1x1 convolutions with strides, one with a margin": RunConfig(
        "colour",
        "conv 8 3x3 p1 | bn | relu | conv 12 1x1 s2 | relu | conv 12 1x1 s2 p1 g2 | bn | relu | gmp | linear classes",
        lr=0.05,
        **MUON,
        **BASE,
    ),
    "no warm-up, a scale at the end, unit pixels": RunConfig(
        "grey", f"{NET} | scale 0.5", scale="unit", average=0.5, warmup=0.0, lr=0.02, **MUON, **BASE
    ),
}


def pictures(folder: Path, name: str, count: int, shape: tuple[int, ...]) -> None:
    """Three classes: where the bright patch is. Noisy enough that no recipe gets everything right."""
    luck = np.random.default_rng(0)
    y = luck.integers(0, 3, count + 90)
    x = luck.integers(0, 120, (count + 90, *shape)).astype(np.uint8)
    for each, label in zip(x, y, strict=True):
        each[2 + 3 * label : 6 + 3 * label, 3:9] += 40
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / f"{name}.npz", x_train=x[:count], y_train=y[:count], x_test=x[count:], y_test=y[count:])


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("LAB_DATA", str(folder))
    pictures(folder, "grey", 201, (12, 12))
    pictures(folder, "colour", 200, (12, 14, 3))
    settle()
    return folder


def logged(config: RunConfig) -> tuple[float, float]:
    """Test loss and accuracy of the lab's own training."""
    *_, end = fit(config, registry.load(config.dataset), torch.device("cpu"))
    assert isinstance(end, Ended)
    return end.values["test/loss"], end.values["test/accuracy"]


def told(code: str, folder: Path) -> tuple[str, float]:
    """The last epoch's line and the accuracy that a script prints, in a process that knows nothing of the lab."""
    file = folder / "script.py"
    file.write_text(code)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(file)], capture_output=True, text=True, cwd=folder, env=environment
    )
    assert done.returncode == 0, done.stderr
    *_, epoch, last = done.stdout.strip().splitlines()
    return epoch, float(last.split(";")[0].removeprefix("test accuracy "))


@pytest.mark.parametrize("name", RECIPES)
def test_the_script_gives_the_logged_numbers_to_the_last_digit(name: str, data: Path, tmp_path: Path) -> None:
    loss, accuracy = logged(RECIPES[name])
    assert 0.34 < accuracy < 1  # a figure that another run would hardly give
    code = exporting.written(RECIPES[name], "a run", accuracy)
    epoch, found = told(code, tmp_path)
    assert found == accuracy
    assert f"loss {loss:.4f}" in epoch
    assert f"Inkling logged {accuracy!r}" in code


def test_the_notebook_runs_cell_by_cell_to_the_same_number(data: Path, tmp_path: Path) -> None:
    config = RECIPES["muon, averaging, decay, smoothing, crop, flip, cutout"]
    book = json.loads(exporting.written(config, "a run", None, "ipynb"))
    assert book["nbformat"] == 4 and len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    assert book["cells"][0]["cell_type"] == "markdown"
    cells = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    for cell in cells:
        compile(cell, "cell", "exec")
    assert told("\n".join(cells), tmp_path)[1] == logged(config)[1]


def test_the_script_holds_only_what_its_run_needs(data: Path) -> None:
    plain = exporting.written(RunConfig("grey", "flatten | linear classes", schedule="constant", **BASE), "a run", None)
    for word in (
        "Muon",
        "augmented",
        "average",
        "Residual",
        "def rate",
        "core.",
        "import math",
        "manual_seed(SEED)  # what",
    ):
        assert word not in plain
    assert "import core" not in plain and "Inkling logged" not in plain
    full = exporting.written(RECIPES["muon, averaging, decay, smoothing, crop, flip, cutout"], "a run", None)
    for word in ("class Muon", "def augmented", "def cutout", "def follow", "class Residual", "def rate"):
        assert word in full
    assert "def affine" not in full and "def mixed" not in full


@pytest.mark.parametrize("name", RECIPES)
def test_the_script_reads_well(name: str, data: Path) -> None:
    lines = exporting.written(RECIPES[name], "a run", 0.5).splitlines()
    assert max(map(len, lines)) <= 140
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize(
    "preset",
    [name for name, each in PRESETS.items() if each.config.dataset == "mnist" and each.config.kind == "classifier"],
)
def test_every_digit_preset_has_a_script(preset: str) -> None:
    from core.train.script_data import Source

    digits = Source("mnist", Path("data"), None, 3, False, tuple("0123456789"), (1, 28, 28), 60_000, (0.13,), (0.31,))
    sections = script.parts(PRESETS[preset].config, digits, bf16=True)
    code = script.python("x", [], sections, None)
    compile(code, preset, "exec")
    assert "torchvision.datasets.MNIST" in code and "import torchvision" in code


def test_pictures_of_the_lab_that_lie_in_torchvisions_layout_are_read_by_torchvision(lab_data: Path) -> None:
    if not (lab_data / "MNIST" / "raw").is_dir():
        pytest.skip("needs MNIST/raw")
    assert exporting.source("mnist").file is None


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (RunConfig("grey", "flatten | linear classes", stop_seconds=5), "stop_seconds is 5"),
        (RunConfig("colour", "resize 32 | resnet18"), "`resize 32`"),
    ],
)
def test_what_a_script_cannot_follow_is_refused_with_a_sentence(config: RunConfig, said: str, data: Path) -> None:
    with pytest.raises(LabError, match="cannot be exported as code") as refused:
        exporting.written(config, "a run", None)
    assert said in str(refused.value) and "llowed:" in str(refused.value)


def test_a_knob_that_scripts_do_not_know_is_refused_by_its_name(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "UNDERSTOOD", script.UNDERSTOOD - {"cutout"})
    with pytest.raises(LabError, match=r"Cutout \(cutout\)"):
        exporting.written(RunConfig("grey", "flatten | linear classes", cutout=3), "a run", None)


def test_drawings_of_the_class_are_refused_because_they_change(data: Path) -> None:
    from core.data.registry import offer  # noqa: F401

    with pytest.raises(LabError, match="lives in this lab only"):
        exporting._file("class-drawings")


@pytest.fixture
def done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Store, int]:
    """A finished run of the tiny set, in the home's own store."""
    monkeypatch.setenv("LAB_DATA", str(tmp_path / "data"))
    write_npz(tmp_path / "data")
    from tests.runs.small import CONFIG

    store = Store()
    number = store.add(CONFIG, 'a "run" of """mine"""')
    assert work(store) == "finished"
    return store, number


def verb(*words: str) -> tuple[int, str]:
    """Exit status and stderr of `python -m core export`."""
    done = subprocess.run(
        [sys.executable, "-m", "core", "export", *words], capture_output=True, text=True, cwd=ROOT, env=dict(os.environ)
    )
    return done.returncode, done.stderr


def test_a_run_of_the_store_is_exported_in_every_format(done: tuple[Store, int], tmp_path: Path) -> None:
    store, number = done
    run = store.run(number)
    accuracy = told(exporting.code(run), tmp_path)[1]
    assert accuracy == run.result["test/accuracy"]
    rows = list(csv.DictReader(io.StringIO(exporting.table(store, run))))
    tests = [row for row in rows if row["metric"] == "test/accuracy"]
    assert len(tests) == run.config.epochs and float(tests[-1]["value"]) == pytest.approx(accuracy)
    assert exporting.weights(run).stat().st_size > 100


def test_the_verb_writes_files_and_says_where(done: tuple[Store, int], tmp_path: Path) -> None:
    number = str(done[1])
    for kind in ("py", "csv", "safetensors", "ipynb"):
        out = tmp_path / f"out.{kind}"
        assert verb(number, "--format", kind, "--out", str(out)) == (0, "")
        assert out.stat().st_size > 100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("99", "--format", "py", "--out", "x.py"), "Run 99 does not exist"),
        (("one", "--format", "py", "--out", "x.py"), "RUN is 'one'"),
        (("1", "--format", "pdf", "--out", "x"), "--format is 'pdf'"),
        (("1", "--format", "py", "--out", "/no/such/folder/x.py"), "a file in a folder that exists"),
        (("1", "--format", "onnx", "--out", "x.onnx"), "onnx"),
        (("1", "--format", "tensorboard", "--out", "x"), "tensorboard"),
        (("1", "--format", "mlflow", "--out", "x"), "mlflow"),
    ],
)
def test_a_wrong_wish_is_refused_with_one_line(words: tuple[str, ...], said: str, monkeypatch, capsys) -> None:
    from core.cli.main import main
    from core.runs import exporting as room

    Store().add(RunConfig())
    monkeypatch.setattr(room, "find_spec", lambda name: None)  # as if no extra package were installed
    assert main(["export", *words]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1
    assert "pip install" in error or words[2] not in ("onnx", "tensorboard", "mlflow")


def test_a_run_without_weights_has_none_to_export(tmp_path: Path) -> None:
    store = Store()
    run = store.run(store.add(RunConfig()))
    with pytest.raises(LabError, match="has no weights yet"):
        exporting.weights(run)


def test_tensorboard_reads_back_every_point(done: tuple[Store, int], tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="optional: pip install tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    from core.runs.trackers import tensorboard

    store, number = done
    tensorboard(store, store.run(number), tmp_path / "events")
    read = EventAccumulator(str(tmp_path / "events"))
    read.Reload()
    curves = store.curves([number])[number]
    assert {len(read.Scalars(name)) for name in ("test/accuracy",)} == {len(curves["test/accuracy"].values)}
    assert read.Scalars("test/accuracy")[-1].value == pytest.approx(float(curves["test/accuracy"].values[-1]))


@pytest.mark.filterwarnings("ignore")  # MLflow's own, about its libraries
def test_mlflow_takes_every_point(done: tuple[Store, int], tmp_path: Path) -> None:
    pytest.importorskip("mlflow", reason="optional: pip install mlflow-skinny")
    from mlflow import MlflowClient

    from core.runs.trackers import mlflow

    store, number = done
    address = f"sqlite:///{tmp_path / 'mlflow.db'}"
    pushed = mlflow(store, store.run(number), address)
    history = MlflowClient(tracking_uri=address).get_metric_history(pushed, "test/accuracy")
    assert len(history) == len(store.curves([number])[number]["test/accuracy"].values)


def test_an_onnx_file_answers_as_the_network(done: tuple[Store, int], tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="optional: pip install onnx onnxscript")
    pytest.importorskip("onnxscript", reason="optional: pip install onnx onnxscript")
    from onnx.reference import ReferenceEvaluator

    from core.nets import checkpoint
    from core.runs.finish import checkpoint_dir

    store, number = done
    exporting.onnx(store.run(number), tmp_path / "net.onnx")
    net, card = checkpoint.load(checkpoint_dir(number))
    pictures = torch.rand(5, *card.shape, generator=torch.Generator().manual_seed(0))  # another batch than exported
    (answer,) = ReferenceEvaluator(str(tmp_path / "net.onnx")).run(["logits"], {"pictures": pictures.numpy()})
    with torch.inference_mode():
        assert torch.allclose(torch.from_numpy(answer), net(pictures), atol=1e-5)
