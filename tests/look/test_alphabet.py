"""On a page of digits a round drawing is a 0, on a page of letters an omicron; mixed pages stay as they were read."""

import pytest

from core.look.alphabet import together
from core.look.predictor import Prediction, rival


def said(refused: bool = False, **chances: float) -> Prediction:
    """An answer with these probabilities; `d3` is the digit 3."""
    top = sorted(((name.removeprefix("d"), p) for name, p in chances.items()), key=lambda each: -each[1])
    return Prediction(top[0][0], top[0][1], top, 0.9 if refused else 0.1, refused, rival(top))


ROUND = {"omicron": 0.7, "d0": 0.28, "sigma": 0.01, "d6": 0.01}
TWO, SEVEN = said(d2=0.98, alpha=0.02), said(d7=0.99, tau=0.01)
ALPHA, PI = said(alpha=0.98, d2=0.02), said(pi=0.99, d7=0.01)


def labels(*answers: Prediction) -> list[str | None]:
    return [each.label for each in together(answers)]


def test_neighbours_decide_between_look_alikes_and_the_answer_says_so() -> None:
    _, zero, _ = together([TWO, said(**ROUND), SEVEN])
    assert (zero.label, zero.alone) == ("0", "omicron") and zero.probability > 0.6
    _, omicron, _ = together([ALPHA, said(**ROUND), PI])
    assert (omicron.label, omicron.alone) == ("omicron", None) and omicron.probability > 0.85


def test_the_more_neighbours_the_surer() -> None:
    chances = [together([said(**ROUND), *[TWO] * count])[0].top for count in (2, 4, 8)]
    zeros = [dict(top)["0"] for top in chances]
    assert zeros == sorted(zeros) and zeros[-1] > 0.95


@pytest.mark.parametrize("page", [[TWO, PI], [ALPHA, PI, TWO, SEVEN], [TWO, ALPHA, PI], [TWO, ALPHA, said(**ROUND)]])
def test_a_mixed_page_stays_as_it_was_read(page: list[Prediction]) -> None:
    assert labels(*page) == [each.label for each in page]
    assert all(answer.probability > 0.65 for answer in together(page)), "and no answer is in doubt for it"


def test_probabilities_still_add_up_to_one() -> None:
    for answer in together([said(**ROUND), SEVEN, said(d1=1.0, iota=0.0)]):
        assert sum(chance for _, chance in answer.top) == pytest.approx(1)
        assert answer.probability == answer.top[0][1] == max(chance for _, chance in answer.top)


def test_one_or_two_characters_say_too_little_about_their_page() -> None:
    one = said(**ROUND)
    assert together([one]) == [one] and together([]) == [] and together([one, SEVEN]) == [one, SEVEN]
    empty = Prediction(None, 0.0, empty=True, why="There is no ink.")
    assert together([one, SEVEN, empty]) == [one, SEVEN, empty]


def test_two_round_ones_do_not_hold_each_other_back() -> None:
    sharp = said(d0=0.9, omicron=0.1)
    assert labels(ALPHA, sharp, PI, ALPHA, sharp, PI) == ["alpha", "omicron", "pi", "alpha", "omicron", "pi"]


def test_what_is_refused_has_no_say_and_stays_refused() -> None:
    scribble = said(refused=True, **{"d8": 0.9, "beta": 0.1})
    assert labels(TWO, said(**ROUND), scribble) == ["2", "omicron", "8"]
    assert together([TWO, scribble, SEVEN])[1] is scribble


def test_a_network_of_one_alphabet_is_left_alone() -> None:
    page = [said(d1=0.6, d7=0.4), said(d3=0.9, d8=0.1)]
    assert together(page) == page


def test_what_is_sure_stays_and_does_not_outvote_a_page() -> None:
    sure = said(gamma=0.999, d4=0.001)
    page = labels(*[TWO, SEVEN] * 4, sure, said(**ROUND))
    assert page[-2:] == ["gamma", "0"]
