"""`recognise` gives the page's answers as JSON, and one line for a wrong model or file."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core import paths
from core.cli.main import main
from core.data import photo
from core.look.predictor import Predictor
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.line import build


@pytest.fixture
def model(home: Path) -> str:
    """A small untrained model in the lab's home."""
    net = build("flatten | linear classes", (1, 28, 28), 10, seed=1)
    card = Card("tiny", "", (1, 28, 28), tuple("0123456789"), mean=(0.13,), std=(0.31,), reading={"known_at": -9.0})
    checkpoint.save(paths.home() / "checkpoints" / "tiny", net, card)
    return "tiny"


@pytest.fixture
def seven(tmp_path: Path) -> str:
    picture = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(picture).line([(60, 40), (130, 40), (90, 150)], 0, 12)
    picture.save(tmp_path / "seven.png")
    return str(tmp_path / "seven.png")


def test_the_command_line_answers_like_the_page(model: str, seven: str, tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    blank = str(tmp_path / "blank.png")
    Image.new("L", (200, 200), 255).save(blank)
    assert main(["recognise", "--model", model, seven, blank, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["file"] for row in rows] == [seven, blank]
    page = Predictor.load(model).read(photo.load(seven))
    assert rows[0]["label"] == page.label
    assert rows[0]["probability"] == pytest.approx(page.probability, abs=1e-6)
    assert rows[0]["reject"] == pytest.approx(page.reject, abs=1e-6)
    assert len(rows[0]["top"]) == 10
    assert rows[1]["label"] is None and rows[1]["reject"] == 1 and "no ink" in rows[1]["why"]


def test_a_page_is_split_into_its_characters(model: str, tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    picture = Image.new("L", (400, 120), 255)
    for left in (30, 150, 270):
        ImageDraw.Draw(picture).line([(left, 20), (left + 60, 20), (left + 20, 100)], 0, 8)
    picture.save(tmp_path / "page.png")
    assert main(["recognise", "--model", model, "--split", str(tmp_path / "page.png"), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 3
    assert [row["box"][0] for row in rows] == pytest.approx([30, 150, 270], abs=8)


@pytest.mark.parametrize("what", ["model", "file", "pdf", "nothing"])
def test_a_wrong_argument_is_one_line_and_status_2(model: str, seven: str, tmp_path: Path, what: str, capsys) -> None:  # type: ignore[no-untyped-def]
    pdf = tmp_path / "photo.png"
    pdf.write_bytes(b"%PDF-1.4 something")
    words, said = {
        "model": (["--model", "ink99", seven], "ink99"),
        "file": (["--model", model, str(tmp_path / "none.png")], "none.png"),
        "pdf": (["--model", model, str(pdf)], "photo.png is a PDF"),
        "nothing": (["--model", model], "IMAGE"),
    }[what]
    assert main(["recognise", *words, "--json"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert said in output.err and output.err.count("\n") == 1


def test_text_for_people_names_the_answer(model: str, seven: str, capsys) -> None:  # type: ignore[no-untyped-def]
    assert main(["recognise", "--model", model, seven]) == 0
    assert Predictor.load(model).read(np.asarray(Image.open(seven))).label in capsys.readouterr().out  # type: ignore[operator]
