"""Training in this process, for the command line's --watch."""

import signal
import threading
from collections.abc import Callable
from types import FrameType

from core.errors import LabError
from core.runs.bell import Bell
from core.runs.job import Job
from core.runs.processes import myself
from core.runs.store import Store
from core.runs.tools import Tools, real
from core.train.facts import Fact


def train(
    store: Store,
    run: int,
    watch: Callable[[Fact], None] | None = None,
    tools: Tools | None = None,
    seconds: float | None = None,
) -> str:
    """Trains one paused run here and now; its status afterwards. After so many `seconds` it is paused again."""
    tools = tools or real(0)
    claim = store.claim(myself(0), run, status="paused")
    if claim is None:
        raise LabError(f"Run {run} was changed by somebody else before it could start.")
    bell = Bell()

    def ring(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # the second Ctrl-C ends it at once
        bell.ring("stop")

    before = signal.signal(signal.SIGINT, ring)
    enough = threading.Timer(seconds or 0, lambda: setattr(bell, "rung", bell.rung or "pause"))
    enough.daemon = True
    if seconds is not None:
        enough.start()
    try:
        return Job(store, claim, tools, bell).work(watch)
    finally:
        enough.cancel()
        signal.signal(signal.SIGINT, before)
