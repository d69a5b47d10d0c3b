"""Brain: Optuna as an adviser without a memory. Its study is built anew from our own runs whenever it is asked."""

import random
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.config.plan import Knobs, Plan
from core.config.run import KNOBS
from core.config.vary import Vary

if TYPE_CHECKING:  # a quarter of a second that only sweeps need
    from optuna.distributions import BaseDistribution
    from optuna.study import Study
    from optuna.trial import FrozenTrial

FEW = 8  # points below which no importance is named
TRIES = 20  # times the sampler is asked for a point that was not tried yet
WARMUP = 1  # epochs in which no run is pruned
OTHERS = 3  # finished runs it takes to say what is usual
REDUCTION = 3  # successive halving: of so many, one goes on


@dataclass(frozen=True)
class Past:
    """What is known of a point, or of a run of it. `state`: done, running, pruned or failed."""

    knobs: Knobs
    state: str
    value: float | None = None
    curve: Mapping[int, float] = field(default_factory=dict)  # epoch -> accuracy


def propose(plan: Plan, past: Sequence[Past], number: int) -> Knobs | None:
    """The next point to try, one that was not tried yet; None when there is none left."""
    seen = {plan.label(each.knobs) for each in past}
    if plan.combinations is not None and len(seen) >= plan.combinations:
        return None
    ready = study(plan, past)
    for attempt in range(TRIES):
        ready.sampler = _sampler(plan, 1000 * number + attempt)
        asked = ready.ask({each.knob: _space(each) for each in plan.varied})
        point = {each.knob: _value(each, asked.params[each.knob]) for each in plan.varied}
        if plan.label(point) not in seen:
            return point
    luck = random.Random(plan.base.seed + number)
    for _ in range(100 * TRIES):
        point = {each.knob: each.drawn(luck) for each in plan.varied}
        if plan.label(point) not in seen:
            return point
    return None


def prunes(plan: Plan, mine: Mapping[int, float], past: Sequence[Past]) -> bool:
    """Whether a run with these accuracies (epoch -> accuracy) is to be ended, given the other runs."""
    import optuna
    from optuna.trial import TrialState

    if not mine or max(mine) < WARMUP:
        return False
    ready = study(plan, past)
    point = past[0].knobs if past else {}
    ready.add_trial(_trial(plan, Past(point, "running", None, mine), rungs=_rungs(plan, mine, before=max(mine))))
    running = next(each for each in reversed(ready.trials) if each.state == TrialState.RUNNING)
    pruner: optuna.pruners.BasePruner
    if plan.pruner == "halving":
        pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=REDUCTION)
    else:
        pruner = optuna.pruners.MedianPruner(n_startup_trials=OTHERS, n_warmup_steps=WARMUP)
    return bool(pruner.prune(ready, running))


def importances(plan: Plan, past: Sequence[Past]) -> tuple[dict[str, float], str]:
    """knob -> share of what mattered, most important first, and a sentence that says how that was found.

    A complete grid is taken apart exactly; other sweeps by PED-ANOVA: which knobs set the best quarter apart.
    """
    done = [each for each in past if each.state == "done" and each.value is not None]
    if len(plan.varied) < 2:
        return {}, "Only one knob is varied: there is nothing to compare it with."
    if len(done) < FEW:
        return {}, f"{len(done)} points are finished; it takes {FEW} to say which knob mattered."
    if len({each.value for each in done}) == 1:
        return {}, "All points came out the same: no knob mattered."
    if plan.sampler == "grid" and len(done) == plan.combinations:
        return _shares(plan, done), "Share of the spread between points that each knob explains alone (complete grid)."
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # says that it is experimental
        judge = PedAnovaImportanceEvaluator(target_quantile=0.25)
        found = get_param_importances(study(plan, done), evaluator=judge, normalize=True)
    return dict(found), f"PED-ANOVA over {len(done)} points: which knobs set the best quarter apart."


def _shares(plan: Plan, done: Sequence[Past]) -> dict[str, float]:
    """Main effects of a complete grid: the variance of each knob's means, as a share of all variance."""
    values = [each.value or 0.0 for each in done]
    mean = sum(values) / len(values)
    total = sum((value - mean) ** 2 for value in values)
    found = {}
    for each in plan.varied:
        groups: dict[str, list[float]] = {}
        for point in done:
            groups.setdefault(str(point.knobs[each.knob]), []).append(point.value or 0.0)
        found[each.knob] = sum(len(g) * (sum(g) / len(g) - mean) ** 2 for g in groups.values()) / total
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def study(plan: Plan, past: Sequence[Past]) -> "Study":
    """Optuna's view of a sweep, in memory, made for one question."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    made = optuna.create_study(direction="maximize", sampler=_sampler(plan, 0))
    made.add_trials([_trial(plan, each, rungs=_rungs(plan, each.curve)) for each in past])
    return made


def _sampler(plan: Plan, number: int) -> Any:
    import optuna

    start = min(10, max(4, plan.points // 4))  # points by chance before the sampler learns from them
    return optuna.samplers.TPESampler(seed=(plan.base.seed + number) % 2**32, n_startup_trials=start)


def _trial(plan: Plan, past: Past, rungs: Mapping[str, float]) -> "FrozenTrial":
    from optuna.trial import TrialState, create_trial

    states = {"done": TrialState.COMPLETE, "running": TrialState.RUNNING, "pruned": TrialState.PRUNED}
    known = {each.knob: each for each in plan.varied if _fits(each, past.knobs.get(each.knob, each))}
    return create_trial(
        state=states.get(past.state, TrialState.FAIL),
        value=past.value if past.state == "done" else None,
        params={name: _place(each, past.knobs[name]) for name, each in known.items()},
        distributions={name: _space(each) for name, each in known.items()},
        intermediate_values=dict(past.curve),
        system_attrs=dict(rungs),
    )


def _rungs(plan: Plan, curve: Mapping[int, float], before: int | None = None) -> dict[str, float]:
    """What successive halving remembers of a run: its accuracy at epochs 1, 3, 9 …"""
    found, epoch, rung = {}, 1, 0
    while plan.pruner == "halving" and epoch in curve and (before is None or epoch < before):
        found[f"completed_rung_{rung}"] = curve[epoch]
        epoch, rung = epoch * REDUCTION, rung + 1
    return found


def _ordered(each: Vary) -> list[Any]:
    """The values of a list, numbers by size."""
    if KNOBS[each.knob].kind in (int, float):
        return sorted(each.values, key=lambda value: (value is not None, value or 0))
    return list(each.values)


def _space(each: Vary) -> "BaseDistribution":
    """Ranges as they are; of a list the place, in order where there is one."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if each.low is not None and each.high is not None:
        if KNOBS[each.knob].kind is int:
            return IntDistribution(int(each.low), int(each.high), log=each.log)
        return FloatDistribution(each.low, each.high, log=each.log)
    if KNOBS[each.knob].kind in (int, float):
        return IntDistribution(0, max(len(each.values) - 1, 0))
    return CategoricalDistribution(tuple(range(len(each.values))))


def _fits(each: Vary, value: Any) -> bool:
    """Whether a stored value is one of the plan's; a damaged row must not stop a worker."""
    if each.low is not None and each.high is not None:
        return isinstance(value, int | float) and each.low <= value <= each.high
    return str(value) in map(str, each.values)


def _place(each: Vary, value: Any) -> Any:
    if each.low is not None:
        return value
    return [str(one) for one in _ordered(each)].index(str(value))


def _value(each: Vary, place: Any) -> Any:
    return each.rounded(place) if each.low is not None else _ordered(each)[place]
