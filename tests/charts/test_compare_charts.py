"""The charts of the Compare page: plotly takes them as they are, in light and dark, and they say what was given."""

import base64
import itertools
import json
import re

import numpy as np
import plotly.graph_objects as go
import pytest

from core.charts.axis import Axis
from core.charts.banded import Series, banded
from core.charts.duels import Shown, intervals, lines, seconds
from core.charts.figure import SCALES, escaped, painted, scale
from core.charts.knobs import contour, importance, shade, slices
from core.charts.leaf import leaf
from core.charts.parallel import parallel

X = np.arange(1, 30, dtype=np.float32)
BAND = Series("a <b>", 0, X, X / 30, X / 31, X / 29)
LINE = Series("b", 9, X[:5], X[:5] / 30, group=1)
LR = Axis("Learning rate", [0.1, 0.01, 0.001, 0.1, 0.01, 0.001], log=True)
KIND = Axis("Activation", ["relu"] * 3 + ["as the line says"] * 3)
VALUES = [0.9, 0.95, 0.8, 0.7, 0.91, 0.6]
NAMES = [f"recipe {each}" for each in range(6)]
SHOWN = [Shown("good", 0, [0.9, 0.92], [5.0, 6.0], 0.91, 0.1, [1, 2]), Shown("one", 1, [0.8], [2.0], 0.8, None, [3])]

FIGURES = {
    "banded": banded([BAND, LINE], "test/accuracy", "epochs"),
    "banded, logarithmic": banded([BAND, LINE], "train/loss", "seconds", ["x", "y"]),
    "parallel": parallel([LR, KIND], VALUES, "test/accuracy", NAMES),
    "slices": slices(LR, VALUES, "test/accuracy", NAMES),
    "slices of words": slices(KIND, VALUES, "test/loss", NAMES),
    "contour": contour(LR, KIND, VALUES, "test/accuracy", NAMES),
    "contour where less is better": contour(LR, KIND, VALUES, "test/loss", NAMES, higher=False),
    "importance": importance({"lr": 0.8, "kernel": 0.2}),
    "intervals": intervals(SHOWN, "test/accuracy"),
    "seconds": seconds(SHOWN, [1, 0], "test/accuracy"),
}


def numbers(packed) -> list[float]:
    return np.frombuffer(base64.b64decode(packed["bdata"]), "<f4").tolist()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", FIGURES)
def test_plotly_accepts_every_figure_and_no_colour_is_left_by_name(name, theme):
    made = painted(FIGURES[name], theme)
    go.Figure(made)  # validates every property
    assert not re.findall(r'"@(\d|ink|faint|paper|accent|s[\d.]+)["/]', json.dumps(made))


def test_names_of_recipes_break_between_knobs_and_keep_what_differs():
    assert lines("lr 0.01") == ["lr 0.01"]
    name = "lr 0.01 · dropout 0.5 · pictures 20000 · decay 0.01"
    assert lines(name) == ["lr 0.01 · dropout 0.5", "pictures 20000 · decay 0.01"]
    assert lines("x" * 40) == ["x" * 31 + "…"]
    longer = lines(f"{name} · momentum 0.9")
    assert len(longer) == 2 and longer[1].endswith("…")


@pytest.mark.parametrize("spread, form", [(0.5, ".1~%"), (0.02, ".1~%"), (0.003, ".2~%"), (0.0003, ".3~%")])
def test_ticks_have_as_many_digits_as_tell_them_apart(spread, form):
    one = Shown("a", 0, [0.9, 0.9 + spread], [1.0, 1.0], 0.9 + spread / 2, None, [1, 2])
    assert intervals([one], "test/accuracy")["layout"]["xaxis"]["tickformat"] == form


def test_a_band_has_low_high_and_mean_and_belongs_to_its_entry_of_the_legend():
    low, high, *lines = FIGURES["banded"]["data"]
    assert high["fill"] == "tonexty" and numbers(low["y"]) < numbers(high["y"]) and low["meta"] == 0
    assert [each["meta"] for each in lines] == [0, 1] and lines[1]["line"] == {
        "color": "@1",
        "width": 2.2,
        "dash": "dash",
    }
    assert lines[0]["name"] == "a &#60;b&#62;"  # no tag of a visitor's gets through


def test_a_word_keeps_its_own_place_on_an_axis_and_a_logarithm_its_distance():
    assert KIND.places() == [1.0] * 3 + [0.0] * 3
    assert LR.places()[:3] == pytest.approx([-1, -2, -3])
    assert LR.ticks()[1] == ["0.001", "0.01", "0.1"]
    assert not Axis("kernel", [3, "as the line says"]).numeric


def test_parallel_lines_go_through_their_own_values_and_the_best_is_strongest():
    data = FIGURES["parallel"]["data"]
    best = data[-1]
    assert "recipe 1" in best["hovertemplate"] and best["line"]["color"] == "@s1.000"
    assert best["y"] == [0.5, 1.0, 1.0]  # 0.01 in the middle of its decades, relu on top, the highest figure
    assert (
        shade([1, 2, 3]) == [0, 0.5, 1]
        and shade([1, 2, 3], good_is_high=False) == [1, 0.5, 0]
        and shade([5, 5]) == [1, 1]
    )


def test_slices_show_every_run_and_the_mean_of_each_value():
    line, dots = FIGURES["slices"]["data"]
    assert len(numbers(dots["x"])) == 6
    assert numbers(line["y"]) == pytest.approx([np.mean([0.8, 0.6]), np.mean([0.95, 0.91]), np.mean([0.9, 0.7])])


def test_a_contour_fills_only_what_its_points_span():
    surface, dots = FIGURES["contour"]["data"]
    assert surface["type"] == "contour" and dots["marker"]["color"] == VALUES
    alone = contour(LR, Axis("x", [1.0] * 6), VALUES, "test/accuracy", NAMES)
    assert [each["type"] for each in alone["data"]] == ["scatter"]


def test_the_scale_gets_steadily_darker_on_paper_and_lighter_on_a_dark_page():
    def light(colour: str) -> float:
        return sum(w * int(colour[at : at + 2], 16) for w, at in ((0.3, 1), (0.59, 3), (0.11, 5)))

    for theme, sign in (("light", -1), ("dark", 1)):
        steps = [light(painted(colour, theme)) for _, colour in scale()]
        assert all(sign * (b - a) > 0 for a, b in itertools.pairwise(steps)), theme
        assert painted("@s0", theme) == SCALES[theme][0] and painted("@s1", theme) == SCALES[theme][-1]


def test_colours_by_name_are_put_in_and_other_text_stays():
    assert painted("@0", "light") == "#007eb2" and painted("@0/0.5", "light") == "rgba(0,126,178,0.5)"
    assert painted(["@ada", "x@0", "@9"], "dark")[:2] == ["@ada", "x@0"]
    assert painted(["@ada", "@9"]) == ["@ada", "@9"] and escaped("@0") == "&#64;0"  # a name is no colour
    assert escaped("50 % {x} <i>") == "50 &#37; &#123;x&#125; &#60;i&#62;"


def test_the_page_of_its_own_needs_no_network_and_shows_no_visitors_tags():
    page = leaf("A <title>", "no winner", ["a note"], ["Recipe"], [["<script>"]], [("Curves", FIGURES["banded"])] * 2)
    assert "&lt;script&gt;" in page and "A &lt;title&gt;" in page
    assert page.count("plotly.js v") == 1 and not re.search(r"<script[^>]+src=", page) and "<link" not in page
    assert page.count('class="plotly-graph-div"') == 2
