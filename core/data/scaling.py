"""Scaling: from bytes 0..255 to the numbers that a network eats."""

from collections.abc import Sequence

import torch
from torch import Tensor

from core.config.run import SCALES
from core.errors import unknown


def scale_shift(scale: str, mean: Sequence[float], std: Sequence[float]) -> tuple[list[float], list[float]]:
    """Gain and offset per channel: `byte * gain + offset` is the network's input."""
    if scale not in SCALES:
        raise unknown("scale", scale, SCALES)
    if scale == "standard":
        spread = [max(each, 1e-3) for each in std]  # a channel of one single colour must not divide by zero
        return [1 / 255 / s for s in spread], [-m / s for m, s in zip(mean, spread, strict=True)]
    gain, offset = {"centred": (1 / 255, -0.5), "unit": (1 / 255, 0.0), "raw": (1.0, 0.0)}[scale]
    return [gain] * len(mean), [offset] * len(mean)


def scaled(
    x: Tensor, scale: str, mean: Sequence[float], std: Sequence[float], dtype: torch.dtype = torch.float32
) -> Tensor:
    """What a network eats: (N, C, H, W) bytes, or floats in 0..1, scaled and stored channels_last."""
    gain, offset = scale_shift(scale, mean, std)
    if x.dtype != torch.uint8:
        gain = [255 * each for each in gain]
    per_channel = (1, -1, 1, 1)
    numbers = x.to(dtype, copy=True)
    if len(set(zip(gain, offset, strict=True))) == 1:  # all channels alike: plain numbers are faster than tensors
        numbers = numbers.mul_(gain[0]).add_(offset[0])
    else:
        numbers = numbers.mul_(numbers.new_tensor(gain).view(per_channel))
        numbers = numbers.add_(numbers.new_tensor(offset).view(per_channel))
    return numbers.contiguous(memory_format=torch.channels_last)
