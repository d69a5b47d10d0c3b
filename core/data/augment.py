"""Augmentation: every picture of a batch changed a little, each by its own chance, on the device."""

import torch
from torch import Tensor

from core.config import RunConfig

EXACT = ("crop", "flip", "cutout")  # these move whole pixels: bytes stay bytes
SHAPE = ("shift", "rotate", "zoom", "shear")
COLOUR = ("brightness", "contrast", "saturation", "sharpness")


def augments(config: RunConfig) -> bool:
    """Whether any augmentation is switched on."""
    return any(getattr(config, knob) for knob in EXACT + SHAPE + COLOUR)


def augment(x: Tensor, config: RunConfig, generator: torch.Generator) -> Tensor:
    raise NotImplementedError
