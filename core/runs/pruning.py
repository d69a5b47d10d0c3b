"""Pruning: after each epoch of a sweep's run, whether it is worth going on; judged by the other runs of the sweep."""

import statistics
from collections.abc import Callable, Mapping

from core.config.plan import Plan
from core.errors import LabError
from core.runs.brain import REDUCTION, Past, prunes
from core.runs.database import Unavailable
from core.runs.metrics import Curve
from core.runs.store import Store
from core.train.facts import Fact, Metric

WORDS = {"val/accuracy": "accuracy on held-out pictures", "test/accuracy": "test accuracy"}
ON_TEST = " The test set was looked at for this: hold out some training pictures to keep it untouched."


class Judge:
    """Beside one training run. Costs nothing for a run without a sweep, or with one that does not prune."""

    def __init__(self, store: Store, run: int) -> None:
        self.store, self.run = store, run
        self.sweep: int | None = None
        self.plan: Plan | None = None
        self._ready = False

    def verdict(self, fact: Fact, flush: Callable[[], None]) -> str | None:
        """The sentence that ends the run, after an epoch that was not worth its time."""
        if not isinstance(fact, Metric) or not any(name in fact.values for name in WORDS):
            return None
        try:
            self._prepare()
            if self.plan is None or self.sweep is None or self.plan.metric not in fact.values:
                return None
            epoch = round(fact.epoch)
            if epoch >= self.plan.base.epochs:
                return None  # it is at its end anyway
            flush()  # other workers judge by what stands in the store
            return self._judge(self.sweep, self.plan, epoch, fact.values[self.plan.metric])
        except Unavailable:  # a busy store ends no run
            return None

    def skip_other_seeds(self) -> None:
        """What this run was ended for holds for its point: its further seeds are not trained."""
        if self.sweep is None:
            return
        mine = next((trial for trial in self.store.trials(self.sweep) if trial.run == self.run), None)
        if mine is not None:
            self.store.skip_seeds(self.sweep, mine.point, f"Not trained: run {self.run}, the same point, was pruned.")

    def _prepare(self) -> None:
        """Looked up once; a run that a person has resumed is never pruned again."""
        if self._ready:
            return
        self._ready = True
        name = self.store.run(self.run).sweep
        if name is None or not name.isdigit() or self.store.was_asked(self.run, "resume"):
            return
        try:
            plan = self.store.sweep(int(name)).plan
        except LabError:  # deleted, or corrupt
            return
        if plan.pruner != "none":
            self.sweep, self.plan = int(name), plan

    def _judge(self, sweep: int, plan: Plan, epoch: int, accuracy: float) -> str | None:
        trials = [trial for trial in self.store.trials(sweep) if trial.run is not None]
        ids = [trial.run for trial in trials if trial.run is not None]
        states = self.store.states(ids)
        curves = {run: by_epoch(each) for run, each in self.store.curves(ids, [plan.metric]).items()}
        mine = {**curves.get(self.run, {}), epoch: accuracy}
        past = []
        for trial in trials:
            curve = curves.get(trial.run or 0, {})
            status, reason = states.get(trial.run or 0, ("gone", None))
            if trial.run == self.run or not curve:
                continue
            kind = "done" if status == "finished" else "pruned" if reason == "pruned" else "running"
            past.append(Past(trial.knobs, kind, curve[max(curve)], curve))
        if not prunes(plan, mine, past):
            return None
        if plan.pruner == "halving":
            told = f"it is not among the better 1 of {REDUCTION} at this epoch"
        else:
            usual = statistics.median(
                each.curve[epoch] for each in past if each.state == "done" and epoch in each.curve
            )
            told = f"below the median of {usual:.2%} of the finished runs at this epoch"
        aside = ON_TEST if plan.metric == "test/accuracy" else ""
        epochs = f"epoch{'s' * (epoch != 1)}"
        return f"Pruned after {epoch} {epochs}: {WORDS[plan.metric]} {accuracy:.2%}, {told}.{aside}"


def by_epoch(lines: Mapping[str, Curve]) -> dict[int, float]:
    """epoch -> figure, of the one curve that was read."""
    return {
        round(float(epoch)): float(value)
        for line in lines.values()
        for epoch, value in zip(line.epochs, line.values, strict=True)
    }
