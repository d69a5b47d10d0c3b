"""Reconciling: runs whose worker died go on, and workers that do not listen are told louder."""

import time

from sqlalchemy import update

from core.runs import processes
from core.runs.run import Run
from core.runs.store import Store
from core.runs.tables import operations

LOUDER = 4.0  # seconds after which a wish that nobody heard becomes SIGTERM
LOUDEST = 8.0  # and seconds after that, SIGKILL


def reconcile(store: Store) -> list[tuple[int, str]]:
    """Settles running runs whose process is gone: (run, its new status). What is unknown is never called finished."""
    settled = []
    for run in store.runs(status="running"):
        if processes.is_alive(run):
            insist(store, run)
            continue
        status = store.bury(run.id, run.attempts)
        if status is not None:
            settled.append((run.id, status))
    return settled


def insist(store: Store, run: Run) -> None:
    """The ladder: a flag first (the worker looks at it at every step edge), then SIGTERM, then SIGKILL."""
    if not processes.is_here(run):
        return
    for wish in store.wishes(run.id):
        now = time.time()
        if wish.signalled is None and now - wish.created > LOUDER:
            store.say(run.id, f"It did not {wish.what} within {LOUDER:g} s: sent SIGTERM to its process.", "warning")
            with store.write() as connection:
                mine = operations.c.id == wish.id
                connection.execute(update(operations).where(mine).values(signalled=now))
            processes.terminate(run)
        elif wish.signalled is not None and now - wish.signalled > LOUDEST:
            store.say(run.id, f"It did not listen for {LOUDER + LOUDEST:g} s: its process was killed.", "warning")
            processes.kill(run)
