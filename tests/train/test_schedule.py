"""The learning rate as a function of the step."""

import pytest

from core.config import RunConfig
from core.train.schedule import rate


def rates(**knobs: object) -> list[float]:
    config = RunConfig(lr=1.0, epochs=10, **knobs)
    return [rate(config, step, 100, 10) for step in range(100)]


def test_constant_stays():
    assert set(rates(schedule="constant")) == {1.0}


def test_steps_fall_by_their_factor():
    found = rates(schedule="step", step_every=5, step_factor=0.1)
    assert found[49] == 1.0 and found[50] == pytest.approx(0.1)


@pytest.mark.parametrize("schedule", ["cosine", "one-cycle"])
def test_warm_up_rises_to_the_rate_and_then_falls_to_almost_nothing(schedule: str):
    found = rates(schedule=schedule, warmup=0.2)
    assert max(found) == pytest.approx(1.0) and found.index(max(found)) == 20
    assert found[:20] == sorted(found[:20]) and found[20:] == sorted(found[20:], reverse=True)
    assert found[-1] < 0.02


def test_no_warm_up_starts_at_the_full_rate():
    assert rates(schedule="one-cycle", warmup=0.0)[0] == 1.0
    assert rates(schedule="cosine", warmup=0.0)[0] == 1.0
