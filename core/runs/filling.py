"""Trials of a sweep get their runs: finished ones with the very same settings, or new ones in the queue."""

import json
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.config import RunConfig
from core.config.plan import MOST, Knobs, Plan
from core.runs.library import new_row
from core.runs.sweep import Sweep, as_sweep, as_trial, gone
from core.runs.tables import runs, sweeps, trials

BEHIND = -10  # the priority of a sweep's runs: single runs go first


def locked(connection: Connection, sweep: int) -> Sweep:
    """The sweep, ours until the transaction ends."""
    row = connection.execute(select(sweeps).where(sweeps.c.id == sweep).with_for_update()).first()
    if row is None:
        raise gone(sweep)
    return as_sweep(row)


def change(connection: Connection, sweep: int, **values: Any) -> None:
    connection.execute(update(sweeps).where(sweeps.c.id == sweep).values(values))


def start(connection: Connection, sweep: int) -> None:
    """From now on it trains."""
    change(connection, sweep, status="running", started=time.time())
    fill(connection, locked(connection, sweep))


def enter(connection: Connection, sweep: int, plan: Plan, first: int, points: Sequence[Knobs]) -> None:
    """Rows for new points, each with all its seeds."""
    seeds = range(plan.seeds)
    write(connection, [row(sweep, plan, first + at, seed, knobs) for at, knobs in enumerate(points) for seed in seeds])
    change(connection, sweep, asked=first + len(points))


def write(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(trials), rows)


def row(sweep: int, plan: Plan, point: int, seed: int, knobs: Knobs) -> dict[str, Any]:
    """A trial that nobody has answered yet."""
    key, told = config(plan, knobs, seed).key(), json.dumps(dict(knobs))
    return {
        "sweep": sweep,
        "point": point,
        "seed": seed,
        "knobs": told,
        "config_key": key,
        "run": None,
        "reused": False,
    }


def config(plan: Plan, knobs: Knobs, seed: int) -> RunConfig:
    """A trial's settings. Made once: a thousand of them take longer than anybody should hold the store."""
    return _config(plan, tuple(knobs.items()), seed)


@lru_cache(maxsize=4 * MOST)
def _config(plan: Plan, knobs: tuple[tuple[str, Any], ...], seed: int) -> RunConfig:
    return plan.config(dict(knobs), seed)


def fill(connection: Connection, sweep: Sweep) -> int:
    """Gives every trial without a run one; how many there were.

    First all points with their first seed, then all with the second: the picture is whole early, and stays balanced.
    """
    plan, me = sweep.plan, str(sweep.id)
    mine = (trials.c.sweep == sweep.id) & trials.c.run.is_(None)
    rows = connection.execute(select(trials).where(mine).order_by(trials.c.seed, trials.c.point))
    waiting = [as_trial(each) for each in rows]
    known = finished(connection, {each.config_key for each in waiting}) if repeatable(plan) else {}
    for each in waiting:
        run, whose = known.get(each.config_key, (None, None))
        reused = run is not None and whose != me
        if run is None:
            name = f"{plan.label(each.knobs)}, seed {plan.base.seed + each.seed}"
            name = name if len(plan.varied) > 1 else f"{plan.varied[0].knob} {name}"
            new = new_row(config(plan, each.knobs, each.seed), name[:120], sweep.owner, sweep=me, priority=BEHIND)
            run = int(connection.execute(insert(runs).values(new).returning(runs.c.id)).scalar_one())
        place = (trials.c.sweep == sweep.id) & (trials.c.point == each.point) & (trials.c.seed == each.seed)
        connection.execute(update(trials).where(place).values(run=run, reused=reused))
    return len(waiting)


def repeatable(plan: Plan) -> bool:
    """Whether equal settings mean equal runs: the class's drawings grow, and earlier runs saw fewer of them."""
    return not plan.base.dataset.startswith("class-drawings")


def finished(connection: Connection, keys: Iterable[str]) -> dict[str, tuple[int, str | None]]:
    """config key -> the newest finished run with it, and its sweep."""
    wanted, found = list(keys), dict[str, tuple[int, str | None]]()
    query = select(runs.c.config_key, runs.c.id, runs.c.sweep).where(runs.c.status == "finished").order_by(runs.c.id)
    for first in range(0, len(wanted), 500):
        for key, run, sweep in connection.execute(query.where(runs.c.config_key.in_(wanted[first : first + 500]))):
            found[key] = (run, sweep)
    return found
