"""How good is a network on pictures it has not trained on?"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.data.scaling import scaled

CHUNK = 1000  # small pictures at once: enough to keep two cores busy, little memory
SMALL = 64 * 64  # pixels; of larger ones fewer go at once


def logits(net: nn.Module, x: Tensor, scale: str, mean: tuple[float, ...], std: tuple[float, ...]) -> Iterator[Tensor]:
    """The network's answers to uint8 pictures, chunk by chunk, in evaluation mode.

    In full precision, as every page uses the network: rounded to bf16 layer after layer, the answers of a net trained
    on mixed pictures moved so far that 0.7 points of its accuracy were gone.
    """
    training = net.training
    net.eval()
    try:
        for chunk in x.split(at_once(x)):
            with torch.inference_mode():
                answer = net(scaled(chunk, scale, mean, std))
            yield answer
    finally:
        net.train(training)


def evaluate(
    net: nn.Module, x: Tensor, y: Tensor, scale: str, mean: tuple[float, ...], std: tuple[float, ...]
) -> tuple[float, float]:
    """Mean cross-entropy and accuracy over all of (x, y)."""
    loss = torch.zeros((), device=x.device, dtype=torch.float64)
    right = torch.zeros((), device=x.device, dtype=torch.int64)
    for answer, labels in zip(logits(net, x, scale, mean, std), y.split(at_once(x)), strict=True):
        loss += F.cross_entropy(answer, labels, reduction="sum")
        right += (answer.argmax(1) == labels).sum()
    return float(loss) / len(y), int(right) / len(y)


def at_once(x: Tensor) -> int:
    """How many pictures go through a network together."""
    pixels = x.shape[2] * x.shape[3] if x.dim() == 4 else 1
    return max(10, CHUNK * SMALL // max(pixels, SMALL))
