"""`inside` writes every map of one picture, and one line for what it cannot open."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core import paths
from core.cli.main import main
from core.config import RunConfig
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.line import build
from core.runs.store import Store


@pytest.fixture
def model(home: Path) -> str:
    net = build("conv 3 5x5 | relu | dropout 0.5 | flatten | linear classes", (1, 28, 28), 10, seed=1)
    card = Card("tiny", "", (1, 28, 28), tuple("0123456789"), dataset="mnist", mean=(0.13,), std=(0.31,))
    checkpoint.save(paths.home() / "checkpoints" / "tiny", net, card)
    return "tiny"


@pytest.fixture
def seven(tmp_path: Path) -> str:
    picture = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(picture).line([(60, 40), (130, 40), (90, 150)], 0, 12)
    picture.save(tmp_path / "seven.png")
    return str(tmp_path / "seven.png")


def test_every_layer_becomes_a_picture(model: str, seven: str, tmp_path: Path, capsys) -> None:
    assert main(["inside", "--model", model, seven, "--out", str(tmp_path / "maps"), "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    names = [Path(file).name for file in value["files"]]
    assert names == [
        "00-picture.png",
        "01-1-conv-3-5x5.png",
        "02-2-relu.png",
        "03-5-linear-classes.png",
    ]
    assert value["label"] in "0123456789" and "MNIST" in value["notes"][0]
    for file in value["files"]:
        assert max(np.asarray(Image.open(file)).shape[:2]) >= 240


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--model", "nothing"], "'nothing'"),
        (["--run", "7"], "7"),
        (["--run", "0"], "--run is 0"),
        (["--model", "tiny", "--step", "3"], "--step is 3"),
    ],
)
def test_what_cannot_be_opened_is_one_line_and_status_2(model, seven, tmp_path, capsys, words, says) -> None:
    assert main(["inside", *words, seven, "--out", str(tmp_path / "maps")]) == 2
    line = capsys.readouterr().err.strip()
    assert says in line and "\n" not in line
    assert not (tmp_path / "maps").exists()


def test_a_run_without_a_snapshot_is_told(seven, tmp_path, capsys) -> None:
    number = Store().add(RunConfig("strokes-digits"))
    assert main(["inside", "--run", str(number), seven, "--out", str(tmp_path / "maps")]) == 2
    assert f"Run {number} has no snapshot yet: it is queued" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_told(model, seven, capsys) -> None:
    assert main(["inside", "--model", model, seven, "--out", f"{seven}/maps"]) == 2
    assert "--out is" in capsys.readouterr().err
