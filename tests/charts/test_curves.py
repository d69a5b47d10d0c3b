"""Rows in, plotly figure out; and the few bytes that the live plot sends."""

import base64

import numpy as np

from core.charts.curves import METRICS, curves, packed
from core.charts.theme import colour
from core.runs.metrics import Curve


def curve(values):
    steps = np.arange(len(values), dtype=np.int32) * 10
    return Curve(steps, (steps / 40).astype(np.float32), (steps / 5).astype(np.float32), np.float32(values), 64)


def test_a_panel_draws_every_run_in_its_colour_with_the_test_curve_in_front():
    lines = {1: {"train/loss": curve([2, 1]), "test/loss": curve([2, 1.5])}, 7: {"train/loss": curve([3, 2])}}
    figure = curves([(1, "one"), (7, "seven")], lines, "loss")
    assert [trace.line.color for trace in figure.data] == [colour(1), colour(1), colour(7)]
    assert [trace.opacity for trace in figure.data] == [0.45, 1.0, 0.45]
    assert list(figure.data[1].y) == [2, 1.5]


def test_the_axis_can_be_time_and_the_scale_logarithmic():
    figure = curves([(1, "one")], {1: {"lr": curve([1e-3, 1e-2])}}, "lr", axis="seconds", log=True)
    assert list(figure.data[0].x) == [0, 2] and figure.layout.yaxis.type == "log"


def test_a_run_without_points_is_left_out():
    assert not curves([(1, "one")], {}, "accuracy").data


def test_packed_curves_are_float32_in_the_order_that_the_browser_reads():
    line = curve([0.5, np.nan, 0.25])
    columns = [np.frombuffer(base64.b64decode(text), "<f4") for text in packed(line)]
    for column, expected in zip(columns, (line.epochs, line.steps, line.seconds, line.values), strict=True):
        np.testing.assert_array_equal(column, expected.astype(np.float32))


def test_every_metric_has_one_panel():
    assert len(set(METRICS)) == len(METRICS) == 8
