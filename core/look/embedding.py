"""Embedding: the features of thousands of pictures as points on a map, alike pictures close together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import LabError

Numbers = NDArray[Any]
PERPLEXITY = 30.0  # about so many neighbours count
FEWEST = 8  # pictures: fewer make no map
EARLY, LATE, EVERY = 250, 500, 25  # rounds of t-SNE, and rounds between two reports


@dataclass(frozen=True, eq=False)
class Basis:
    """The two directions along which features differ most, and where the middle is."""

    mean: Numbers  # (D,)
    axes: Numbers  # (2, D), of length one
    explained: tuple[float, float]  # the share of all variation that each direction holds

    def place(self, features: Numbers) -> Numbers:
        """(N, D) features -> (N, 2) places on the map."""
        found: Numbers = (np.asarray(features, np.float32) - self.mean) @ self.axes.T
        return found


def basis(features: Sequence[Numbers]) -> Basis:
    """The principal components of all the arrays (N, D) together: one map for every moment of a training."""
    count = sum(len(each) for each in features)
    if not count:
        raise LabError("There are no pictures to make a map of; needed: at least one.")
    mean = sum(each.astype(np.float64).sum(0) for each in features) / count
    spread = np.zeros((len(mean), len(mean)))
    for each in features:
        apart = each.astype(np.float64) - mean
        spread += apart.T @ apart
    values, vectors = np.linalg.eigh(spread)
    axes = vectors[:, ::-1][:, :2].T
    if len(axes) < 2:  # a single feature: the map is a line
        axes = np.vstack([axes, np.zeros((2 - len(axes), len(mean)))])
    axes = axes * np.where(axes[np.arange(2), np.abs(axes).argmax(1)] < 0, -1, 1)[:, None]  # the same way round, always
    total = max(float(values.sum()), 1e-12)
    shares = [max(float(value), 0.0) / total for value in values[::-1][:2]] + [0.0]
    return Basis(mean.astype(np.float32), axes.astype(np.float32), (shares[0], shares[1]))


def tsne(features: Numbers, told: Callable[[float], None] = lambda share: None, seed: int = 0) -> Numbers:
    """(N, 2) places by t-SNE: neighbours stay neighbours; distances between far groups mean little."""
    from openTSNE import TSNEEmbedding, affinity, nearest_neighbors

    if len(features) < FEWEST:
        raise LabError(f"There are {len(features)} pictures; needed for a t-SNE map: at least {FEWEST}.")
    count = min(int(3 * PERPLEXITY), len(features) - 1)
    places, distances = neighbours(features, count)
    known = nearest_neighbors.PrecomputedNeighbors(places, distances)
    close = affinity.PerplexityBasedNN(
        perplexity=min(PERPLEXITY, count / 3), knn_index=known, n_jobs=torch.get_num_threads()
    )
    start = basis([features]).place(features).astype(np.float64)
    start *= 1e-4 / max(float(start[:, 0].std()), 1e-12)
    rounds = [0]

    def heard(_: int, __: float, ___: Numbers) -> None:
        rounds[0] += EVERY
        told(min(rounds[0] / (EARLY + LATE), 1.0))

    made: Any = TSNEEmbedding(
        start, close, negative_gradient_method="fft" if len(features) > 2000 else "bh",
        n_jobs=torch.get_num_threads(), random_state=seed, callbacks=heard, callbacks_every_iters=EVERY,
    )  # fmt: skip
    made = made.optimize(n_iter=EARLY, exaggeration=12, momentum=0.5)
    made = made.optimize(n_iter=LATE, momentum=0.8)
    found: Numbers = np.asarray(made, np.float32)
    return found


def neighbours(features: Numbers, count: int) -> tuple[Numbers, Numbers]:
    """(N, count) numbers of the nearest other rows and their distances, nearest first."""
    rows = torch.from_numpy(np.asarray(features, np.float32))
    places, distances = [], []
    for first in range(0, len(rows), 1000):  # a table of all pairs of 10,000 would take 400 MB
        apart = torch.cdist(rows[first : first + 1000], rows)
        apart[torch.arange(len(apart)), torch.arange(first, first + len(apart))] = torch.inf  # not oneself
        near = apart.topk(count, largest=False)
        places.append(near.indices.numpy())
        distances.append(near.values.numpy())
    return np.concatenate(places), np.concatenate(distances)


def among(features: Numbers, known: Numbers, places: Numbers, count: int = 5) -> Numbers:
    """Where new pictures (N, D) belong on a map that is made already: in the middle of their nearest neighbours."""
    rows, all_known = (torch.from_numpy(np.asarray(each, np.float32)) for each in (features, known))
    near = torch.cdist(rows, all_known).topk(min(count, len(all_known)), largest=False)
    weights = 1 / (near.values.numpy() + 1e-6)
    found: Numbers = (places[near.indices.numpy()] * weights[..., None]).sum(1) / weights.sum(1, keepdims=True)
    return found
