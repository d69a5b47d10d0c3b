"""A direction from picked pictures: from those without something to those with it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.errors import LabError
from core.latent.directions import SAMPLES, between, points, turns
from core.latent.latent import Latent
from core.latent.sampler import Sampler
from core.nets.eye import features

MOST = 200  # pictures on a side: nobody picks more, and a session must not be asked to
ROUND = 0.5  # how far the cloud of features is pulled towards a round one: few pictures say little about its shape
RIDGE = 10.0


@dataclass(frozen=True)
class Seen:
    """Many ordinary places, and what the lab's eye sees in their pictures."""

    z: Tensor  # (N, latent)
    features: Tensor  # (N, features), mean 0 and spread 1 each
    middle: Tensor
    spread: Tensor


def seen(sampler: Sampler, samples: int = SAMPLES) -> Seen:
    """Made once per generator; every picked direction is read off it."""
    z = points(sampler, samples)
    found = features(sampler.many(z, turns(sampler, samples)))
    middle, spread = found.mean(0), found.std(0) + 1e-6
    return Seen(z, (found - middle) / spread, middle, spread)


def by_numbers(sampler: Sampler, without: list[Latent], having: list[Latent]) -> Tensor:
    """From the mean of some latents to the mean of others: simple, but with few pictures much of it is their chance."""
    sides = [[sampler.point(each) for each in checked(side)] for side in (without, having)]
    return between(sampler, *sides)


def by_eye(sampler: Sampler, without: list[Latent], having: list[Latent], known: Seen) -> Tensor:
    """What tells both sides apart is found in the features of their pictures, where few examples say more than among
    the numbers; then the straight line from the numbers to it is fitted over many ordinary pictures."""
    middles = []
    for side in (without, having):
        labels = sampler.labels([each.label for each in checked(side)])
        made = sampler.make(torch.stack([sampler.point(each) for each in side]), labels)
        middles.append(((features(made) - known.middle) / known.spread).mean(0))
    apart = middles[1] - middles[0]
    if float(apart.norm()) < 1e-6:
        raise LabError("Both sides hold the same pictures, so there is no way from one to the other.")
    cloud = known.features.T @ known.features / len(known.features)
    cloud = (1 - ROUND) * cloud + ROUND * torch.eye(len(cloud)) * cloud.diagonal().mean()
    has = known.features @ torch.linalg.solve(cloud, apart)  # Fisher 1936: how much each ordinary picture has of it
    has = has / has.std().clamp_min(1e-6)
    line = torch.linalg.solve(known.z.T @ known.z + RIDGE * torch.eye(sampler.size), known.z.T @ has)
    way: Tensor = line / line.norm().clamp_min(1e-12)
    return way


def checked(side: list[Latent]) -> list[Latent]:
    """A side of the choice, or the sentence on what it lacks."""
    if not 1 <= len(side) <= MOST:
        raise LabError(f"One side of the direction has {len(side)} pictures; allowed: 1 to {MOST} on each.")
    return side
