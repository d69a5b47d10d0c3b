"""Refuse: pictures of no class among the training pictures, so that a head learns to say "none of these"."""

from dataclasses import replace

import torch

from core.config import RunConfig
from core.data.dataset import Dataset
from core.data.strangers import Progress, strangers
from core.errors import LabError
from core.train.device import one_thread
from core.train.features import seen_more

STRANGERS = 400  # pictures of no class that a refusing head learns from, at least


def with_strangers(config: RunConfig, data: Dataset, progress: Progress) -> Dataset:
    """The same with pictures of no class among the training pictures; their label is one past the last."""
    if data.shape != (1, 28, 28):
        raise LabError(
            f"refuse is true, but the pictures are {'x'.join(map(str, data.shape))}; allowed: 1x28x28 drawings."
        )
    count = min(max(STRANGERS, (1 + seen_more(config)) * len(data.y_train)), 4 * STRANGERS)
    with one_thread():
        strange = strangers(count, progress)
    labels = torch.full((len(strange),), len(data.classes))
    return replace(data, x_train=torch.cat([data.x_train, strange]), y_train=torch.cat([data.y_train, labels]))
