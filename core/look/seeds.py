"""Seeds: the same recipe with other seeds, and what the spread between them says about a difference.

Student's t on the differences seed by seed, or Welch's where the seeds are others. Nothing here knows what a run is.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from scipy.special import stdtr, stdtrit

Seeds = Mapping[int, float]  # seed -> figure of the run with that seed, such as 0.9812
LEVEL = 0.95  # how often such an interval holds the truth
POWER = 0.8  # with so many seeds a difference of this size would be found four times out of five
MOST = 200  # seeds; what would take more is not worth settling
MOST_PICTURES = 100_000  # that a figure is taken to be a share of


@dataclass(frozen=True)
class Measured:
    """One recipe: its mean over seeds, and the interval of that mean (None with fewer than two seeds)."""

    name: str
    seeds: int
    mean: float
    deviation: float | None  # between seeds
    half: float | None

    @property
    def low(self) -> float:
        return self.mean - (self.half or 0.0)

    @property
    def high(self) -> float:
        return self.mean + (self.half or 0.0)


@dataclass(frozen=True)
class Duel:
    """The figure of `a` minus that of `b`, with the interval at `level`."""

    a: str
    b: str
    seeds: tuple[int, int]  # that were used; equal when paired
    paired: bool
    difference: float
    deviation: float  # of the difference between one run of each
    error: float  # standard error of the difference
    freedom: float
    p: float  # how often luck alone gives a difference as large
    level: float = LEVEL

    @property
    def half(self) -> float:
        return self.error * float(stdtrit(self.freedom, (1 + self.level) / 2))

    @property
    def low(self) -> float:
        return self.difference - self.half

    @property
    def high(self) -> float:
        return self.difference + self.half

    @property
    def real(self) -> bool:
        """The interval leaves zero out."""
        return self.low > 0 or self.high < 0


def by_seed(figures: Iterable[tuple[int, float]]) -> dict[int, float]:
    """seed -> mean figure: a run repeated with the same seed is no further witness."""
    found: dict[int, list[float]] = {}
    for seed, value in figures:
        found.setdefault(seed, []).append(value)
    return {seed: math.fsum(values) / len(values) for seed, values in found.items()}


def judged_on(groups: Iterable[Seeds]) -> int | None:
    """Of how many pictures these figures are shares: the fewest that all of them can be counted on.

    None where they are no such shares. Of a few figures alone it may be a part of the true number: then a spread is
    taken for coarser than it is, never for finer.
    """
    pictures = 1
    for value in {value for group in groups for value in group.values() if math.isfinite(value)}:
        share = Fraction(value).limit_denominator(MOST_PICTURES)
        pictures = math.lcm(pictures, share.denominator)
        if pictures > MOST_PICTURES or abs(float(share) - value) > 1e-12:
            return None
    return pictures


def measured(name: str, values: Seeds, level: float = LEVEL) -> Measured:
    """Mean, deviation and interval of one recipe."""
    numbers = list(values.values())
    mean = _mean(numbers)
    if len(numbers) < 2:
        return Measured(name, len(numbers), mean, None, None)
    deviation = math.sqrt(_variance(numbers))
    half = float(stdtrit(len(numbers) - 1, (1 + level) / 2)) * deviation / math.sqrt(len(numbers))
    return Measured(name, len(numbers), mean, deviation, half)


def duel(a: str, one: Seeds, b: str, other: Seeds, level: float = LEVEL, pictures: int | None = None) -> Duel | None:
    """Compares two recipes; None where one of them has fewer than two seeds.

    Paired over the common seeds when those are more than half of the smaller group, else Welch: the choice looks at
    the seeds alone, never at the figures. `pictures`: how many were judged; no spread counts as finer than one of them.
    """
    common = sorted(one.keys() & other.keys())
    if min(len(one), len(other)) < 2:
        return None
    finest = 1 / (6 * pictures**2) if pictures else 0.0  # variance of a difference of two rounded figures
    if len(common) >= 2 and 2 * len(common) > min(len(one), len(other)):
        differences = [one[seed] - other[seed] for seed in common]
        count = (len(common), len(common))
        variance = max(_variance(differences), finest)
        return _duel(a, b, count, True, _mean(differences), variance, variance / len(common), len(common) - 1.0, level)
    first, second = list(one.values()), list(other.values())
    v, w = max(_variance(first), finest / 2), max(_variance(second), finest / 2)
    n, m = len(first), len(second)
    square = v / n + w / m
    parts = (v / n) ** 2 / (n - 1) + (w / m) ** 2 / (m - 1)
    freedom = square**2 / parts if parts > 0 else n + m - 2.0
    return _duel(a, b, (n, m), False, _mean(first) - _mean(second), v + w, square, freedom, level)


def _duel(
    a: str,
    b: str,
    seeds: tuple[int, int],
    paired: bool,
    difference: float,
    variance: float,
    square: float,
    freedom: float,
    level: float,
) -> Duel:
    error = math.sqrt(square)
    p = 1.0 if difference == 0 else 0.0
    if error > 0:
        p = 2 * float(stdtr(freedom, -abs(difference) / error))
    return Duel(a, b, seeds, paired, difference, math.sqrt(variance), error, freedom, p, level)


def holm(duels: Sequence[Duel], family: int | None = None, level: float = LEVEL) -> tuple[Duel, ...]:
    """The same duels with wider intervals: of many comparisons, all hold together with this level (Holm).

    `family`: how many comparisons were looked at to come to these; the best of k was found among k (k - 1) / 2 pairs.
    """
    total = max(family or 0, len(duels))
    order = sorted(range(len(duels)), key=lambda place: duels[place].p)
    widened = list(duels)
    share, stopped = total, False
    for place in order:
        allowed = (1 - level) / share
        widened[place] = replace(duels[place], level=1 - allowed)
        stopped = stopped or duels[place].p > allowed
        share -= 0 if stopped else 1  # after the first that may be luck, all the others count as luck, too
    return tuple(widened)


def seeds_needed(duel: Duel, most: int = MOST) -> int | None:
    """Seeds of each that would show a difference of this size four times out of five; None: more than `most`."""
    if duel.difference == 0:
        return None
    per_seed = duel.freedom / (duel.seeds[0] - 1 if duel.paired else max(min(duel.seeds) - 1, 1))
    per_seed = min(max(per_seed, 1.0), 1.0 if duel.paired else 2.0)
    for n in range(2, most + 1):
        freedom = (n - 1) * per_seed
        reach = float(stdtrit(freedom, (1 + duel.level) / 2)) + float(stdtrit(freedom, POWER))
        if reach * duel.deviation / math.sqrt(n) <= abs(duel.difference):
            return n
    return None


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers)


def _variance(numbers: Sequence[float]) -> float:
    """Of a sample (n - 1); a spread below what floats can say is none."""
    mean = _mean(numbers)
    variance = math.fsum((each - mean) ** 2 for each in numbers) / (len(numbers) - 1)
    return variance if variance > (1e-12 * max(abs(mean), 1e-12)) ** 2 else 0.0
