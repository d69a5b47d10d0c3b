"""The worker: a process that trains queued runs one after the other, and ends when it has been idle for a while."""

import argparse
import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import LabError
from core.runs.bell import Bell
from core.runs.claims import Claim, Holder
from core.runs.database import Unavailable
from core.runs.liveness import reconcile
from core.runs.processes import Slot, myself
from core.runs.store import Store
from core.runs.sweeping import advance

if TYPE_CHECKING:  # torch comes after the slot is ours
    from core.runs.tools import Tools

IDLE = 300.0  # seconds a warm worker waits for the next run
NICE = 10  # of 19
NAP = 0.04  # seconds between two looks at the queue


def main(arguments: list[str] | None = None, tools: "Tools | None" = None) -> int:
    """`python -m core.runs.worker --slot N`"""
    parser = argparse.ArgumentParser(prog="python -m core.runs.worker", description=__doc__)
    parser.add_argument("--slot", type=int, default=0, help="which place of this machine to train at")
    parser.add_argument("--idle", type=float, default=IDLE, help="seconds to wait for another run before ending")
    told = parser.parse_args(arguments)
    slot = Slot(told.slot)
    if not slot.take(wait=1.0):
        return 0  # another one is there already
    bell = Bell()
    signal.signal(signal.SIGTERM, lambda _number, _frame: bell.ring("quit"))
    try:
        store = Store()
        from core.runs.tools import real, warmed

        tools = tools or warmed(real(told.slot))
        make_way()  # only now: who has clicked Start waits for what came before
        drain(store, myself(told.slot), tools, bell, told.idle)
    except LabError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    finally:
        slot.free()
    return 0


def make_way() -> None:
    """The page stays quick while this process trains; on a quiet machine it makes no difference.

    Linux shares the processor between sessions first, and a worker has a session of its own: its niceness alone would
    only count among its own threads, so the session gets it as well.
    """
    if sys.platform == "win32":
        return
    level = os.nice(NICE)
    with contextlib.suppress(OSError):  # absent on other systems and in some containers
        Path("/proc/self/autogroup").write_text(str(NICE))
    # on Linux niceness belongs to a thread, and torch's own are there already: outside of sessions only it counts
    for thread in Path("/proc/self/task").glob("*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            os.setpriority(os.PRIO_PROCESS, int(thread.name), level)


def drain(store: Store, holder: Holder, tools: "Tools", bell: Bell, idle: float) -> None:
    """Trains whatever is queued until nothing has come for `idle` seconds, or the bell rings."""
    from core.runs.job import Job

    waited, looked, version = time.monotonic(), 0.0, ""
    while bell.rung is None:
        try:
            newest, now = store.version(), time.monotonic()
            if newest != version or now - looked > 1.0:
                version, looked = newest, now
                claim = next_run(store, holder)
                if claim is not None:
                    Job(store, claim, tools, bell).work()
                    waited, version = time.monotonic(), ""
                    continue
        except Unavailable as error:
            print(error, file=sys.stderr, flush=True)
            time.sleep(1.0)
        if time.monotonic() - waited > idle:
            return
        time.sleep(NAP)


def next_run(store: Store, holder: Holder) -> Claim | None:
    """The next queued run, those of dead workers included, or one that a sweep now thinks of."""
    reconcile(store)
    advance(store)
    return store.claim(holder)


if __name__ == "__main__":
    sys.exit(main())
