"""Bands: the curves of several seeds as one line with the room they fill, smoothed, thinned, no spike lost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

Floats = NDArray[np.float32]
Line = tuple[Floats, Floats]  # x, rising; y


@dataclass(frozen=True, eq=False)
class Band:
    """The mean of several curves, and the lowest and highest of them."""

    x: Floats
    middle: Floats
    low: Floats
    high: Floats
    runs: int


def smoothed(values: Floats, share: float) -> Floats:
    """A bell-shaped running mean, `share` of the curve wide to each side: it neither lags nor moves the ends."""
    if share <= 0 or len(values) < 3:
        return values
    return np.asarray(gaussian_filter1d(values, max(share * len(values), 1e-3), mode="nearest"), dtype=np.float32)


def band(lines: Sequence[Line], most: int, log: bool = False) -> Band:
    """Curves of one recipe as a band of at most `most` points; where fewer than half of them reach, it ends.

    `log`: x is looked at on a logarithmic axis, so the points are spread evenly there.
    """
    full = [(x, y) for x, y in lines if len(x)]
    if not full:
        empty = np.empty(0, np.float32)
        return Band(empty, empty, empty, empty, 0)
    longest = max((x for x, _ in full), key=len)
    if len(longest) <= most and all(np.array_equal(x, longest[: len(x)]) for x, _ in full):
        return _together(full, longest)  # a run under way has the first of the same points
    edges = _edges(full, most, log)
    centres = np.sqrt(edges[1:] * edges[:-1]) if log and edges[0] > 0 else (edges[1:] + edges[:-1]) / 2
    parts = [_buckets(x, y, edges, centres) for x, y in full]
    means, lows, highs = (np.stack([part[place] for part in parts]) for place in range(3))
    reach = np.isfinite(means).sum(0) >= math.ceil(len(full) / 2)
    means, lows, highs = means[:, reach], lows[:, reach], highs[:, reach]
    middle = np.where(np.isfinite(means), means, 0).sum(0) / np.isfinite(means).sum(0)
    low, high = np.fmin.reduce(lows), np.fmax.reduce(highs)
    found = [np.asarray(each, dtype=np.float32) for each in (centres[reach], middle, low, high)]
    return Band(found[0], found[1], found[2], found[3], len(full))


def _together(lines: Sequence[Line], x: Floats) -> Band:
    """Curves with the same points, some of them shorter: mean, lowest and highest point by point."""
    reached = np.array([[place < len(y) for place in range(len(x))] for _, y in lines])
    kept = reached.sum(0) >= math.ceil(len(lines) / 2)
    stack = np.zeros(reached.shape)
    stack[reached] = np.concatenate([y for _, y in lines])
    reached, stack = reached[:, kept], stack[:, kept]
    middle = stack.sum(0) / reached.sum(0)
    low, high = np.where(reached, stack, np.inf).min(0), np.where(reached, stack, -np.inf).max(0)
    found = [np.asarray(each, np.float32) for each in (middle, low, high)]
    return Band(x[kept], found[0], found[1], found[2], len(lines))


def _edges(lines: Sequence[Line], most: int, log: bool) -> NDArray[np.float64]:
    """The borders of the buckets: never more of them than the longest curve has points."""
    count = max(min(most, max(len(x) for x, _ in lines)), 2)
    low = min(float(x[0]) for x, _ in lines)
    high = max(float(x[-1]) for x, _ in lines)
    if log:
        low = min((float(x[x > 0][0]) for x, _ in lines if (x > 0).any()), default=low)
    if high <= low:
        high = low + 1e-6
    if log and low > 0:
        return np.geomspace(low, high * 1.000001, count + 1)
    return np.linspace(low, high + 1e-6 * (high - low), count + 1)


def _buckets(
    x: Floats, y: Floats, edges: NDArray[np.float64], centres: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    """Mean, lowest and highest value per bucket; empty ones between two points lie on the line between them."""
    place = np.searchsorted(x, edges)
    count = np.diff(place)
    there = count > 0
    starts = place[:-1][there]
    means = np.full(len(count), np.nan)
    lows, highs = means.copy(), means.copy()
    if len(starts):
        inside = y[: place[-1]].astype(np.float64)
        means[there] = np.add.reduceat(inside, starts) / count[there]
        lows[there] = np.minimum.reduceat(inside, starts)
        highs[there] = np.maximum.reduceat(inside, starts)
    between = ~there & (centres > x[0]) & (centres < x[-1])
    line = np.interp(centres[between], x, y)
    means[between] = lows[between] = highs[between] = line
    return means, lows, highs
