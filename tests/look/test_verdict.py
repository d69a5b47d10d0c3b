"""Statistics against scipy's own tests and numbers worked out by hand; verdicts as sentences."""

import math

import numpy as np
import pytest
from scipy import stats

from core.look.seeds import Duel, judged_on
from core.look.verdict import by_seed, digits, duel, holm, listed, measured, seeds_needed, verdict

ONE = {0: 0.981, 1: 0.978, 2: 0.984, 3: 0.979}
OTHER = {0: 0.975, 1: 0.974, 2: 0.979, 3: 0.977}
FAR = {0: 0.90, 1: 0.91, 2: 0.89, 3: 0.905}


def seeds(*values: float) -> dict[int, float]:
    return dict(enumerate(values))


def drawn(luck: np.random.Generator, count: int, mean: float = 0.9, spread: float = 0.01) -> dict[int, float]:
    return seeds(*luck.normal(mean, spread, count).tolist())


def test_the_interval_of_a_mean_is_scipys():
    found = measured("one", ONE)
    low, high = stats.t.interval(0.95, 3, np.mean(list(ONE.values())), stats.sem(list(ONE.values())))
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)


def test_common_seeds_are_compared_pair_by_pair_as_scipy_does():
    found = duel("one", ONE, "other", OTHER)
    expected = stats.ttest_rel(list(ONE.values()), list(OTHER.values()))
    interval = expected.confidence_interval(0.95)
    assert found.paired and found.seeds == (4, 4)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-9)


def test_a_paired_interval_worked_out_by_hand():
    found = duel("a", seeds(0.92, 0.93, 0.97), "b", seeds(0.91, 0.91, 0.94))
    # differences 1, 2, 3 points: mean 2, deviation 1, t(2) = 4.3027, half 4.3027 / sqrt(3) = 2.4842 points
    assert found.difference == pytest.approx(0.02)
    assert found.half == pytest.approx(0.024842, abs=1e-6)
    assert not found.real


def test_other_seeds_are_compared_as_welch_does():
    other = {seed + 10: value for seed, value in FAR.items()} | {20: 0.95}
    found = duel("one", ONE, "far", other)
    expected = stats.ttest_ind(list(ONE.values()), list(other.values()), equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert not found.paired and found.seeds == (4, 5)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-9)


def test_pairing_depends_on_the_seeds_alone_and_takes_more_than_half_of_the_smaller_group():
    ten = seeds(*np.linspace(0.9, 0.95, 10).tolist())
    assert duel("a", ten, "b", {0: 0.9, 1: 0.93}).paired
    assert not duel("a", ten, "b", {0: 0.9, 1: 0.93, 20: 0.9, 21: 0.91}).paired


def test_fewer_than_two_seeds_give_no_interval():
    assert duel("a", {0: 0.9}, "b", ONE) is None
    assert measured("a", {0: 0.9}).half is None


def test_the_same_seed_twice_is_one_witness():
    assert by_seed([(0, 0.9), (1, 0.8), (0, 0.92)]) == pytest.approx({0: 0.91, 1: 0.8})


def test_how_many_pictures_were_judged_shows_in_the_figures():
    assert judged_on([seeds(0.9812, 0.981), seeds(0.97)]) == 5000
    assert judged_on([seeds(9811 / 10_000, 0.981), seeds(0.97)]) == 10_000
    assert judged_on([seeds(7 / 111), seeds(50 / 111, math.nan)]) == 111
    assert judged_on([seeds(0.31415926535)]) is None, "no share of any test set"
    assert judged_on([seeds(1 / 99_991, 1 / 99_989)]) is None
    assert judged_on([]) == 1


def test_figures_without_any_spread_differ_only_as_far_as_their_pictures_can_say():
    same, better = seeds(0.5, 0.5), seeds(0.501, 0.501)
    assert duel("a", same, "b", same).p == 1
    assert duel("a", better, "b", same).real  # 0 ± 0
    found = duel("a", better, "b", same, pictures=1000)  # one picture of a thousand
    assert found.half == pytest.approx(12.7062 / math.sqrt(2) / math.sqrt(6) / 1000, rel=1e-4)
    assert not found.real


def test_holm_is_the_step_down_of_the_p_values():
    ps = [0.001, 0.013, 0.02, 0.04]
    duels = [Duel("a", str(p), (5, 5), True, 1.0, 1.0, 1 / -stats.t.ppf(p / 2, 4), 4.0, p) for p in ps]
    widened = holm(duels)
    # 0.05/4 = 0.0125, 0.05/3 = 0.0167, 0.05/2 = 0.025, 0.05
    assert [each.real for each in widened] == [True, True, True, True]
    assert [1 - each.level for each in widened] == pytest.approx([0.0125, 0.05 / 3, 0.025, 0.05])
    stopped = holm([duels[0], duels[3], duels[3]])  # 0.04 > 0.05/2, so the third falls with it
    assert [each.real for each in stopped] == [True, False, False]


def test_equal_recipes_are_rarely_called_different_however_many_there_are():
    luck = np.random.default_rng(0)
    wrong = sum(
        any(each.real for each in verdict({str(each): drawn(luck, 4) for each in range(6)}).duels) for _ in range(200)
    )
    assert wrong <= 16  # 5 % of 200 is 10; the best against the others without the correction gives about 80


