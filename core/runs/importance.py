"""Importance: which knobs set good recipes apart from poor ones, among any runs (a sweep's own stands in brain.py)."""

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.config import KNOBS
from core.runs.brain import FEW

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

Point = Mapping[str, Any]  # knob -> value


def importances(points: Sequence[Point], values: Sequence[float], higher: bool = True) -> tuple[dict[str, float], str]:
    """knob -> share of what mattered, the most important first, and a sentence that says how that was found."""
    done = [(point, value) for point, value in zip(points, values, strict=True) if math.isfinite(value)]
    knobs = sorted({name for point, _ in done for name in point if len({str(p.get(name)) for p, _ in done}) > 1})
    if len(knobs) < 2:
        return {}, "It takes two knobs that differ to say which of them mattered more."
    if len(done) < FEW:
        return {}, f"{len(done)} recipes have a figure; it takes {FEW} to say which knob mattered."
    if len({value for _, value in done}) == 1:
        return {}, "All recipes came out the same: no knob mattered."
    if complete(knobs, [point for point, _ in done]):
        return shares(knobs, done), "Share of the spread between recipes that each knob explains alone (complete grid)."
    return _anova(knobs, done, higher), (
        f"PED-ANOVA over {len(done)} recipes: which knobs set the best quarter apart. Not a complete grid, so knobs "
        "that were turned together share the credit."
    )


def complete(knobs: Sequence[str], points: Sequence[Point]) -> bool:
    """Whether every combination of the values is there."""
    found = {tuple(str(point.get(name)) for name in knobs) for point in points}
    return len(found) == math.prod(len({each[place] for each in found}) for place in range(len(knobs)))


def shares(knobs: Sequence[str], done: Sequence[tuple[Point, float]]) -> dict[str, float]:
    """Main effects: the variance of each knob's means, as a share of all variance."""
    mean = math.fsum(value for _, value in done) / len(done)
    total = math.fsum((value - mean) ** 2 for _, value in done)
    found = {}
    for name in knobs:
        gathered: dict[str, list[float]] = {}
        for point, value in done:
            gathered.setdefault(str(point.get(name)), []).append(value)
        found[name] = sum(len(g) * (math.fsum(g) / len(g) - mean) ** 2 for g in gathered.values()) / total
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _anova(knobs: Sequence[str], done: Sequence[tuple[Point, float]], higher: bool) -> dict[str, float]:
    import optuna
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
    from optuna.trial import TrialState, create_trial

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    spaces = {name: _space(name, [point.get(name) for point, _ in done]) for name in knobs}
    study = optuna.create_study(direction="maximize" if higher else "minimize")
    for point, value in done:
        params = {name: _plain(spaces[name], point.get(name)) for name in knobs}
        study.add_trial(create_trial(state=TrialState.COMPLETE, value=value, params=params, distributions=spaces))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # says that it is experimental
        judge = PedAnovaImportanceEvaluator(target_quantile=0.25)
        return dict(get_param_importances(study, evaluator=judge, normalize=True))


def _space(name: str, values: Sequence[Any]) -> "BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    if all(isinstance(each, int | float) and not isinstance(each, bool) for each in values):
        low, high = float(min(values)), float(max(values))
        return FloatDistribution(low, high, log=KNOBS[name].log and low > 0)
    return CategoricalDistribution(sorted({str(each) for each in values}))


def _plain(space: "BaseDistribution", value: Any) -> Any:
    return float(value) if type(space).__name__ == "FloatDistribution" else str(value)
