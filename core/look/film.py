"""Film: one network at many moments of its training, judged on the same pictures and laid on the same map."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from core.look.embedding import Basis, basis
from core.look.judged import Judged, Numbers, judged
from core.look.opened import Opened
from core.look.worst import worst

TEN, TOP = 10, 3
Moment = Callable[[], Opened]  # opens the network of that moment: one at a time is in memory


@dataclass(frozen=True, eq=False)
class Film:
    """S moments and N pictures."""

    answers: Numbers  # (S, N) uint16: the likeliest class
    chances: Numbers  # (S, N) float16: how likely it is
    losses: Numbers  # (S, N) float16
    places: Numbers  # (S, N, 2) float32: on one map for all moments
    accuracy: Numbers  # (S,)
    worst: Numbers  # (S, ten) numbers of the pictures that cost most
    worst_losses: Numbers  # (S, ten)
    worst_labels: Numbers  # (S, ten, three) uint16
    worst_chances: Numbers  # (S, ten, three)
    mean: Numbers  # of the map's basis
    axes: Numbers

    @property
    def basis(self) -> Basis:
        """Lays further pictures on the same map."""
        return Basis(self.mean, self.axes, (0.0, 0.0))

    def arrays(self) -> dict[str, Any]:
        """For a file."""
        return dict(vars(self))


def film(
    moments: Sequence[Moment],
    pictures: Tensor,
    truth: Tensor,
    told: Callable[[float], None] = lambda share: None,
    known: Basis | None = None,
) -> Film:
    """Judges every moment. The map is the principal components of all moments together, unless one is `known`."""
    count = len(moments)
    parts: list[Judged] = []
    places: list[Numbers] = []
    for number, moment in enumerate(moments):
        found = judged(moment(), pictures, truth, _later(told, number, count))
        if known is not None:
            places.append(known.place(found.features))
            found = found.without_features()
        parts.append(found)
    base = known or basis([each.features for each in parts])
    places = places or [base.place(each.features) for each in parts]
    tens = [worst(each, TEN, TOP) for each in parts]
    return Film(
        answers=np.stack([each.answers for each in parts]).astype(np.uint16),
        chances=np.stack([each.probabilities.max(1) for each in parts]).astype(np.float16),
        losses=np.stack([np.minimum(each.losses, 6e4) for each in parts]).astype(np.float16),
        places=np.stack(places).astype(np.float32),
        accuracy=np.array([each.accuracy for each in parts], np.float32),
        worst=np.array([[each.picture for each in ten] for ten in tens], np.int32),
        worst_losses=np.array([[each.loss for each in ten] for ten in tens], np.float32),
        worst_labels=np.array([[[label for label, _ in each.top] for each in ten] for ten in tens], np.uint16),
        worst_chances=np.array([[[chance for _, chance in each.top] for each in ten] for ten in tens], np.float32),
        mean=base.mean,
        axes=base.axes,
    )


def _later(told: Callable[[float], None], number: int, count: int) -> Callable[[float], None]:
    return lambda share: told((number + share) / count)
