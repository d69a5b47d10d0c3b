"""Sweeping: who takes a sweep one step further. Workers think of the next point; pages see to it that one lives."""

from core.config import RunConfig
from core.config.plan import Plan
from core.data import registry
from core.errors import LabError, unknown
from core.nets.rewrite import rewrite
from core.runs.brain import Past, propose
from core.runs.pacing import refuse_if_too_many
from core.runs.store import Store
from core.runs.sweep import Sweep, Trial

OVER = ("finished", "failed", "stopped")  # a run that does not go on by itself; one that was deleted does not either


def begin(store: Store, plan: Plan, owner: str | None = None, betting: bool = False) -> int:
    """Checks a plan and writes it down as a sweep; its number."""
    refuse_if_too_many(store, plan)
    check(plan)
    return store.add_sweep(plan, owner, betting=betting)


def check(plan: Plan) -> None:
    """Refuses now what every run would fail at in its first second, as far as that can be known without torch."""
    if registry.state(plan.base.dataset) == "absent":
        raise unknown("dataset", plan.base.dataset, registry.names())
    tried: set[tuple[object, ...]] = set()
    for point in plan.all_points() if not plan.adaptive else ({},):
        config = plan.config(point, 0)
        build = _build(config)
        if build not in tried:
            tried.add(build)
            rewrite(config.net, config)


def _build(config: RunConfig) -> tuple[object, ...]:
    """The knobs that change the network line."""
    return config.net, config.activation, config.dropout, config.batch_norm, config.kernel, config.filters


def advance(store: Store) -> None:
    """A worker with nothing in its hands: thinks of the next point where none waits, closes what is over."""
    for sweep in store.sweeps(status="running"):
        trials, states = look(store, sweep)
        if wants(sweep, trials, states):
            _think(store, sweep, trials, states)
        elif is_over(sweep, trials, states):
            store.finish_sweep(sweep.id)


def tend(store: Store) -> int:
    """A page's poll: closes what is over; how many sweeps need a worker to think of their next point."""
    waiting = 0
    for sweep in store.sweeps(status="running"):
        trials, states = look(store, sweep)
        if wants(sweep, trials, states):
            waiting += 1
        elif is_over(sweep, trials, states):
            store.finish_sweep(sweep.id)
    return waiting


States = dict[int, tuple[str, str | None]]


def look(store: Store, sweep: Sweep) -> tuple[list[Trial], States]:
    """The trials of a sweep and how their runs stand."""
    trials = store.trials(sweep.id)
    return trials, store.states({trial.run for trial in trials if trial.run is not None})


def wants(sweep: Sweep, trials: list[Trial], states: States) -> bool:
    """Whether it is time for another point: one is left to choose, and no run of the sweep waits in the queue."""
    plan = _plan(sweep)
    if plan is None or not plan.adaptive or sweep.asked >= plan.points:
        return False
    return not any(state(trial, states) in ("queued", "missing") for trial in trials)


def is_over(sweep: Sweep, trials: list[Trial], states: States) -> bool:
    """All points are chosen, and no run goes on."""
    plan = _plan(sweep)
    if plan is None:
        return True
    chosen = not plan.adaptive or sweep.asked >= plan.points
    return chosen and all(state(trial, states) in (*OVER, "gone") for trial in trials)


def state(trial: Trial, states: States) -> str:
    """A run's status; `missing`: there is none yet, `gone`: it was deleted."""
    if trial.run is None:
        return "missing"
    return states.get(trial.run, ("gone", None))[0]


def pruned(trial: Trial, states: States) -> bool:
    """Whether a sweep has ended this run early."""
    return trial.run is not None and states.get(trial.run) == ("stopped", "pruned")


def _plan(sweep: Sweep) -> Plan | None:
    try:
        return sweep.plan
    except LabError:  # corrupt; the page says so
        return None


def _think(store: Store, sweep: Sweep, trials: list[Trial], states: States) -> None:
    plan = sweep.plan
    point = propose(plan, past(store, plan, trials, states), sweep.asked)
    if point is None:  # everything there is has been tried
        store.finish_sweep(sweep.id)
    else:
        store.add_point(sweep.id, sweep.asked, point)


def past(store: Store, plan: Plan, trials: list[Trial], states: States) -> list[Past]:
    """What is known of every point: the mean over its seeds, once none of them goes on."""
    ended = [trial.run for trial in trials if trial.run and state(trial, states) == "finished"]
    values = {run.id: run.result.get(plan.metric) for run in store.runs(ids=ended)} if ended else {}
    found = []
    for number in sorted({trial.point for trial in trials}):
        mine = [trial for trial in trials if trial.point == number]
        known = [value for trial in mine if trial.run and (value := values.get(trial.run)) is not None]
        where = {state(trial, states) for trial in mine}
        if not where <= {*OVER, "gone"}:
            found.append(Past(mine[0].knobs, "running"))
        elif known and not any(pruned(trial, states) for trial in mine):
            found.append(Past(mine[0].knobs, "done", sum(known) / len(known)))
        else:  # pruned, diverged or stopped: worse than anything that came to its end
            found.append(Past(mine[0].knobs, "pruned"))
    return found
