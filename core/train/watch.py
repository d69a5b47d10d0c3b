"""When is what due? The clock of a run, and the moments worth keeping."""

import contextlib
from collections.abc import Callable, Iterator

Clock = Callable[[], float]

TICK = 0.025  # seconds between two step edges at which a page may stop the run
METRIC = 1.0  # a metric at least once a second, so that the curve moves
POINTS = 200  # and at least so many over the whole run
RESUME = 10.0  # a killed worker loses at most so many seconds of training


class Watch:
    """Seconds of training, over all attempts, and what is due at a step."""

    def __init__(self, clock: Clock, spent: float, keep: frozenset[int]) -> None:
        self.clock, self.keep = clock, keep
        now = clock()
        self.began = now - spent
        self.tick = self.metric = self.resumable = now
        self.pause = RESUME
        self.spent_aside = 0.0

    def seconds(self) -> float:
        return self.clock() - self.began

    def due(self, step: int, per_epoch: int, total: int) -> bool:
        """Is there anything to tell at this step? Asked at every step, so it must cost next to nothing."""
        now = self.clock()
        if now - self.tick >= TICK or step % per_epoch == 0 or step % max(1, total // POINTS) == 0 or step in self.keep:
            self.tick = now
            return True
        return False

    def metric_due(self, step: int, total: int) -> bool:
        return step % max(1, total // POINTS) == 0 or self.clock() - self.metric >= METRIC

    def lap(self) -> float:
        """Seconds of training since the last metric: what was spent aside does not count."""
        now = self.clock()
        lap = now - self.metric - self.spent_aside
        self.metric, self.spent_aside = now, 0.0
        return lap

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Around what is no training: testing, and storing a snapshot."""
        before = self.clock()
        yield
        self.spent_aside += self.clock() - before

    def snapshot_due(self) -> bool:
        return self.clock() - self.resumable >= self.pause

    @contextlib.contextmanager
    def paid(self) -> Iterator[None]:
        """Around a snapshot: large networks are stored less often, so that storing takes at most a thirtieth."""
        before = self.clock()
        with self.aside():
            yield
        self.resumable = self.clock()
        self.pause = max(RESUME, 30 * (self.resumable - before))


def moments(total: int, per_epoch: int, count: int) -> frozenset[int]:
    """The steps to keep for the time machine: evenly spread, at the ends of epochs where there are enough of them."""
    even = {round(total * part / count) for part in range(1, count + 1)}
    if total // per_epoch >= count:
        even = {max(1, round(step / per_epoch)) * per_epoch for step in even}
    return frozenset(step for step in even if step)
