"""Standing: which runs belong to a row; and findings: whether a claim survives other seeds."""

import pytest

from core.config import RunConfig
from core.config.experiment import Claim, Experiment, Row
from core.config.experiments import EXPERIMENTS
from core.look.reproduced import Record, at, findings, standing, within
from core.runs import measured

BASE = RunConfig(epochs=4, schedule="constant", net="flatten | linear classes")
ROW = Row("a", "A", BASE, accuracy=0.90)


def record(seed: int, *accuracy: float, config: RunConfig = BASE, ended: str = "finished", **more) -> Record:
    config = config.replace(seed=seed, epochs=len(accuracy))
    return Record(config, accuracy, accuracy, 10.0 * len(accuracy), "2026-01-01", "a machine", ended=ended, **more)


def test_runs_of_all_seeds_count_and_others_do_not() -> None:
    other = record(3, 0.1, 0.1, 0.1, 0.1, config=BASE.replace(lr=0.5))
    stood = standing(ROW, [record(0, 0.5, 0.6, 0.7, 0.9), record(1, 0.5, 0.6, 0.7, 0.88), other])
    assert dict(stood.seeds) == {0: 0.9, 1: 0.88}
    assert stood.level is not None and stood.level.mean == pytest.approx(0.89)
    assert stood.epochs == 4 and not stood.partial and stood.seconds == 40


def test_a_longer_run_of_a_constant_rate_holds_the_shorter_one() -> None:
    stood = standing(ROW, [record(0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)])
    assert stood.seeds[0] == 0.8 and stood.seconds == pytest.approx(40)


def test_a_shorter_run_counts_only_in_part() -> None:
    stood = standing(ROW, [record(0, 0.5, 0.6)])
    assert stood.partial and stood.epochs == 2 and stood.off is None and stood.agrees is None


def test_an_epoch_without_a_test_answers_with_the_last_test_before_it() -> None:
    untested = float("nan")
    stood = standing(ROW, [record(0, untested, 0.6, untested, 0.9)])
    assert dict(stood.seeds) == {0: 0.9} and not stood.partial
    assert at(stood.records[0], 3) == 0.6
    assert standing(ROW, [record(0, untested, untested)]).seeds == {}


def test_runs_that_went_further_are_not_mixed_with_shorter_ones() -> None:
    stood = standing(ROW, [record(0, 0.5, 0.6), record(1, 0.5, 0.6, 0.7)])
    assert dict(stood.seeds) == {1: 0.7}


def test_an_own_run_takes_the_place_of_the_shipped_one_of_its_seed() -> None:
    mine = record(0, 0.5, 0.6, 0.7, 0.91, run=7)
    stood = standing(ROW, [record(0, 0.5, 0.6, 0.7, 0.9), mine])
    assert stood.seeds[0] == 0.91 and stood.records == (mine,)


def test_a_run_that_diverged_counts_with_what_it_had() -> None:
    stood = standing(ROW, [record(0, 0.3, 0.1, ended="diverged")])
    assert stood.seeds[0] == 0.1 and stood.diverged == 1 and not stood.partial


def test_within_one_and_a_half_points_a_row_is_reproduced() -> None:
    near = standing(ROW, [record(0, 0, 0, 0, 0.914)])
    far = standing(ROW, [record(0, 0, 0, 0, 0.916)])
    assert near.agrees is True and far.agrees is False
    assert within([near, far, standing(ROW, [])]) == (1, 2)


def test_inside_a_reported_range_a_row_is_not_off_at_all() -> None:
    ranged = Row("a", "A", BASE, accuracy=0.84, low=0.80)
    assert standing(ranged, [record(0, 0, 0, 0, 0.82)]).off == 0
    assert standing(ranged, [record(0, 0, 0, 0, 0.79)]).off == pytest.approx(-0.01)
    assert standing(ranged, [record(0, 0, 0, 0, 0.86)]).off == pytest.approx(0.02)


def judged(better: list[float], worse: list[float], cut: int = 4) -> str:
    rows = (Row("a", "A", BASE), Row("b", "B", BASE.replace(lr=0.5)))
    experiment = Experiment("x", "R1", "X", "?", "?", rows, (Claim("a beats b", "a", "b"),))
    first = standing(rows[0], [record(s, *[0.0] * 3, value) for s, value in enumerate(better)])
    second = standing(
        rows[1],
        [record(s, *([0.0] * (cut - 1)), value, config=BASE.replace(lr=0.5)) for s, value in enumerate(worse)],
    )
    (found,) = findings(experiment, {"a": first, "b": second})
    return f"{found.kind}: {found.sentence}"


def test_a_claim_holds_fails_or_is_chance() -> None:
    assert judged([0.90, 0.91, 0.92], [0.80, 0.81, 0.82]).startswith("holds: Holds: +10.00 points")
    assert judged([0.80, 0.81, 0.82], [0.90, 0.91, 0.92]).startswith("fails: The other way round: −10.00")
    assert judged([0.90, 0.91, 0.92], [0.91, 0.90, 0.92]).startswith("noise: Cannot be told from chance")


def test_one_seed_says_nothing() -> None:
    assert judged([0.9], [0.8]).startswith("single: Only one seed: +10.00 points")
    assert judged([], [0.8]) == "unknown: Not measured yet."


def test_rows_followed_for_different_epochs_are_compared_at_the_common_one() -> None:
    found = judged([0.90, 0.91, 0.92], [0.80, 0.81, 0.82], cut=2)
    assert "after 2 epochs" in found and found.startswith("fails"), "after two epochs the first row still has 0"


def test_asking_again_works_no_recipe_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Reports page asks every row about every run whenever somebody clicks."""
    rows = [row for each in EXPERIMENTS.values() for row in each.all_rows]
    first = [standing(row, measured.shipped()) for row in rows]
    monkeypatch.setattr(RunConfig, "replace", lambda *_, **__: pytest.fail("a recipe was worked out again"))
    assert [standing(row, measured.shipped()) for row in rows] == first
