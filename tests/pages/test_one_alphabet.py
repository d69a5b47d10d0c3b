"""A line of letters with a round one among them: its neighbours make it an omicron, on the page and in the shell."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.cli.main import main
from core.data import drawn
from core.nets import checkpoint
from tests.pages.conftest import words

RECORDED = json.loads((Path(__file__).resolve().parents[1] / "data" / "strokes_recorded.json").read_text())
LINE = (44, 58, 54, 66)  # alpha omicron lambda psi, as they were drawn on the pad


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A line of drawings, side by side on one sheet."""
    if "ink34" not in checkpoint.names("classifier"):
        pytest.skip("needs the shipped model ink34")
    drawings = [_cropped(drawn.picture(drawn.unpack(RECORDED[number]["ink"]))) for number in LINE]
    side = max(max(each.shape) for each in drawings) + 60
    paper = np.full((side, side * len(drawings)), 255, np.uint8)
    for place, each in enumerate(drawings):
        top, left = (side - each.shape[0]) // 2, place * side + (side - each.shape[1]) // 2
        paper[top : top + each.shape[0], left : left + each.shape[1]] = each
    file = tmp_path / "line.png"
    Image.fromarray(paper).save(file)
    return file


def _cropped(picture: np.ndarray) -> np.ndarray:
    rows, columns = np.nonzero(picture < 128)
    return picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def test_neighbours_decide_until_they_are_switched_off(open_page, sheet):
    at = open_page("draw.py", source="photo", model="ink34")
    at.file_uploader(key="upload").set_value(("line.png", sheet.read_bytes(), "image/png")).run()
    assert not at.exception
    assert "α ο λ ψ" in words(at) and "1 decided by the neighbours" in words(at)
    assert "alone 0" in words(at), "the tile says what it would be by itself"
    boxes = next(each.body for each in at.get("html") if "ink-boxes" in each.body)
    assert [sign for sign in "αολψ" if f"<b>{sign}</b>" in boxes] == list("αολψ"), "signs that any browser can write"
    assert boxes.count("<span ") == 4
    at.toggle(key="neighbours-decide").set_value(False).run()
    assert "α 0 λ ψ" in words(at) and "decided by" not in words(at)


def test_the_shell_reads_the_line_as_the_page_does(sheet, capsys):
    assert main(["recognise", "--model", "ink34", "--split", str(sheet), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["label"] for row in rows] == ["alpha", "omicron", "lambda", "psi"]
    assert [row["alone"] for row in rows] == [None, "0", None, None]


def test_a_network_of_digits_only_has_no_such_switch(open_page, sheet):
    at = open_page("draw.py", source="photo", model="ink-digits")
    at.file_uploader(key="upload").set_value(("line.png", sheet.read_bytes(), "image/png")).run()
    assert not at.exception
    assert not [each for each in at.toggle if each.key == "neighbours-decide"]
