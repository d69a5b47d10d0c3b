"""How alike made and real pictures are, seen through the lab's own eye. This is no FID: the features are ours."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.nets.eye import features


@dataclass(frozen=True)
class Likeness:
    """Figures that say how good a generator is; each can be gamed alone, so look at all of them."""

    distance: float  # Fréchet distance of the features, divided by that between two halves of the real set
    diversity: float  # how far apart made pictures are, divided by how far apart real ones are; 0 is a collapse
    nearest: float  # median distance to the nearest real picture, divided by the same among real ones; 0 is copying


class Reference:
    """The real side, seen once per run."""

    def __init__(self, x: Tensor, most: int = 2000) -> None:
        """x: uint8 (N, C, S, S)."""
        pick = torch.randperm(len(x), generator=torch.Generator().manual_seed(1))[: 2 * most].to(x.device)
        seen = features(x[pick].float() / 127.5 - 1).cpu()
        self.scale = seen.std(0) + 1e-6  # one feature must not outshout the others
        self.seen = seen / self.scale
        half = len(seen) // 2
        self.base = max(frechet(self.seen[:half], self.seen[half:]), 1e-6)
        self.apart = float(spread(self.seen))
        self.own = float(torch.cdist(self.seen[:half], self.seen[half:]).min(1).values.median())

    def compare(self, made: Tensor) -> Likeness:
        """made: (N, C, S, S) in -1..1."""
        seen = features(made).cpu() / self.scale
        half = len(self.seen) // 2
        nearest = torch.cdist(seen, self.seen[half:]).min(1).values.median()
        distance = frechet(seen, self.seen) / self.base
        return Likeness(distance, float(spread(seen)) / max(self.apart, 1e-6), float(nearest) / max(self.own, 1e-6))


def frechet(a: Tensor, b: Tensor) -> float:
    """The Fréchet distance between two clouds, each taken for a normal distribution."""
    a, b = a.double(), b.double()
    ca, cb = torch.cov(a.T), torch.cov(b.T)
    # tr sqrt(Ca Cb) is the sum of the roots of the eigenvalues of Ca Cb
    roots = torch.linalg.eigvals(ca @ cb).real.clamp_min(0).sqrt().sum()
    return float((a.mean(0) - b.mean(0)).square().sum() + ca.trace() + cb.trace() - 2 * roots)


def spread(seen: Tensor) -> Tensor:
    """Mean distance between two pictures of the cloud."""
    some = seen[:500]
    return torch.pdist(some).mean()
