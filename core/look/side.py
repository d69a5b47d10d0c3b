"""Side by side: what one network gets right and another one wrong, and whether that is more than luck."""

from dataclasses import dataclass
from math import comb

import numpy as np

from core.look.judged import Judged, Numbers

RARE = 0.05  # a difference that luck makes less often than this is called real


@dataclass(frozen=True)
class Side:
    """The four kinds of pictures, counted."""

    both: int  # right
    first: int  # only the first network is right
    second: int  # only the second network is right
    neither: int

    @property
    def of(self) -> int:
        return self.both + self.first + self.second + self.neither

    @property
    def chance(self) -> float:
        """McNemar's exact test: how often luck alone would split the pictures they disagree on so unevenly."""
        return chance(self.first, self.second)


def side(first: Numbers, second: Numbers) -> Side:
    """Counts from two arrays (N,) that say of the same pictures whether each network is right."""
    a, b = np.asarray(first, bool), np.asarray(second, bool)
    return Side(int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum()))


def chance(first: int, second: int) -> float:
    """Two-sided: were both equally good, each picture on which one is right would be a toss of a coin."""
    tosses, few = first + second, min(first, second)
    if first == second:
        return 1.0
    if tosses > 1000:  # whole numbers of a thousand digits: the bell curve is as good
        from scipy.stats import binom

        return float(min(1.0, 2 * binom.cdf(few, tosses, 0.5)))
    return min(1.0, float(2 * sum(comb(tosses, i) for i in range(few + 1)) / 2**tosses))


SEEDS = "Another seed might not be: compare seeds on Compare."


def sentence(counts: Side, first: str, second: str, doubt: str = SEEDS) -> str:
    """What the counts say about the two networks, on these pictures; `doubt`: what they cannot say of a winner."""
    apart = counts.first + counts.second
    if not apart:
        return f"{first} and {second} are right and wrong on exactly the same pictures: no difference to see."
    better, fewer = (first, second) if counts.first >= counts.second else (second, first)
    more, less = max(counts.first, counts.second), min(counts.first, counts.second)
    lead = f"They disagree on {apart:,} of {counts.of:,} pictures: {better} wins {more:,} of these, {fewer} {less:,}."
    if counts.chance >= RARE:
        return f"{lead} Tossing a coin would often split them so (McNemar: {said(counts.chance)}): no real difference."
    rare = f"{'only ' * (counts.chance >= 0.001)}{said(counts.chance)}"
    return (
        f"{lead} Tossing a coin would split them so unevenly in {rare} of all cases (McNemar): "
        f"on pictures like these, {better} is better. {doubt}"
    )


def together(first: Judged, second: Judged) -> str:
    """What the two would be worth as a committee: for each class the mean of what they say."""
    share = float(((first.probabilities + second.probabilities).argmax(1) == first.truth).mean())
    more = 100 * (share - max(first.accuracy, second.accuracy))
    than = "as many as the better one alone" if abs(more) < 0.005 else f"{more:+.2f} points beside the better one alone"
    return f"Asked together (the mean of their answers) they are right on {share:.2%}: {than}."


def said(share: float) -> str:
    """A chance as people say it."""
    return f"{share:.0%}" if share >= 0.1 else f"{share:.1%}" if share >= 0.001 else "less than 0.1%"
