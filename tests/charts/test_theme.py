"""Colours one can tell apart, on paper and on dark pages."""

import itertools
import tomllib

import numpy as np
import pytest

from core.charts.theme import DARK, LIGHT, Theme, colour, dash
from core.paths import ROOT


def linear(hex_colour: str) -> list[float]:
    channels = [int(hex_colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of relative luminances."""
    light, dark = sorted(
        (sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(each), strict=True)) for each in (one, other)),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


# How linear light reaches an eye without red or without green cones, after Viénot, Brettel and Mollon 1999.
EYES = {
    "red-blind": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "green-blind": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
}
XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def lab(light: np.ndarray) -> np.ndarray:
    """CIELAB, in which a distance of 10 is plain to see."""
    x, y, z = np.cbrt(np.maximum(XYZ @ light / [0.9505, 1, 1.089], 1e-6))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
def test_a_colour_blind_reader_tells_the_colours_apart(look: Theme, eye: str):
    seen = {each: lab(np.clip(EYES[eye] @ np.array(linear(each)), 0, 1)) for each in look.palette}
    for one, other in itertools.combinations(look.palette, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 14, (one, other)


def test_the_theme_of_the_app_and_of_the_charts_are_the_same():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    for look in (LIGHT, DARK):
        assert config[look.name]["chartCategoricalColors"] == list(look.palette)
        assert config[look.name]["backgroundColor"] == look.paper
        assert config[look.name]["textColor"] == look.ink


def test_a_run_keeps_its_colour_and_the_ninth_differs_from_the_first():
    assert colour(3) == colour(3, "light") != colour(3, "dark")
    looks = {(colour(run), dash(run)) for run in range(1, 33)}
    assert len(looks) == 32
