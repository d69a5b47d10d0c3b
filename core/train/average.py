"""The running average of a network's weights."""

import torch
from torch import nn


@torch.no_grad()
def follow(average: nn.Module, net: nn.Module, decay: float) -> None:
    """Moves the running average a little towards the network; counters and integers are copied."""
    for mine, theirs in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
        if mine.is_floating_point():
            mine.lerp_(theirs, 1 - decay)
        else:
            mine.copy_(theirs)
