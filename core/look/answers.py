"""What a network answers to some pictures: the label it finds likeliest, and how likely."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.data.scaling import scaled


@dataclass(frozen=True)
class Answers:
    """One entry per picture."""

    labels: tuple[int, ...]
    probabilities: tuple[float, ...]


def answers(net: nn.Module, x: Tensor, scale: str, mean: Sequence[float], std: Sequence[float]) -> Answers:
    """The answers to uint8 pictures (N, C, H, W), in evaluation mode."""
    net.eval()
    with torch.inference_mode():
        sure, labels = net(scaled(x, scale, mean, std)).float().softmax(1).max(1)
    return Answers(tuple(labels.tolist()), tuple(sure.tolist()))
