"""Reports: what was measured, the shipped runs and those of this lab, read once for all visitors."""

from core.config.experiments import EXPERIMENTS
from core.look.reproduced import Record, Standing, standing
from core.runs import measured
from ui import services


def records() -> tuple[Record, ...]:
    """Shipped records first, then this lab's own finished runs: those take their place, seed by seed."""
    store = services.store()
    counts = store.counts()
    ended = tuple(counts.get(status, 0) for status in ("finished", "failed"))
    newest = max((run.id for run in services.runs()[0]), default=0)
    rows = [row for each in EXPERIMENTS.values() for row in each.all_rows]
    mine: list[Record] = services.once(("reports", store.url, ended, newest), lambda: measured.own(store, rows))
    return (*measured.shipped(), *mine)


def standings(name: str, found: tuple[Record, ...]) -> dict[str, Standing]:
    """Every row of an experiment with its runs."""
    return {row.name: standing(row, found) for row in EXPERIMENTS[name].all_rows}
