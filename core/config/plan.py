"""Plan: everything about a sweep: the recipe, what is varied, how points are chosen, how many seeds each gets."""

import json
import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from core.config.run import KNOBS, RunConfig
from core.config.vary import Vary, shown
from core.errors import LabError, unknown

SAMPLERS = {
    "grid": "every combination",
    "random": "points by chance",
    "tpe": "points near the best ones so far",
}
PRUNERS = {
    "none": "every run trains to its end",
    "median": "ends a run that is worse than half of the others at the same epoch",
    "halving": "lets the better third go on after 1, 3, 9 … epochs",
}
MOST = 1_000  # runs in one sweep
SEEDS = 50  # for each point
Knobs = Mapping[str, Any]  # a point: knob -> value


@dataclass(frozen=True)
class Plan:
    """A sweep before anything has been trained. `trials`: points to try; a grid tries them all."""

    base: RunConfig
    varied: tuple[Vary, ...]
    sampler: str = "grid"
    trials: int = 20
    seeds: int = 3
    pruner: str = "none"
    preset: str | None = None

    def __post_init__(self) -> None:
        if not self.varied:
            raise LabError("Nothing is varied; say for example --vary batch_size=32,64,128.")
        if self.base.kind != "classifier":
            raise LabError("A sweep is judged by accuracy, which only a classifier has; this recipe makes pictures.")
        names = [each.knob for each in self.varied]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise LabError(f"{twice} is varied twice; put all its values into one list.")
        if self.sampler not in SAMPLERS:
            raise unknown("The sampler", self.sampler, SAMPLERS)
        if self.pruner not in PRUNERS:
            raise unknown("The pruner", self.pruner, PRUNERS)
        for what, value, most in (("number of seeds", self.seeds, SEEDS), ("number of trials", self.trials, None)):
            if value < 1 or (most and value > most):
                raise LabError(f"The {what} is {value}; allowed: {f'1 to {most}' if most else '1 and more'}.")
        if self.pruner != "none" and "epochs" in names:
            raise LabError("Pruning compares runs at the same epoch, so the number of epochs cannot be varied with it.")
        endless = next((each for each in self.varied if each.count is None), None)
        if self.sampler == "grid" and endless:
            raise LabError(
                f"A grid needs values of {endless.knob}, not the range {endless.text}: list them, cut the range "
                f"({endless.text}:5 takes five values), or take the sampler random or tpe."
            )
        if self.points == 1:
            raise LabError(f"There is one point only ({self.text}): nothing is varied. Give a second value.")

    @property
    def metric(self) -> str:
        """What points are judged by: pictures held out of the training set if there are any, else the test set."""
        return "val/accuracy" if self.base.holdout else "test/accuracy"

    @property
    def combinations(self) -> int | None:
        """How many different points there are; None where a range has no end of them."""
        counts = [each.count for each in self.varied]
        return None if None in counts else math.prod(count for count in counts if count is not None)

    @property
    def points(self) -> int:
        """How many of them are to be tried."""
        if self.sampler == "grid":
            return self.combinations or 0
        return self.trials if self.combinations is None else min(self.trials, self.combinations)

    @property
    def runs(self) -> int:
        return self.points * self.seeds

    @property
    def adaptive(self) -> bool:
        """The next point depends on the results so far."""
        return self.sampler == "tpe"

    @property
    def text(self) -> str:
        """What is varied, in words."""
        return " × ".join(f"{KNOBS[each.knob].label.lower()} {each.text}" for each in self.varied)

    def all_points(self) -> Iterator[Knobs]:
        """The points that are known beforehand: every one of a grid, the drawn ones of a random sweep."""
        if self.sampler == "tpe":
            return
        if self.sampler == "grid" or self.points == self.combinations:
            yield from (self._at(place) for place in range(self.combinations or 0))
        elif self.combinations is not None:
            luck = random.Random(self.base.seed)
            yield from (self._at(place) for place in luck.sample(range(self.combinations), self.points))
        else:
            yield from self._drawn()

    def _drawn(self) -> Iterator[Knobs]:
        luck, seen = random.Random(self.base.seed), set[str]()
        for _ in range(100 * self.points):  # a narrow range may hold fewer points than were asked for
            point = {each.knob: each.drawn(luck) for each in self.varied}
            if (name := self.label(point)) not in seen and len(seen) < self.points:
                seen.add(name)
                yield point

    def _at(self, place: int) -> Knobs:
        """The last knob moves fastest, as in nested loops."""
        point: dict[str, Any] = {}
        for each in reversed(self.varied):
            place, mine = divmod(place, each.count or 1)
            point[each.knob] = each.value(mine)
        return {each.knob: point[each.knob] for each in self.varied}

    def config(self, point: Knobs, seed: int) -> RunConfig:
        """The run of a point with its seed number 0, 1, 2 …"""
        return self.base.replace(**point, seed=self.base.seed + seed)

    def label(self, point: Knobs) -> str:
        """`64`, or with several knobs `batch size 64 · dropout 0.1`."""
        if len(self.varied) == 1:
            return shown(point.get(self.varied[0].knob))
        return " · ".join(f"{KNOBS[each.knob].label.lower()} {shown(point.get(each.knob))}" for each in self.varied)

    def to_json(self) -> str:
        values = dict(vars(self)) | {"base": self.base.to_dict(), "varied": [each.to_dict() for each in self.varied]}
        return json.dumps(values, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """A stored plan; what this version does not know is ignored."""
        try:
            told = json.loads(text)
            varied = tuple(Vary(**{**each, "values": tuple(each["values"])}) for each in told["varied"])
            known = {name: told[name] for name in ("sampler", "trials", "seeds", "pruner", "preset") if name in told}
            return cls(RunConfig.from_dict(told["base"]), varied, **known)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LabError(f"This sweep's plan cannot be read ({type(error).__name__}: {error}).") from None
