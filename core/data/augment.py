"""Augmentation: every picture of a batch changed a little, each by its own chance, on the device."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from core.config import RunConfig

EXACT = ("crop", "flip", "cutout")  # these move whole pixels: bytes stay bytes
SHAPE = ("shift", "rotate", "zoom", "shear")
COLOUR = ("brightness", "contrast", "saturation", "sharpness")
LUMA = (0.2989, 0.587, 0.114)  # how bright red, green and blue look to us (ITU-R 601)


def augments(config: RunConfig) -> bool:
    """Whether any augmentation is switched on."""
    return any(getattr(config, knob) for knob in EXACT + SHAPE + COLOUR)


def augment(x: Tensor, config: RunConfig, generator: torch.Generator) -> Tensor:
    """The batch (N, C, H, W), changed as the config says; bytes stay bytes unless pixels must be mixed (then 0..1)."""
    turned = bool(config.rotate or config.zoom or config.shear)
    if config.crop or config.flip or (config.shift and not turned):
        x = _moved(x, config, 0.0 if turned else config.shift, generator)
    if turned:
        x = _turned(_floats(x), config, generator)
    if any(getattr(config, knob) for knob in COLOUR):
        x = _coloured(_floats(x), config, generator)
    return cutout(x, config.cutout, generator) if config.cutout else x


def _moved(x: Tensor, config: RunConfig, shift: float, generator: torch.Generator) -> Tensor:
    """Random crop, shift and flip in one go: whole pixels only, so nothing blurs."""
    height, width = x.shape[2:]
    reach = (config.crop + round(shift * height), config.crop + round(shift * width))
    down, right = (_whole(x, each, generator) for each in reach)
    flip = _uniform(x, generator) < 0.5 if config.flip else None
    return window(x, down, right, flip, reach)


def window(x: Tensor, down: Tensor, right: Tensor, flip: Tensor | None, reach: tuple[int, int]) -> Tensor:
    """Each picture seen through its own window: `down` and `right` (at most `reach`) pixels off, mirrored or not.

    Rows are copied whole out of the padded batch: forty times cheaper than looking up pixel by pixel.
    """
    n, channels, height, width = x.shape
    padded = F.pad(x, (reach[1], reach[1], reach[0], reach[0]))
    if flip is not None:
        padded = torch.stack([padded, padded.flip(-1)])
    rows, across = padded.shape[-2:]
    first = torch.arange(n, device=x.device) * channels * rows * across
    first = first + (down + reach[0]) * across + right + reach[1]
    if flip is not None:
        first = first + flip * (n * channels * rows * across)
    plane = torch.arange(channels, device=x.device) * (rows * across)
    line = torch.arange(height, device=x.device) * across
    starts = first.view(n, 1, 1) + plane.view(-1, 1) + line
    every_start = padded.view(-1).as_strided((padded.numel() - width + 1, width), (1, 1))
    return every_start.index_select(0, starts.view(-1)).view(x.shape)


def _turned(x: Tensor, config: RunConfig, generator: torch.Generator) -> Tensor:
    """Rotation, zoom, shear and shift, each up to its knob to either side, in one resampling."""
    angle = _around(x, config.rotate, generator)
    scale = 1 + _around(x, config.zoom, generator)
    shear = _around(x, config.shear, generator)
    right = _around(x, config.shift * x.shape[3], generator)
    down = _around(x, config.shift * x.shape[2], generator)
    return affine(x, angle, scale, shear, right, down)


def affine(x: Tensor, angle: Tensor, scale: Tensor, shear: Tensor, right: Tensor, down: Tensor) -> Tensor:
    """Per picture: turned clockwise and slanted (degrees), scaled, moved (pixels); bilinear, black outside."""
    height, width = x.shape[2:]
    turn, slant = angle * (math.pi / 180), shear * (math.pi / 180)
    # grid_sample asks where each new pixel comes from: the inverse of shear, then turn, then scale, then move
    cos, sin, tan = turn.cos() / scale, turn.sin() / scale, slant.tan()
    a, b, c, d = cos - tan * sin, sin + tan * cos, -sin, cos
    from_x = -(a * right + b * down) * 2 / width
    from_y = -(c * right + d * down) * 2 / height
    top = torch.stack([a, b * height / width, from_x], 1)
    bottom = torch.stack([c * width / height, d, from_y], 1)
    grid = F.affine_grid(torch.stack([top, bottom], 1).to(x.dtype), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _coloured(x: Tensor, config: RunConfig, generator: torch.Generator) -> Tensor:
    if config.brightness:
        x = mixed(x, torch.zeros_like(x[:, :1]), 1 + _around(x, config.brightness, generator))
    if config.contrast:
        x = mixed(x, grey(x).mean((2, 3), keepdim=True), 1 + _around(x, config.contrast, generator))
    if config.saturation and x.shape[1] == 3:
        x = mixed(x, grey(x), 1 + _around(x, config.saturation, generator))
    if config.sharpness:
        x = mixed(x, softened(x), 1 + _around(x, config.sharpness, generator))
    return x


def mixed(x: Tensor, other: Tensor, share: Tensor) -> Tensor:
    """`share` of the picture and the rest of the other; a share above 1 leads away from the other."""
    return torch.lerp(other.expand_as(x), x, share.view(-1, 1, 1, 1)).clamp_(0, 1)


def grey(x: Tensor) -> Tensor:
    """(N, 1, H, W): how bright each pixel looks."""
    if x.shape[1] == 1:
        return x
    red, green, blue = (x[:, channel : channel + 1] * share for channel, share in enumerate(LUMA))
    return red.add_(green).add_(blue)


def softened(x: Tensor) -> Tensor:
    """Each pixel averaged with its eight neighbours, itself counting five times; the border stays."""
    if min(x.shape[2:]) < 3:
        return x
    rows = x[:, :, :-2] + x[:, :, 1:-1] + x[:, :, 2:]  # sums, not a convolution: twenty times faster on a CPU
    out = x.clone()
    inner = out[:, :, 1:-1, 1:-1].mul_(4)
    inner.add_(rows[..., :-2]).add_(rows[..., 1:-1]).add_(rows[..., 2:]).div_(13)
    return out


def cutout(x: Tensor, side: int, generator: torch.Generator) -> Tensor:
    """A black square of that side at a random place; near the border a part of it falls outside."""
    height, width = x.shape[2:]
    top = (_uniform(x, generator) * height).long() - side // 2
    left = (_uniform(x, generator) * width).long() - side // 2
    return blanked(x, top, left, side)


def blanked(x: Tensor, top: Tensor, left: Tensor, side: int) -> Tensor:
    """The pictures with a black square at each one's own place."""
    y = torch.arange(x.shape[2], device=x.device) - top.view(-1, 1)
    x_ = torch.arange(x.shape[3], device=x.device) - left.view(-1, 1)
    rows, columns = ((each >= 0) & (each < side) for each in (y, x_))
    inside = rows[:, None, :, None] & columns[:, None, None, :]
    return x * (~inside).to(x.dtype)


def _floats(x: Tensor) -> Tensor:
    return x.float().div_(255) if x.dtype == torch.uint8 else x


def _uniform(x: Tensor, generator: torch.Generator) -> Tensor:
    """One number in 0..1 for each picture."""
    return torch.rand(len(x), generator=generator, device=x.device)


def _around(x: Tensor, reach: float, generator: torch.Generator) -> Tensor:
    """One number in -reach..reach for each picture; no chance is spent on a knob that is off."""
    return (_uniform(x, generator) * 2 - 1) * reach if reach else torch.zeros(len(x), device=x.device)


def _whole(x: Tensor, reach: int, generator: torch.Generator) -> Tensor:
    """One whole number in -reach..reach for each picture."""
    if not reach:
        return torch.zeros(len(x), dtype=torch.int64, device=x.device)
    return torch.randint(-reach, reach + 1, (len(x),), generator=generator, device=x.device)
