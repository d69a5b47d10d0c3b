"""learn(): the one entry for every kind of run, a classifier's or a GAN's."""

from typing import Any

import torch

from core.config import RunConfig
from core.data.dataset import Dataset
from core.train.facts import Snapshot
from core.train.features import Features
from core.train.fit import Facts, fit


def learn(
    config: RunConfig,
    data: Dataset,
    device: torch.device,
    resume: Snapshot | None = None,
    *,
    start: Any = None,
    features: Features | None = None,
) -> Facts:
    """The training that the config asks for. `start` is a network, or for a GAN the weights of a pair."""
    if config.kind == "gan":
        from core.train.fit_gan import fit_gan

        return fit_gan(config, data, device, resume, start=start)
    return fit(config, data, device, resume, start=start, features=features)
