"""A drawing as strokes: the text of the pad, and the picture it becomes."""

import base64

import numpy as np
import pytest

from core.data import drawn
from core.data.drawn import Stroke, pack, picture, unpack
from core.errors import LabError


def stroke(*points: tuple[int, int], width: int = 500) -> Stroke:
    return Stroke(width, np.array(points, np.uint16))


def text(*numbers: int) -> str:
    return base64.b64encode(np.array(numbers, "<u2").tobytes()).decode()


def test_strokes_survive_the_way_through_the_text():
    strokes = [stroke((0, 0), (10_000, 10_000), width=1), stroke((5, 7), width=1000)]
    again = unpack(pack(strokes))
    assert [each.width for each in again] == [1, 1000]
    assert all((a.points == b.points).all() for a, b in zip(strokes, again, strict=True))
    assert unpack("") == () and pack([]) == ""


@pytest.mark.parametrize(
    "broken",
    [
        "%%",
        "AAA",
        text(500),
        text(0, 1, 5, 5),
        text(500, 2, 5, 5),
        text(500, 0),
        text(500, 1, 5, 10_001),
        text(20_000, 1, 5, 5),
    ],
)
def test_a_damaged_text_is_refused_with_a_sentence(broken):
    with pytest.raises(LabError, match="damaged"):
        unpack(broken)


def test_a_drawing_without_end_is_refused():
    with pytest.raises(LabError, match="60,000"):
        unpack(text(*[7] * (drawn.MOST + 1)))


def test_ink_lies_where_the_pen_went_as_wide_as_the_pen():
    image = picture([stroke((2500, 5000), (7500, 5000), width=1000)], 200)
    assert image.shape == (200, 200) and image.dtype == np.uint8
    dark = np.argwhere(image < 128)
    top, left = dark.min(0)
    bottom, right = dark.max(0)
    assert (top, bottom) == pytest.approx((90, 109), abs=1) and (left, right) == pytest.approx((40, 159), abs=1)
    assert image[:80].min() == image[121:].min() == 255


def test_a_tap_is_a_dot_and_an_empty_drawing_is_white_paper():
    assert (picture([stroke((5000, 5000))], 100) < 128).sum() == pytest.approx(np.pi * 2.5**2, rel=0.2)
    assert (picture([], 50) == 255).all()
