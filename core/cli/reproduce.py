"""reproduce: what the reports claim beside what is measured, and one experiment of theirs run again."""

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.cli.train import check, progress
from core.config import RunConfig
from core.config.experiment import Experiment, Row, longest, quick
from core.config.experiments import EXPERIMENTS, experiment
from core.errors import LabError
from core.look.comparison import block, listed, result
from core.look.reproduced import Record
from core.runs import measured
from core.runs.run import Run
from core.runs.store import Store

MOST_SEEDS = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("experiment", nargs="?", metavar="EXPERIMENT", help="its name; without one all are listed")
    parser.add_argument("--quick", action="store_true", help="a tenth of the epochs on 10,000 pictures: the way only")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="runs of each row, with seeds 0 to N-1")
    parser.add_argument("--row", action="append", default=[], metavar="NAME", help="only this row; may be repeated")
    parser.add_argument("--epochs", type=int, metavar="N", help="follow each row for so many epochs at most")
    parser.add_argument("--minutes", type=float, metavar="M", help="pause after M minutes; the same call goes on")
    parser.add_argument(
        "--record", nargs="?", const=str(measured.shipped_file()), metavar="FILE", help="keep what was measured there"
    )


def run(told: argparse.Namespace) -> Any:
    if told.experiment is None:
        if told.row or told.quick or told.record:
            raise LabError("EXPERIMENT is missing: --row, --quick and --record need one.")
        own = _own(tuple(EXPERIMENTS.values()))
        return [listed(each, own) for each in EXPERIMENTS.values()]
    chosen = experiment(told.experiment)
    _check(told)
    rows = [chosen.row(name) for name in told.row] or [row for row in chosen.runnable if row.name != "ours"]
    if not rows or any(row.config is None for row in rows):
        raise LabError(f"{chosen.name} cannot be run from here. {chosen.missing}")
    file = Path(told.record) if told.record else None
    if file is not None:
        measured.shipped(file)  # a damaged file is refused now, not after an hour
    done = _runs(chosen, longest(rows), told, file)
    return result(chosen, rows, told.quick, done)


def _check(told: argparse.Namespace) -> None:
    if not 1 <= told.seeds <= MOST_SEEDS:
        raise LabError(f"--seeds is {told.seeds}; allowed: 1 to {MOST_SEEDS}.")
    if told.epochs is not None and told.epochs < 1:
        raise LabError(f"--epochs is {told.epochs}; allowed: 1 or more.")
    if told.minutes is not None and not told.minutes > 0:
        raise LabError(f"--minutes is {told.minutes}; allowed: a number above 0.")
    if told.quick and told.record:
        raise LabError("--record is for whole recipes; --quick shortens them.")


def _runs(chosen: Experiment, rows: Sequence[Row], told: argparse.Namespace, file: Path | None) -> list[Record]:
    """Every row with every seed, seed by seed: what is broken off has each row at least once."""
    store = Store()
    end = None if told.minutes is None else time.monotonic() + 60 * told.minutes
    done: list[Record] = []
    for seed in range(told.seeds):
        for row in rows:
            left = None if end is None else end - time.monotonic()
            if left is not None and left < 1:
                return done
            config = recipe(row, seed, told.quick, told.epochs)
            check(config)
            known = _known(store, config, file)
            record = known or _trained(store, chosen, row, config, left)
            if record is None:  # paused: the next call goes on
                return done
            done.append(record)
            if file is not None and (known is None or known.run is not None):
                measured.keep([record], file)
    return done


def recipe(row: Row, seed: int, short: bool = False, epochs: int | None = None) -> RunConfig:
    """The config that a run of this row gets."""
    assert row.config is not None
    config = row.config.replace(seed=seed)
    config = quick(config) if short else config
    if epochs is not None and epochs < config.epochs and config.schedule in ("constant", "step"):
        config = config.replace(epochs=epochs)  # the very beginning of the longer run
    return config


def _known(store: Store, config: RunConfig, file: Path | None) -> Record | None:
    """The same run, if it was done before: from the results file, else from the store."""
    if file is not None:
        same = [each for each in measured.shipped(file) if each.config.key() == config.key()]
        if same:
            return same[0]
    finished = store.same(config)
    return measured.record(store, finished[0]) if finished else None


def _trained(store: Store, chosen: Experiment, row: Row, config: RunConfig, left: float | None) -> Record | None:
    from core.runs.foreground import train

    begun = [run for run in store.runs(status="paused") if run.config == config and chosen.name in run.tags]
    number = (
        begun[0].id if begun else store.add(config, name(chosen, row, config), tags=(chosen.name,), status="paused")
    )
    status = train(store, number, progress, seconds=left)
    ended = store.run(number)
    if status == "paused":
        return None
    _must_have_ended(ended)
    return measured.record(store, ended, os.getloadavg()[0])


def _must_have_ended(run: Run) -> None:
    if run.status == "failed" and run.reason != "diverged":
        raise LabError(f"Run {run.id} failed: {run.error}")
    if run.status not in ("finished", "failed"):
        raise LabError(f"Run {run.id} was {run.status}, so there is nothing to compare. Start again to repeat it.")


def name(chosen: Experiment, row: Row, config: RunConfig) -> str:
    """What a run of a row is called: `r1-dropout 0.3, seed 1`."""
    return f"{chosen.name} {row.title}, seed {config.seed}"


def _own(chosen: Sequence[Experiment]) -> list[Record]:
    rows = [row for each in chosen for row in each.all_rows]
    return [*measured.shipped(), *measured.own(Store(), rows)]


def text(value: Any) -> str:
    if isinstance(value, list):
        return "\n\n".join(block(each) for each in value)
    short = " (quick: shortened, so no figure to compare)" if value["quick"] else ""
    end = "" if value["complete"] else "\nNot all rows are there yet: the same command goes on."
    return block(value, short) + end
