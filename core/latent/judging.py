"""What the discriminator says about real and made pictures, and which training picture a made one is nearest to."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.latent.directions import points
from core.latent.sampler import Sampler
from core.nets.eye import features
from core.train.gan_pictures import squared


@dataclass(frozen=True)
class Verdicts:
    """Answers of the discriminator, each picture by itself: above zero it says real."""

    on_real: Tensor
    on_made: Tensor

    @property
    def right_on_real(self) -> float:
        """R0's first score."""
        return float((self.on_real > 0).float().mean())

    @property
    def fooled(self) -> float:
        """R0's second score."""
        return float((self.on_made > 0).float().mean())


def verdicts(sampler: Sampler, real: Tensor, labels: Tensor | None = None) -> Verdicts:
    """real: uint8 (N, C, H, W); as many made pictures are judged beside them."""
    x = squared(real).float() / 127.5 - 1
    y = labels if sampler.classes else None
    return Verdicts(sampler.judged(x, y).float(), sampler.judged(sampler.many(points(sampler, len(x)), y), y).float())


@torch.inference_mode()
def nearest(made: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
    """For each made picture (N, C, S, S) the place of the most similar real one (uint8), by the lab's eye; how far."""
    seen = torch.cat([features(squared(part).float() / 127.5 - 1) for part in real.split(512)])
    scale = seen.std(0) + 1e-6
    apart = torch.cdist(features(made) / scale, seen / scale)
    far, place = apart.min(1)
    return place, far
