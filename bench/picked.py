"""`python -m bench.picked`: how good a direction from a few picked pictures is, by the eye and by the mean numbers.

Somebody picks from 64 samples: some of the 16 with the most of an attribute, and as many of the 16 with the least. The
figure is how far the attribute then moves per unit of the direction, in standard deviations, beside the line fitted to
1,500 pictures.
"""

import json
import sys
from statistics import mean
from typing import Any

import torch

from core.latent.attributes import measured
from core.latent.directions import effects
from core.latent.latent import Latent
from core.latent.picked import by_eye, by_numbers, seen
from core.latent.sampler import Sampler, opened
from core.nets import checkpoint

NAME = "dcgan-anime"
ATTRIBUTES = ("hair lightness", "hair hue", "background", "eye area", "left/right turn")
PICKED, TRIALS, SEEDS = (2, 4, 8, 16), 3, range(1000, 1192)


def measure(quick: bool = False) -> dict[str, Any]:
    """attribute -> {number picked on each side: by numbers, by eye}, and the fitted line's figure."""
    if NAME not in checkpoint.names("gan"):
        return {"skipped": f"the generator {NAME} is not here"}
    sampler = opened(checkpoint.find(NAME))
    known, luck = seen(sampler), torch.Generator().manual_seed(1)
    latents = [Latent(seed) for seed in SEEDS]
    z = torch.stack([sampler.point(each) for each in latents])
    values = measured(sampler.make(z), ATTRIBUTES, sampler.dataset)
    found: dict[str, Any] = {}
    for place, name in enumerate(ATTRIBUTES[: 2 if quick else None]):
        found[name] = {"fitted": moved(sampler, sampler.directions[name], name)}
        for count in PICKED[: 2 if quick else None]:
            tries = []
            for _ in range(TRIALS):
                pool = torch.randperm(len(latents), generator=luck)[:64]
                order = pool[values[pool, place].argsort()]
                few = [part[torch.randperm(16, generator=luck)[:count]] for part in (order[:16], order[-16:])]
                less, more = ([latents[i] for i in part] for part in few)
                ways = by_numbers(sampler, less, more), by_eye(sampler, less, more, known)
                tries.append([moved(sampler, way, name) for way in ways])
            found[name][count] = {"numbers": mean(t[0] for t in tries), "eye": mean(t[1] for t in tries)}
    return found


def moved(sampler: Sampler, way: torch.Tensor, name: str) -> float:
    """How far the attribute moves per unit, over 64 pictures."""
    said = effects(sampler, {"way": way}, 64)
    return round(float(said.moved[0, said.attributes.index(name)]), 3)


if __name__ == "__main__":
    print(json.dumps(measure("--quick" in sys.argv), indent=1))
