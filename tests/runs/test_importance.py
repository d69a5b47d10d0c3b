"""Which knob mattered: known answers."""

import random

import pytest

from core.runs.importance import importances


def test_a_complete_grid_is_taken_apart_exactly():
    points = [{"lr": lr, "optimiser": kind} for lr in (0.1, 0.01, 0.001) for kind in ("sgd", "adam", "muon")]
    worth = {0.1: 0.0, 0.01: 3.0, 0.001: 0.0, "sgd": 0.0, "adam": 1.0, "muon": 0.0}
    found, said = importances(points, [worth[p["lr"]] + worth[p["optimiser"]] for p in points])
    assert list(found) == ["lr", "optimiser"]  # 9 : 1 in variance
    assert found["lr"] == pytest.approx(0.9) and found["optimiser"] == pytest.approx(0.1)
    assert "complete grid" in said


@pytest.mark.parametrize("higher", [True, False])
def test_among_points_by_chance_the_knob_that_counts_is_found(higher):
    luck = random.Random(0)
    points = [
        {"lr": 10 ** luck.uniform(-4, 0), "momentum": luck.random(), "flip": luck.random() < 0.5} for _ in range(60)
    ]
    values = [(1 if higher else -1) * (point["lr"] > 0.01) for point in points]
    found, said = importances(points, values, higher)
    assert next(iter(found)) == "lr" and found["lr"] > 0.6 and "PED-ANOVA over 60" in said


def test_too_little_to_say_anything_is_said():
    assert "two knobs" in importances([{"lr": 1.0}, {"lr": 2.0}], [1.0, 2.0])[1]
    few = [{"lr": float(i), "seed": i % 2} for i in range(1, 5)]
    assert importances(few, [1.0, 2.0, 3.0, 4.0])[1].startswith("4 recipes have a figure; it takes 8")
    many = [{"lr": float(i), "kernel": i % 2} for i in range(1, 20)]
    assert importances(many, [1.0] * 19) == ({}, "All recipes came out the same: no knob mattered.")
    assert importances(many, [float("nan")] * 19)[0] == {}
