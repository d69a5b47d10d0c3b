"""Verdict: is one recipe better than another, or was it luck? What seeds say about it, in words.

The same recipe with another seed is the same experiment once more. Two recipes differ when the difference is larger
than what other seeds would change; no winner is named where that is not so.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.look.seeds import LEVEL, MOST, Duel, Measured, Seeds, by_seed, duel, holm, measured, seeds_needed

__all__ = ["Duel", "Measured", "Seeds", "Verdict", "by_seed", "duel", "holm", "measured", "seeds_needed", "verdict"]

ADVISED = 3  # seeds of each, the least that we advise
Kind = Literal["nothing", "alone", "unknown", "tie", "winner"]


@dataclass(frozen=True)
class Verdict:
    """What can be said. `sentence` is for the page; `notes` stand below it."""

    kind: Kind
    sentence: str
    winner: str | None = None
    groups: tuple[Measured, ...] = ()  # best first
    duels: tuple[Duel, ...] = ()  # the best against each other one, in the order of `groups`
    more: int | None = None  # further seeds of each that would probably settle it; None: settled, or hopeless
    notes: tuple[str, ...] = ()


def verdict(
    groups: Mapping[str, Seeds],
    higher: bool = True,
    percent: bool = True,
    level: float = LEVEL,
    pictures: int | None = None,
) -> Verdict:
    """What seeds say about several recipes: name -> (seed -> figure).

    `higher`: large is good (accuracy), else small (loss). `percent`: figures are shares, said in points of a hundred.
    """
    finite = {name: {s: v for s, v in values.items() if math.isfinite(v)} for name, values in groups.items()}
    notes = [
        f"{_count(lost, 'run')} of {name} without a figure {'is' if lost == 1 else 'are'} left out: "
        "what remains may look better than it is."
        for name, values in groups.items()
        if (lost := len(values) - len(finite[name]))
    ]
    known = {name: values for name, values in finite.items() if values}
    sign = 1 if higher else -1
    ranked = tuple(sorted((measured(n, v, level) for n, v in known.items()), key=lambda each: -sign * each.mean))
    if not ranked:
        return Verdict("nothing", "Nothing to judge yet: no run has this figure.", notes=tuple(notes))
    say = _Words(percent)
    if len(ranked) == 1:
        return Verdict("alone", say.alone(ranked[0]), groups=ranked, notes=tuple(notes))
    if max(each.seeds for each in ranked) == 1 or (len(ranked) == 2 and min(each.seeds for each in ranked) == 1):
        return Verdict("unknown", say.one_seed(ranked), groups=ranked, more=ADVISED - 1, notes=tuple(notes))
    single = [each for each in ranked if each.seeds == 1]
    able = [each for each in ranked if each.seeds > 1]
    if len(able) == 1:
        return Verdict("unknown", say.one_seed(ranked), groups=ranked, more=ADVISED - 1, notes=tuple(notes))
    if single:
        notes.append(say.too_few(single))
    best = able[0]
    found = [duel(best.name, known[best.name], each.name, known[each.name], level, pictures) for each in able[1:]]
    pairs = len(able) * (len(able) - 1) // 2
    duels = holm([each for each in found if each is not None], pairs, level)
    luck = [each for each in duels if not each.real]
    open_ahead = [each for each in single if sign * (each.mean - best.mean) > 0]
    if not luck and not open_ahead:
        return Verdict("winner", say.winner(best, duels), best.name, ranked, duels, None, tuple(notes))
    needs = [(seeds_needed(each), each) for each in luck]
    more = None
    if needs and all(need is not None for need, _ in needs):
        more = max(max((need or 0) - min(each.seeds), 1) for need, each in needs)
    if not luck:
        text = say.lone_leader(open_ahead[0], best)
        return Verdict("unknown", text, None, ranked, duels, ADVISED - 1, tuple(notes))
    return Verdict("tie", say.tie(best, duels, luck, more), None, ranked, duels, more, tuple(notes))


@dataclass(frozen=True)
class _Words:
    """Figures and findings in plain words."""

    percent: bool

    def number(self, value: float, near: float, finer: int = 0) -> str:
        """As many digits as the interval deserves."""
        scaled, near = (100 * value, 100 * near) if self.percent else (value, near)
        return f"{scaled:.{digits(near) + finer}f}"

    def margin(self, each: Duel) -> str:
        finer = 1 if each.real else 0  # 0.34 ± 0.31 must not read 0.3 ± 0.3
        both = (self.number(value, each.half, finer) for value in (abs(each.difference), each.half))
        return " ± ".join(both) + (" points" if self.percent else "")

    def level(self, each: Measured) -> str:
        unit = " %" if self.percent else ""
        if each.half is None:
            return f"{self.number(each.mean, 0.001)}{unit}"
        return f"{self.number(each.mean, each.half)} ± {self.number(each.half, each.half)}{unit}"

    def alone(self, each: Measured) -> str:
        if each.half is None:
            luck = f"Another seed may well give something else: run at least {ADVISED - 1} more."
            return f"{each.name}: {self.level(each)} with one seed. {luck}"
        return f"{each.name}: {self.level(each)} over {each.seeds} seeds. Choose something to compare it with."

    def one_seed(self, ranked: Sequence[Measured]) -> str:
        single = [each for each in ranked if each.seeds == 1]
        if len(single) == len(ranked):
            return f"One seed each says nothing: run at least {ADVISED - 1} more of each."
        each = "" if len(single) == 1 else " each"
        return (
            f"One seed says nothing: run at least {ADVISED - 1} more{each} of {listed([one.name for one in single])}."
        )

    def too_few(self, single: Sequence[Measured]) -> str:
        have, of = ("has", "of it") if len(single) == 1 else ("have", "of each")
        names = listed([each.name for each in single])
        return f"{names} {have} one seed only, which says nothing: run at least {ADVISED - 1} more {of}."

    def lone_leader(self, leader: Measured, best: Measured) -> str:
        return (
            f"No winner yet: {leader.name} looks better than {best.name}, but has one seed only, which says nothing. "
            f"Run at least {ADVISED - 1} more of it."
        )

    def winner(self, best: Measured, duels: Sequence[Duel]) -> str:
        nearest = min(duels, key=lambda each: abs(each.difference))
        if len(duels) == 1:
            return f"{best.name} is better than {nearest.b} by {self.margin(nearest)} ({_seeds(nearest)})."
        return (
            f"{best.name} is the best of {len(duels) + 1}: better than each other one; than the next, {nearest.b}, "
            f"by {self.margin(nearest)} ({_seeds(nearest)})."
        )

    def tie(self, best: Measured, duels: Sequence[Duel], luck: Sequence[Duel], more: int | None) -> str:
        first = luck[0]
        if len(duels) == 1:
            said = f"No real difference between {best.name} and {first.b}: {self.margin(first)}, {_seeds(first)}."
        else:
            if len(luck) > 1 and max(max(each.seeds) for each in luck) == 2:  # nearly nothing is certain then
                few = f"2 seeds each are too few to tell {best.name} from {listed([each.b for each in luck], 4)}"
                said = f"No winner: {few}, however far apart they look."
            else:
                said = f"No winner: {listed([best.name, *(each.b for each in luck)], 4)} cannot be told apart."
            next_one = "the next, " if first is duels[0] else ""
            said += f" {best.name} leads {next_one}{first.b}, by {self.margin(first)} ({_seeds(first)})."
            if behind := [each.b for each in duels if each.real]:
                said += f" {listed(behind, 4)} {'is' if len(behind) == 1 else 'are'} worse."
        return f"{said} {self.outlook(luck, more)}"

    def outlook(self, luck: Sequence[Duel], more: int | None) -> str:
        if all(each.difference == 0 and each.deviation == 0 for each in luck):
            return "The figures are the same to the last digit."
        if more is None:
            return f"To tell them apart would take more than {MOST} seeds each: call it a draw."
        if len(luck) > 1:
            return (
                f"About {_count(more, 'more seed')} each would single out the best, if it is ahead as far as it looks."
            )
        return f"About {_count(more, 'more seed')} each would settle it, if the difference is as large as it looks."


def digits(near: float) -> int:
    """Digits after the point for a figure whose uncertainty is `near`: 0.9 -> 1, 0.04 -> 2, 0.12 -> 2."""
    if not 0 < near < math.inf:
        return 2
    place = math.floor(math.log10(near))
    return min(max(-place + (near < 2 * 10.0**place), 1), 4)


def listed(names: Sequence[str], most: int = 6) -> str:
    """a, b and c; of many the first ones."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} others"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _seeds(each: Duel) -> str:
    n, m = each.seeds
    return f"{_count(n, 'seed')} each" if n == m else f"{n} and {m} seeds"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
