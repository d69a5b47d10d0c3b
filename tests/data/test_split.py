"""A page of several characters is cut into its characters, in reading order."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from core.data.ink import prepare
from core.data.split import split

# strokes in a box of 0..1: enough of each digit to tell it apart
GLYPHS: dict[str, list[list[tuple[float, float]]]] = {
    "1": [[(0.5, 0), (0.5, 1)]],
    "4": [[(0.6, 1), (0.6, 0), (0, 0.65), (1, 0.65)]],
    "7": [[(0, 0), (1, 0), (0.3, 1)]],
    "0": [[(0.5, 0), (0, 0.3), (0, 0.7), (0.5, 1), (1, 0.7), (1, 0.3), (0.5, 0)]],
    "broken 5": [[(0.15, 0.12), (0.1, 0.45), (0.7, 0.5), (0.7, 0.9), (0, 1)], [(0.2, 0), (0.9, 0)]],
    "xi": [[(0, 0), (1, 0)], [(0.2, 0.5), (0.8, 0.5)], [(0, 1), (1, 1)]],
}
Page = NDArray[np.uint8]


def page(names: list[list[str]], size: int = 60, gap: int = 30, pen: int = 5) -> tuple[Page, list[tuple[int, int]]]:
    """Lines of characters on white paper, and the upper left corner of each."""
    width = max(len(line) for line in names) * (size + gap) + gap
    picture = Image.new("L", (width, len(names) * (size + 2 * gap) + gap), 255)
    brush, corners = ImageDraw.Draw(picture), []
    for row, line in enumerate(names):
        for column, name in enumerate(line):
            left, top = gap + column * (size + gap), gap + row * (size + 2 * gap) + 7 * (column % 2)
            corners.append((left, top))
            for stroke in GLYPHS[name]:
                brush.line([(left + x * size * 0.7, top + y * size) for x, y in stroke], 0, pen, "curve")
    return np.asarray(picture), corners


def test_a_line_is_read_from_left_to_right() -> None:
    picture, corners = page([["1", "4", "7", "0"]])
    found = split(picture)
    assert len(found) == 4
    for character, (left, top) in zip(found, corners, strict=True):
        assert abs(character.box.top - top) <= 6
        assert left - 6 <= character.box.left <= left + 30


def test_two_lines_are_read_one_after_the_other() -> None:
    picture, corners = page([["4", "7", "1"], ["0", "4"]])
    found = split(picture)
    assert [round(character.box.top / 120) for character in found] == [round(top / 120) for _, top in corners]
    assert len(found) == 5


def test_pieces_of_one_character_stay_together() -> None:
    picture, _ = page([["broken 5", "xi", "7"]])
    assert len(split(picture)) == 3


def test_dust_is_no_character() -> None:
    picture, _ = page([["4", "7", "0"]])
    dirty = picture.copy()
    dirty[3:6, 100:103] = 0
    dirty[140:143, 20:22] = 0
    assert len(split(dirty)) == 3


def test_a_grey_photo_with_a_shadow_is_split_too() -> None:
    picture, _ = page([["4", "7", "0", "4"], ["7", "1", "4", "7"]])
    light = np.linspace(0.45, 0.9, picture.shape[1])[None, :] * np.linspace(1, 0.8, picture.shape[0])[:, None]
    noise = np.random.default_rng(0).normal(0, 3, picture.shape)
    grey = np.clip((40 + picture * 0.75) * light + noise, 0, 255).astype(np.uint8)
    blurred = np.asarray(Image.fromarray(grey).filter(ImageFilter.GaussianBlur(0.8)))
    assert len(split(blurred)) == 8


def test_white_chalk_on_a_dark_board_is_split_too() -> None:
    picture, _ = page([["4", "7", "0"]])
    assert len(split(255 - picture)) == 3


def test_each_character_is_cut_out_alone() -> None:
    picture, _ = page([["0", "1", "4"]], gap=14)
    alone = [prepare(character.picture).image for character in split(picture)]
    assert len(alone) == 3
    one = alone[1] > 100
    assert one.any(axis=0).sum() <= 4  # the 1 is a thin line: nothing of its neighbours came along


def test_blank_paper_has_no_characters() -> None:
    assert split(np.full((300, 400), 255, np.uint8)) == []
    assert split(np.zeros((300, 400, 3), np.uint8)) == []


def test_a_page_full_of_specks_ends() -> None:
    noise = np.random.default_rng(0).random((900, 900)) < 0.02
    assert len(split(np.where(noise, 0, 255).astype(np.uint8))) <= 200
