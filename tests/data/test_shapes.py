"""What the full canvas sends is painted where and as wide as it is on the screen."""

import numpy as np
import pytest

from core.data.shapes import painted, picture, right_edge
from core.errors import LabError

COMMON = {"originX": "center", "originY": "center", "scaleX": 1, "scaleY": 1, "stroke": "#000000", "strokeWidth": 10}


def thing(kind, **more):
    return COMMON | {"type": kind} | more


def ink(*things):
    """Left, top, right, bottom of the ink on a canvas of 200 x 100."""
    rows, columns = np.nonzero(picture(things, (200, 100)) < 128)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


LINE = thing("Line", left=100, top=50, width=80, height=0, x1=-40, y1=0, x2=40, y2=0)
PATH = thing("Path", left=60, top=30, width=40, height=20, path=[["M", 40, 20], ["Q", 40, 20, 60, 30], ["L", 80, 40]])
BOX = thing("Rect", left=20, top=10, width=60, height=40, originX="left", originY="top", strokeUniform=True)
RING = thing("Circle", left=30, top=50, width=40, height=40, radius=20, originX="left")


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (LINE, (55, 45, 145, 55)),  # round ends reach half a pen farther
        (PATH, (35, 15, 85, 45)),
        (BOX, (20, 10, 90, 60)),  # the corner is the outer rim of the pen
        (RING, (30, 25, 80, 75)),
        (LINE | {"angle": 90}, (95, 5, 105, 95)),
        (LINE | {"scaleX": 0.5, "left": 150}, (126, 46, 174, 54)),
        (BOX | {"scaleX": 2, "scaleY": 2}, (20, 10, 150, 100)),  # 120 x 80 and a pen of 10 all the same
        (PATH | {"left": 160, "top": 60}, (135, 45, 185, 75)),  # moved as a whole
    ],
    ids=["line", "path", "box", "ring", "turned", "shrunk", "grown box", "moved"],
)
def test_each_kind_of_line_is_where_the_canvas_shows_it(what, expected):
    assert ink(what) == pytest.approx(expected, abs=1.5)


def test_a_line_is_as_wide_on_either_side():
    many = [["M", 50, 10], *(["Q", 50, 10 + 4 * k, 50, 12 + 4 * k] for k in range(18)), ["L", 50, 90]]
    across = picture([thing("Path", left=50, top=50, width=0, height=80, path=many)], (100, 100))[20:80].astype(int)
    assert (across == across[:, ::-1]).all() and (across[:, 45:55] == 0).all() and (across[:, :45] == 255).all()


def test_what_the_eraser_leaves_is_paper_again():
    rubbed = picture([LINE, LINE | {"stroke": "#ffffff", "strokeWidth": 30}], (200, 100))
    assert rubbed.min() == 255 and rubbed.dtype == np.uint8 and rubbed.shape == (100, 200)


def test_a_mirrored_path_is_mirrored_in_place():
    hook = thing("Path", left=50, top=50, width=40, height=40, path=[["M", 30, 30], ["L", 30, 70], ["L", 70, 70]])
    plain, mirrored = picture([hook], (100, 100)), picture([hook | {"flipX": True}], (100, 100))
    assert abs(plain[:, ::-1].astype(int) - mirrored).mean() < 6 and (plain != mirrored).any()


def test_one_thing_more_paints_what_all_of_them_would_and_what_left_the_canvas_paints_nothing():
    things = [LINE, RING, PATH | {"stroke": "#808080"}, LINE | {"angle": 60, "stroke": "#ffffff"}]
    grown = picture(things[:1], (200, 100))
    for each in things[1:]:
        before, same = grown, grown.copy()
        grown = painted(before, [each])
        assert (before == same).all()  # undo goes back to it
    assert (grown == picture(things, (200, 100))).all()
    away = LINE | {"left": 900}
    assert (picture([*things, away], (200, 100)) == grown).all()
    half = picture([LINE | {"left": 200}], (200, 100))
    assert half[50, 160:].max() == 0 and half[50, :150].min() == 255


def test_the_right_edge_is_the_ink_and_its_pen():
    assert right_edge(LINE) == 145 and right_edge(RING) == pytest.approx(80)


def test_nothing_is_white_paper():
    assert (picture([], (30, 20)) == 255).all()


@pytest.mark.parametrize(
    "bad",
    [None, 7, {}, {"type": "Path"}, LINE | {"type": "text"}, LINE | {"x1": "a"}, LINE | {"left": float("nan")},
     LINE | {"left": 1e12}, LINE | {"stroke": 5}, LINE | {"stroke": "red"}, LINE | {"originX": "north"},
     PATH | {"path": []}, PATH | {"path": [["Q", 1]]}, PATH | {"path": 3}, LINE | {"strokeWidth": -4}],
)  # fmt: skip
def test_a_damaged_thing_gets_a_sentence(bad):
    with pytest.raises(LabError, match="damaged"):
        picture([bad], (200, 100))


def test_too_many_lines_get_a_sentence():
    with pytest.raises(LabError, match="allowed: up to 2,000"):
        picture([LINE] * 2001, (20, 10))
