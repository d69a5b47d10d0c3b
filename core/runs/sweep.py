"""Sweep and Trial: rows of the store as frozen values."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.config.plan import MOST, Knobs, Plan
from core.errors import LabError

SWEEP_STATUSES = ("betting", "running", "stopped", "finished")


@dataclass(frozen=True)
class Sweep:
    """One sweep. Moments are seconds since 1970."""

    id: int
    name: str
    owner: str | None
    status: str
    plan_json: str
    created: float
    started: float | None
    finished: float | None
    asked: int  # points that have trials

    @property
    def plan(self) -> Plan:
        """What is varied; a LabError when the stored plan cannot be read."""
        return _plan(self.plan_json)


@dataclass(frozen=True)
class Trial:
    """A point with one seed. `run` is the run that answers it, if there is one yet."""

    point: int
    seed: int
    knobs: Knobs
    config_key: str
    run: int | None
    reused: bool


@lru_cache(maxsize=500)
def _plan(text: str) -> Plan:
    return Plan.from_json(text)


def as_sweep(row: Any) -> Sweep:
    return Sweep(row.id, row.name, row.owner, row.status, row.plan, row.created, row.started, row.finished, row.asked)


def as_trial(row: Any) -> Trial:
    """A damaged row is a point without knobs: it breaks no list and no worker."""
    try:
        knobs = json.loads(row.knobs)
    except json.JSONDecodeError:
        knobs = {}
    told = knobs if isinstance(knobs, dict) else {}
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    return Trial(row.point, row.seed, values, row.config_key, row.run, row.reused)


def gone(sweep: int) -> LabError:
    return LabError(f"Sweep {sweep} does not exist; it may have been deleted.")


def too_many(plan: Plan, took: str = "") -> LabError:
    """The sentence for a sweep that nobody would see the end of; `took` is the estimate, where there is one."""
    each = f"{plan.points:,} points with {plan.seeds} seed{'s' * (plan.seeds > 1)} each"
    return LabError(
        f"This sweep has {each}: {plan.runs:,} runs{f', {took} on this machine' if took else ''}; allowed: up to "
        f"{MOST:,} runs. Take fewer values, or try some points by chance (random)."
    )
