"""One page, one alphabet, most likely: where a drawing could be a 0 or an omicron, its neighbours decide.

Three things can be true of a page: all digits, all letters, or a mixture. Each is held possible to begin with, and
every character speaks for or against each. On a mixed page (αβ12) the first two soon are ruled out: nothing changes.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from core.look.predictor import Prediction, rival

MIXED = 0.2  # before anything is read: one page in five holds both; the others are as likely of digits as of letters
ENOUGH = 3  # characters: two (2π) do not say enough about their page
LEAST = 0.01  # how much of either alphabet every character leaves possible: one misreading must not outvote a page


def together(answers: Sequence[Prediction]) -> list[Prediction]:
    """The answers to the characters of one page, each in the light of the others; what is refused has no say."""
    speaking = [each for each in answers if _speaks(each)]
    if len(speaking) < ENOUGH or not all(knows_both(each) for each in speaking):
        return list(answers)
    shares, pure = [_digits(each) for each in speaking], (1 - MIXED) / 2
    # a network of both alphabets holds either for as likely: twice the share is what a character speaks for one
    digits, letters = pure * prod(2 * share for share in shares), pure * prod(2 - 2 * share for share in shares)
    whole = digits + letters + MIXED
    return [_in_light(each, digits / whole, letters / whole) if _speaks(each) else each for each in answers]


def knows_both(answer: Prediction) -> bool:
    """Whether the network that gave it reads digits and letters."""
    return len({label.isdigit() for label, _ in answer.top}) == 2


def _in_light(answer: Prediction, digits: float, letters: float) -> Prediction:
    """The same drawing on a page that is all digits, or all letters, with so much probability."""
    share, mixed = _digits(answer), 1 - digits - letters
    digit, letter = mixed + digits / share, mixed + letters / (1 - share)
    weighed = [(label, chance * (digit if label.isdigit() else letter)) for label, chance in answer.top]
    whole = sum(chance for _, chance in weighed)
    top = sorted(((label, chance / whole) for label, chance in weighed), key=lambda each: -each[1])
    label, chance = top[0]
    alone = answer.label if answer.label != label else None
    return replace(answer, label=label, probability=chance, top=top, unsure_with=rival(top), alone=alone)


def _speaks(answer: Prediction) -> bool:
    return not answer.empty and not answer.refused


def _digits(answer: Prediction) -> float:
    """How much of the answer lies with digits: never all, never nothing."""
    share = sum(chance for label, chance in answer.top if label.isdigit())
    return min(max(share, LEAST), 1 - LEAST)
