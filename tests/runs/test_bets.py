"""Bets on a sweep: placed before the first result, locked by it, scored honestly."""

import pytest
from sqlalchemy import text

from core.errors import LabError
from core.runs import bets
from core.runs.bets import NONE
from core.runs.outcome import outcome
from core.runs.store import Store
from tests.runs.sweep_help import finish, finish_all, plan


def winners(store: Store, sweep: int) -> dict[str, int | None]:
    """bettor -> points."""
    return {row.bet.bettor: row.points for row in bets.scored(outcome(store, sweep), bets.placed(store, sweep))[1]}


def test_bets_stay_with_their_names_and_a_second_one_replaces_the_first(store: Store, url: str) -> None:
    sweep = store.add_sweep(plan(), betting=True)
    assert bets.place(store, sweep, " Ada ", "32") == "Ada"
    bets.place(store, sweep, None, NONE)
    assert bets.place(store, sweep, "", "64") == "guest 2"
    bets.place(store, sweep, "Ada", "64", {"32": 0.9, "64": 0.95})
    again = Store(url)  # another process, after everything was closed
    found = bets.placed(again, sweep)
    assert [(bet.bettor, bet.winner) for bet in found] == [("Ada", "64"), ("guest 1", NONE), ("guest 2", "64")]
    assert found[0].sketch == {"32": 0.9, "64": 0.95} and found[1].sketch == {}
    again.close()


def test_bets_are_open_until_the_first_result_is_in(store: Store) -> None:
    sweep = store.add_sweep(plan())
    bets.place(store, sweep, "Ada", "32")
    finish(store, 0.9)
    with pytest.raises(LabError, match="Bets are closed: the first result is in"):
        bets.place(store, sweep, "Bob", "32")
    with pytest.raises(LabError, match="Bets are closed"):
        bets.place(store, sweep, "Ada", "64")
    assert [(bet.bettor, bet.winner) for bet in bets.placed(store, sweep)] == [("Ada", "32")]


def test_known_results_of_earlier_runs_lock_the_bets_at_the_start_not_before(store: Store) -> None:
    store.add_sweep(plan())
    finish_all(store, 0.9)
    sweep = store.add_sweep(plan(), betting=True)
    bets.place(store, sweep, "Ada", "32")
    store.start_sweep(sweep)
    with pytest.raises(LabError, match="Bets are closed"):
        bets.place(store, sweep, "Bob", "32")


@pytest.mark.parametrize(
    "winner, sketch, sentence",
    [
        (None, None, "There is no bet yet"),
        ("33", None, "The bet is '33', which does not exist."),
        ("32", {"99": 0.5}, "The point is '99'"),
        ("32", {"32": 1.5}, "sketched for 32 is 1.5; allowed: 0 to 1"),
        ("32", {"32": float("nan")}, "allowed: 0 to 1"),
        (None, {"32": "high"}, "allowed: 0 to 1"),
    ],
)
def test_what_is_no_bet_is_said(store: Store, winner, sketch, sentence: str) -> None:
    sweep = store.add_sweep(plan(), betting=True)
    with pytest.raises(LabError) as caught:
        bets.place(store, sweep, "Ada", winner, sketch)
    assert sentence in str(caught.value) and bets.placed(store, sweep) == []


def test_a_nickname_that_is_none_and_a_sweep_that_is_gone_are_said(store: Store) -> None:
    sweep = store.add_sweep(plan(), betting=True)
    with pytest.raises(LabError, match="The nickname is"):
        bets.place(store, sweep, "x" * 41, "32")
    with pytest.raises(LabError, match="Sweep 77 does not exist"):
        bets.place(store, 77, "Ada", "32")


