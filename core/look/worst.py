"""The worst: the pictures that cost a network most, as report R2 shows ten of them."""

from dataclasses import dataclass

import numpy as np

from core.look.judged import Judged, Numbers


@dataclass(frozen=True)
class Worst:
    """One picture: its number, its loss, what it is, and the likeliest answers with their probabilities."""

    picture: int
    loss: float
    truth: int
    top: tuple[tuple[int, float], ...]

    @property
    def answer(self) -> int:
        return self.top[0][0]


def worst(found: Judged, count: int = 10, top: int = 3) -> list[Worst]:
    """The `count` pictures of highest loss, worst first; of equal ones the first."""
    labels, chances = likeliest(found.probabilities, top)
    order = np.argsort(-found.losses, kind="stable")[:count]
    return [
        Worst(
            int(i),
            float(found.losses[i]),
            int(found.truth[i]),
            tuple((int(label), float(chance)) for label, chance in zip(labels[i], chances[i], strict=True)),
        )
        for i in order
    ]


def likeliest(probabilities: Numbers, count: int) -> tuple[Numbers, Numbers]:
    """(N, count) classes and (N, count) probabilities, likeliest first; the first is the answer."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :count]
    return order, np.take_along_axis(probabilities, order, 1)
