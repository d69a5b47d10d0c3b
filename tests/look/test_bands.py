"""Bands over seeds and the Pareto front, against plain ways of computing the same."""

import numpy as np
import pytest

from core.look.bands import band, smoothed
from core.look.front import front


def line(length: int, seed: int = 0, stretch: float = 1.0):
    luck = np.random.default_rng(seed)
    return (np.arange(1, length + 1) * stretch).astype(np.float32), luck.normal(size=length).astype(np.float32)


def test_seeds_with_the_same_steps_are_averaged_point_by_point():
    lines = [line(50, seed) for seed in range(3)]
    found = band(lines, 100)
    every = np.stack([y for _, y in lines])
    np.testing.assert_array_equal(found.x, lines[0][0])
    np.testing.assert_allclose(found.middle, every.mean(0), rtol=1e-6)
    np.testing.assert_array_equal(found.low, every.min(0))
    np.testing.assert_array_equal(found.high, every.max(0))
    assert found.runs == 3


def test_a_run_under_way_moves_no_point_of_the_others():
    (x, one), (_, two) = line(8), line(8, 1)
    found = band([(x, one), (x[:5], two[:5])], 100)
    np.testing.assert_array_equal(found.x, x)
    np.testing.assert_allclose(found.middle[:5], (one[:5] + two[:5]) / 2, rtol=1e-6)
    np.testing.assert_array_equal(found.middle[5:], one[5:])
    np.testing.assert_array_equal(found.low[:5], np.minimum(one, two)[:5])
    assert list(band([(x, one), (x[:5], two[:5]), (x[:5], two[:5])], 100).x) == list(x[:5])


def test_thinning_keeps_every_spike_inside_the_band_and_the_mean_true():
    x, y = line(10_000)
    y[4321], y[99] = 50, -60
    found = band([(x, y), (x, y * 0)], 200)
    assert len(found.x) == 200
    assert (found.high.max(), found.low.min()) == (50, -60)
    np.testing.assert_allclose(found.middle.mean(), y.mean() / 2, atol=1e-3)


def test_runs_of_other_pace_are_laid_onto_one_axis():
    slow, quick = line(100, 1, stretch=2.0), line(100, 2)
    slow, quick = (slow[0], slow[0] * 0 + 3), (quick[0], quick[0] * 0 + 1)
    found = band([slow, quick], 100)
    both = found.x < 100
    np.testing.assert_allclose(found.middle[both][1:-1], 2, atol=1e-6)
    assert found.x.max() > 150 and found.middle[-1] == 3  # one of two is half of them


def test_where_fewer_than_half_reach_the_band_ends():
    lines = [line(100), line(100, 1), line(300, 2)]
    assert band(lines, 50).x.max() <= 103


def test_few_points_far_apart_are_joined_by_lines():
    sparse = (np.array([0, 10, 20], np.float32), np.array([0, 10, 20], np.float32))
    dense = (np.linspace(0, 20, 80, dtype=np.float32), np.linspace(0, 20, 80, dtype=np.float32))
    found = band([sparse, dense], 40)
    np.testing.assert_allclose(found.middle, found.x, atol=0.3)


def test_on_a_logarithmic_axis_the_points_are_spread_evenly():
    lines = [line(5000), line(5000, 1)]
    found = band(lines, 100, log=True)
    steps = np.diff(np.log(found.x[-40:]))
    assert steps.max() / steps.min() < 1.1 and np.isfinite(found.middle).all()


def test_nothing_and_one_point():
    assert band([], 10).runs == 0
    found = band([(np.ones(1, np.float32), np.ones(1, np.float32))] * 2, 10)
    assert found.middle.tolist() == [1]


def test_smoothing_keeps_a_straight_line_and_calms_noise():
    x = np.arange(500, dtype=np.float32)
    np.testing.assert_allclose(smoothed(x, 0.02)[50:-50], x[50:-50], atol=1e-3)
    assert smoothed(line(500)[1], 0.02).std() < 0.3
    assert smoothed(x, 0.0) is x


def test_the_front_is_what_brute_force_finds():
    luck = np.random.default_rng(0)
    points = [(float(a), float(b)) for a, b in luck.random((60, 2)).round(1)]
    found = front(points)

    def beaten(one):
        return any((s < one[0] and v >= one[1]) or (s <= one[0] and v > one[1]) for s, v in points)

    assert {points[place] for place in found} == {each for each in points if not beaten(each)}
    assert [points[place][0] for place in found] == sorted(points[place][0] for place in found)


@pytest.mark.parametrize(("higher", "expected"), [(True, [0, 1]), (False, [0, 2])])
def test_small_can_be_good(higher, expected):
    assert front([(1.0, 0.5), (2.0, 0.9), (3.0, 0.1)], higher) == expected
