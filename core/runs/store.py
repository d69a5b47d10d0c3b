"""The store: everything the lab remembers about runs, in one object. The only SQL is in this folder."""

from core.runs import classroom
from core.runs.claims import Claims
from core.runs.events import Events
from core.runs.library import Library
from core.runs.live import Live
from core.runs.operations import Operations
from core.runs.snapshots import Snapshots
from core.runs.sweeps import Sweeps

__all__ = ["Store", "classroom"]  # with the store comes the dataset of the class's drawings


class Store(Sweeps, Library, Live, Events, Snapshots, Operations, Claims):
    """SQLite in the lab's home, or the database of LAB_DATABASE_URL. One per process; threads may share it.

    Library: add, runs, run, same, counts, rename, tag, note, clone, delete, log
    Live and Metrics: curves, since, figures, version
    Events: events, say        Snapshots: snapshots        Operations: ask, wishes
    Sweeps: add_sweep, sweep, sweeps, trials, sweep_runs, start_, stop_, resume_ and delete_sweep, more_seeds
    Claims (for workers): claim, hold, beat, settle, start_over, bury
    """

    def retry(self, run: int) -> None:
        """Queues a failed, stopped or paused run again; it goes on from its last snapshot."""
        self.ask(run, "resume")