def test_a_clear_winner_pays_those_who_named_it(store: Store) -> None:
    sweep = store.add_sweep(plan("batch_size=16,32,64", seeds=4), betting=True)
    for name, winner in (("Ada", "64"), ("Bob", "32"), ("Cleo", NONE)):
        bets.place(store, sweep, name, winner)
    store.start_sweep(sweep)
    finish_all(store, lambda config: config.batch_size / 100 + 0.001 * config.seed)
    assert winners(store, sweep) == {"Ada": 2, "Bob": 0, "Cleo": 0}
    sentence, rows = bets.scored(outcome(store, sweep), bets.placed(store, sweep))
    assert sentence.startswith("64 is the best of 3") and rows[0].bet.bettor == "Ada" and rows[1].said == "it was 64"


def test_where_no_winner_can_be_named_doubt_pays_most_and_the_leaders_half(store: Store) -> None:
    sweep = store.add_sweep(plan("batch_size=16,32,64", seeds=4), betting=True)
    for name, winner in (("Ada", "64"), ("Bob", "32"), ("Cleo", NONE), ("Dan", "16")):
        bets.place(store, sweep, name, winner)
    store.start_sweep(sweep)
    luck = [0.9, 0.93, 0.91, 0.94]

    def figure(config) -> float:
        if config.batch_size == 16:
            return 0.2 + 0.001 * config.seed
        return luck[config.seed] if config.batch_size == 32 else luck[3 - config.seed]

    finish_all(store, figure)
    assert outcome(store, sweep).verdict().kind == "tie"
    assert winners(store, sweep) == {"Cleo": 2, "Ada": 1, "Bob": 1, "Dan": 0}


def test_with_one_seed_nobody_is_scored_and_the_reason_is_said(store: Store) -> None:
    sweep = store.add_sweep(plan(seeds=1), betting=True)
    bets.place(store, sweep, "Ada", "64")
    store.start_sweep(sweep)
    finish_all(store, lambda config: config.batch_size / 100)
    sentence, (row,) = bets.scored(outcome(store, sweep), bets.placed(store, sweep))
    assert row.points is None and "one seed" in row.said and "One seed" in sentence


def test_a_sketch_is_as_good_as_its_mean_distance_from_the_means(store: Store) -> None:
    sweep = store.add_sweep(plan(), betting=True)
    bets.place(store, sweep, "Ada", None, {"32": 0.5, "64": 0.9})
    bets.place(store, sweep, "Bob", None, {"32": 0.3, "64": 0.6})
    store.start_sweep(sweep)
    finish_all(store, lambda config: 0.32 if config.batch_size == 32 else 0.64)
    _, rows = bets.scored(outcome(store, sweep), bets.placed(store, sweep))
    assert [(row.bet.bettor, pytest.approx(row.error)) for row in rows] == [("Bob", 0.03), ("Ada", 0.22)]
    assert rows[0].points is None, "a sketch names no winner"


def test_where_points_are_not_known_beforehand_one_bets_on_a_part_of_the_range(store: Store) -> None:
    this = plan("lr=1e-4..1e-1:log", sampler="tpe", trials=4)
    assert bets.choices(this) == [
        "0.0001 to 0.000562", "0.000562 to 0.00316", "0.00316 to 0.0178", "0.0178 to 0.1"
    ]  # fmt: skip
    assert bets.choice_of(this, {"lr": 0.0001}) == "0.0001 to 0.000562"
    assert bets.choice_of(this, {"lr": 0.01}) == "0.00316 to 0.0178"
    assert bets.choice_of(this, {"lr": 0.1}) == "0.0178 to 0.1"
    assert bets.sketchable(this) == []
    many = plan("batch_size=8,16,32,64,128", "epochs=1..9", sampler="grid")
    assert bets.choices(many) == ["8", "16", "32", "64", "128"]
    assert bets.choice_of(many, {"batch_size": 16, "epochs": 3}) == "16"


def test_a_damaged_sketch_is_no_sketch(store: Store) -> None:
    sweep = store.add_sweep(plan(), betting=True)
    bets.place(store, sweep, "Ada", "32", {"32": 0.5})
    with store.write() as connection:
        connection.execute(text("UPDATE bets SET sketch = '{3'"))
    assert bets.placed(store, sweep)[0].sketch == {}
