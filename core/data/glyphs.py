"""Glyphs: from the curves of digits.py and greek.py to what the pen needs.

A curve is a text such as `30,24 54,4 | 54,92 ; 28,94 80,94`: points `x,y` on a sheet of 100 by 100 (y downwards)
that the pen passes in a smooth bow; `|` is a sharp corner at the point before it, `;` lifts the pen.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from scipy.interpolate import CubicSpline
from torch import Tensor

from core.data.digits import DIGITS, Ways
from core.data.greek import GREEK

GLYPHS: dict[str, Ways] = {**DIGITS, **GREEK}
SPACING = 2.7  # sheet units between two samples: about half a pixel in the finished picture
FINE = 400  # samples to measure a curve's length by


@dataclass(frozen=True, eq=False)
class Glyph:
    """One way of writing a character. Every sample of the curve is a fixed blend of the points: `path @ points`."""

    points: Tensor  # (K, 2) on a sheet of -0.5..0.5
    path: Tensor  # (S, K): how each sample is blended from the points
    along: Tensor  # (S,): where each sample lies on its stroke, 0..1
    stroke: Tensor  # (S,) int64: to which stroke it belongs


@cache
def glyphs(name: str) -> tuple[tuple[Glyph, ...], tuple[float, ...]]:
    """All ways of writing a character, and how common each is."""
    ways = GLYPHS[name]
    return tuple(glyph(curve) for _, curve in ways), tuple(float(weight) for weight, _ in ways)


def glyph(curve: str) -> Glyph:
    """A glyph from its text."""
    points: list[tuple[float, float]] = []
    bows: list[tuple[range, Tensor]] = []  # which points each bow runs through, and its samples as blends of them
    alongs, owners = [], []
    for number, stroke in enumerate(curve.split(";")):
        length = 0
        for index, bow in enumerate(stroke.split("|")):
            first = len(points) - (1 if index else 0)  # a corner belongs to the bows on both its sides
            points += _points(bow)
            bows.append((range(first, len(points)), _blend(torch.tensor(points[first:]))))
            length += len(bows[-1][1])
        alongs.append(torch.linspace(0, 1, length))
        owners.append(torch.full((length,), number))
    path = torch.zeros(sum(len(samples) for _, samples in bows), len(points))
    row = 0
    for through, samples in bows:
        path[row : row + len(samples), through.start : through.stop] = samples
        row += len(samples)
    return Glyph(torch.tensor(points) / 100 - 0.5, path, torch.cat(alongs), torch.cat(owners))


def _points(text: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split())]


def _blend(points: Tensor) -> Tensor:
    """(S, K): samples of the smoothest curve through K points, evenly spaced, each as a blend of the points."""
    chords = (points[1:] - points[:-1]).norm(dim=1).clamp_min(1)
    knots = np.concatenate([[0.0], np.sqrt(chords.numpy()).cumsum()])  # centripetal: no overshoot at short chords
    spline = CubicSpline(knots, np.eye(len(knots)), bc_type="natural")  # linear in its values: blends, not places
    basis = torch.from_numpy(spline(np.linspace(0, knots[-1], FINE)))
    steps = (basis @ points.double()).diff(dim=0).norm(dim=1)
    lengths = torch.cat([torch.zeros(1, dtype=torch.float64), steps.cumsum(0)])
    count = max(3, round(float(lengths[-1]) / SPACING) + 1)
    wanted = torch.linspace(0, float(lengths[-1]), count, dtype=torch.float64)
    places = torch.searchsorted(lengths, wanted).clamp(1, FINE - 1)
    low, high = lengths[places - 1], lengths[places]
    share = ((wanted - low) / (high - low).clamp_min(1e-9)).unsqueeze(1)
    return torch.lerp(basis[places - 1], basis[places], share).float()
