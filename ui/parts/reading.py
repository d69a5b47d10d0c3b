"""The reading: what a network says to a drawing, in words, bars and a meter."""

from typing import Any

from core.look.predictor import SURE
from ui.components.answer import answer, told
from ui.parts.signs import SIGNS, named, sign

WAITING = "I read while you draw"
ALWAYS = "This network cannot refuse: it always picks one of its classes."


def said(prediction: Any, kinds: str, rejects: bool) -> dict[str, Any]:
    """What the page shows of an answer; `prediction` is None while nothing is drawn."""
    if prediction is None or prediction.empty:
        why = prediction.why if prediction is not None else "There is no button: every stroke is read at once."
        seen = prediction.prepared.image if prediction is not None and prediction.prepared else None
        return told(state="empty", sign="…", sentence=WAITING, detail=why, seen=seen)
    sentence, detail = words(prediction, kinds)
    return told(
        state="refused" if prediction.refused else "read",
        sign="?" if prediction.refused else sign(prediction.label),
        sentence=sentence,
        detail=detail,
        bars=tuple((sign(label), label, chance) for label, chance in prediction.top[:5]),
        seen=prediction.prepared.image,
        reject=prediction.reject if rejects else None,
        verdict=("refused" if prediction.refused else "accepted") if rejects else ALWAYS,
    )


def show(prediction: Any, n: int, kinds: str, rejects: bool, asked: str = "") -> None:
    """Draws the answer to message `n`, and from then on what the pad hears from the address `asked`."""
    answer("answer", n, said(prediction, kinds, rejects), asked)


def words(prediction: Any, kinds: str) -> tuple[str, str]:
    """A sentence for the class, and one that explains it."""
    nearest = _spoken(prediction.label)
    if prediction.refused:
        return "None of these", f"It looks like none of the {kinds} I know. The nearest would be {nearest}."
    chances = dict(prediction.top)
    if prediction.unsure_with:
        other = prediction.unsure_with
        pair = f"{100 * chances[prediction.label]:.0f} to {100 * chances[other]:.0f}"
        either = f"{nearest[0].upper()}{nearest[1:]} or {_spoken(other)}?"
        return either, f"Written by hand they can look alike: {pair}."
    if prediction.probability < SURE:
        return f"Perhaps {nearest}", "I would not bet on it. Draw it again, a little clearer."
    return f"This is {nearest}", ""


def _spoken(label: str) -> str:
    """A label in a sentence; a name that somebody has made up stands in quotes, for it needs no article then."""
    return named(label) if label in SIGNS or label.isdigit() else f"“{label}”"
