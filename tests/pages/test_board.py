"""The live part: only what is new goes over the wire."""

import json

import numpy as np

from core.runs.metrics import Curve
from ui.components.live_plot import sent
from ui.parts.board import last_steps, news_since


def curve(first: int, last: int) -> Curve:
    steps = np.arange(first, last, dtype=np.int32)
    return Curve(steps, *(steps.astype(np.float32) for _ in range(3)), 64)


def test_only_points_after_the_base_are_news():
    base = last_steps({1: {"train/loss": curve(0, 100)}, 2: {"lr": curve(0, 5)}})
    news = news_since({1: {"train/loss": curve(0, 103), "test/loss": curve(50, 51)}, 2: {"lr": curve(0, 5)}}, base)
    assert news is not None
    assert news[1]["train/loss"].steps.tolist() == [100, 101, 102]
    assert news[1]["test/loss"].steps.tolist() == [50]  # a metric that was not there before
    assert 2 not in news


def test_a_run_that_began_again_makes_the_base_untrue():
    base = last_steps({1: {"train/loss": curve(0, 100)}})
    assert news_since({1: {"train/loss": curve(0, 40)}}, base) is None
    assert news_since({1: {"train/loss": curve(120, 140)}}, base) is None


def test_a_tick_of_five_metrics_is_small():
    names = ("train/loss", "train/accuracy", "lr", "images_per_second", "test/loss")
    assert len(json.dumps(sent({1: {name: curve(0, 300) for name in names}}))) < 50_000
