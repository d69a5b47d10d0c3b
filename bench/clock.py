"""How long something takes, for the benches."""

import time
from collections.abc import Callable
from statistics import median


def seconds(action: Callable[[], object], times: int) -> float:
    """The usual time of some; the first is to warm up where there are several."""
    if times > 1:
        action()
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        action()
        taken.append(time.perf_counter() - begin)
    return median(taken)