@pytest.mark.parametrize("effect", [0.3, 0.8, 2.0])
def test_so_many_seeds_find_the_difference_four_times_out_of_five(effect: float):
    small = Duel("a", "b", (3, 3), True, effect, 1.0, 1 / math.sqrt(3), 2.0, 0.5)
    needed = seeds_needed(small)

    def power(n: int) -> float:  # the noncentral t is the exact answer
        return float(stats.nct.sf(stats.t.ppf(0.975, n - 1), n - 1, effect * math.sqrt(n)))

    assert power(needed + 1) >= 0.8 > power(needed - 2)


def test_a_hopelessly_small_difference_needs_no_number():
    assert seeds_needed(Duel("a", "b", (3, 3), True, 0.001, 1.0, 0.6, 2.0, 0.9)) is None


def test_nothing_and_one_alone():
    assert verdict({}).kind == verdict({"a": {}}).kind == "nothing"
    assert verdict({"a": ONE}).sentence == "a: 98.0 ± 0.4 % over 4 seeds. Choose something to compare it with."
    assert "run at least 2 more" in verdict({"a": {0: 0.9}}).sentence


def test_one_seed_each_says_nothing():
    found = verdict({"a": {0: 0.96}, "b": {0: 0.95}})
    assert (found.kind, found.winner, found.more) == ("unknown", None, 2)
    assert found.sentence == "One seed each says nothing: run at least 2 more of each."
    assert verdict({"a": ONE, "b": {0: 0.5}}).sentence == "One seed says nothing: run at least 2 more of b."


def test_a_real_difference_names_the_better_one():
    found = verdict({"far": FAR, "one": ONE})
    assert (found.kind, found.winner, found.more) == ("winner", "one", None)
    assert found.sentence == "one is better than far by 7.92 ± 1.78 points (4 seeds each)."


def test_no_winner_where_the_interval_holds_zero():
    found = verdict({"a": seeds(0.92, 0.93, 0.97), "b": seeds(0.91, 0.91, 0.94)})
    assert (found.kind, found.winner) == ("tie", None)
    assert found.sentence == (
        "No real difference between a and b: 2.0 ± 2.5 points, 3 seeds each. "
        "About 2 more seeds each would settle it, if the difference is as large as it looks."
    )
    assert found.more == 2


def test_a_difference_of_nothing_is_called_a_draw():
    found = verdict({"a": seeds(0.90, 0.92, 0.91), "b": seeds(0.9201, 0.90, 0.9101)})
    assert found.more is None and "call it a draw" in found.sentence
    assert "the same to the last digit" in verdict({"a": ONE, "b": ONE}).sentence


def test_of_several_no_winner_is_named_while_the_first_two_overlap():
    many = {"a": seeds(0.970, 0.962, 0.968, 0.971), "b": seeds(0.966, 0.969, 0.963, 0.967), "c": FAR}
    found = verdict(many)
    assert (found.kind, found.winner) == ("tie", None)
    assert found.sentence.startswith("No winner: a and b cannot be told apart.") and "c is worse." in found.sentence
    clear = verdict({**many, "a": seeds(0.990, 0.992, 0.989, 0.991)})
    assert clear.winner == "a" and clear.sentence.startswith("a is the best of 3: better than each other one")


def test_two_seeds_of_many_recipes_are_said_to_be_too_few_and_nobody_is_called_equal():
    many = {name: {0: mean, 1: mean + 0.006} for name, mean in (("a", 0.98), ("b", 0.97), ("e", 0.85))}
    many["d"] = {0: 0.5, 1: 0.51}
    many["c"], many["f"] = {0: 0.94, 1: 0.93}, {0: 0.12, 1: 0.13}
    found = verdict(many, pictures=1000)
    assert found.kind == "tie" and found.sentence.startswith(
        "No winner: 2 seeds each are too few to tell a from b and c, however far apart they look."
    )
    assert "cannot be told apart" not in found.sentence


def test_a_leader_with_one_seed_keeps_others_from_winning():
    found = verdict({"one": ONE, "far": FAR, "lucky": {0: 0.99}})
    assert found.winner is None and found.sentence.startswith("No winner yet: lucky looks better than one")
    behind = verdict({"one": ONE, "far": FAR, "poor": {0: 0.2}})
    assert behind.winner == "one" and "poor has one seed only" in behind.notes[0]


def test_a_loss_is_better_when_it_is_small_and_is_no_percentage():
    found = verdict({"high": seeds(0.5, 0.51, 0.52), "low": seeds(0.3, 0.312, 0.321)}, higher=False, percent=False)
    assert found.winner == "low" and "points" not in found.sentence


def test_runs_without_a_figure_are_left_out_and_said():
    found = verdict({"a": {**ONE, 9: math.nan}, "b": FAR})
    assert found.winner == "a" and "1 run of a without a figure is left out" in found.notes[0]


def test_lists_and_digits():
    assert [listed(list(names)) for names in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]
    assert listed(list("abcdefgh")) == "a, b, c, d, e and 3 others"
    assert [digits(near) for near in (0.9, 0.04, 0.12, 12.0, 0.0, 1e-9)] == [1, 2, 2, 1, 2, 4]
