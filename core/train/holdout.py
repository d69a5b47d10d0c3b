"""Which pictures a run learns from, and which it holds out."""

import torch
from torch import Tensor

from core.config import RunConfig
from core.data.dataset import Dataset
from core.data.wrong import taught, used


def split(config: RunConfig, data: Dataset) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Training and held-out pictures: a fixed shuffle by the seed, so that the two never mix."""
    x, y = data.x_train, taught(config, data.y_train, len(data.classes))
    if config.train_size and config.train_size < len(y):
        chosen = used(config, len(y)).to(x.device)
        x, y = x[chosen], y[chosen]
    held = int(len(y) * config.holdout)
    if not held:
        return x, y, x[:0], y[:0]
    mixed = torch.randperm(len(y), generator=torch.Generator().manual_seed(config.seed)).to(x.device)
    rest, apart = mixed[held:].sort().values, mixed[:held].sort().values
    return x[rest], y[rest], x[apart], y[apart]
