"""Other hands and other pens from the same pictures: turned, slanted, bent, thicker, thinner, paler, cut."""

import math
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

SIDE = 28


def warp(pictures: Tensor, strength: Tensor, generator: torch.Generator) -> Tensor:
    """(N, 56, 56) uint8 -> (N, 1, 28, 28) float 0..1; `strength` (N,) scales every change, 0 is none."""
    count = len(pictures)
    x = pictures[:, None].float() / 255
    # a pixel of the result lies between four of the twice as large picture: bilinear reading is their mean
    x = F.grid_sample(x, _grid(count, strength, generator), mode="bilinear", align_corners=False)
    return _finish(_pen(x, strength, generator), strength, generator)


def _normal(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=generator)


def _uniform(count: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(count, generator=generator)


def _grid(count: int, strength: Tensor, generator: torch.Generator) -> Tensor:
    """Where each pixel of the result is read: an affine map and a smooth random bend."""
    turn = _normal((count,), generator) * 0.14 * strength
    slant = _normal((count,), generator) * 0.18 * strength
    wide = torch.exp(_normal((count,), generator) * 0.10 * strength + 0.02)
    tall = torch.exp(_normal((count,), generator) * 0.08 * strength + 0.02)
    shift = _normal((count, 2), generator) * (0.7 / 14) * strength[:, None]
    cos, sin = torch.cos(turn), torch.sin(turn)
    matrix = torch.zeros(count, 2, 3)
    matrix[:, 0, 0], matrix[:, 0, 1] = wide * cos, wide * (slant * cos - sin)
    matrix[:, 1, 0], matrix[:, 1, 1] = tall * sin, tall * (slant * sin + cos)
    matrix[:, :, 2] = shift
    grid = F.affine_grid(matrix, [count, 1, SIDE, SIDE], align_corners=False)
    knots = 4 if torch.rand((), generator=generator) < 0.6 else 7
    size = 1.5 / 14 if knots == 4 else 0.8 / 14  # of half the picture's width
    bend = (
        _normal((count, 2, knots, knots), generator)
        * size
        * (strength * _uniform(count, 0, 1, generator)).view(-1, 1, 1, 1)
    )
    smooth = _smooth(knots)
    bend = smooth @ bend @ smooth.T
    return grid + bend.permute(0, 2, 3, 1)


@cache
def _smooth(knots: int) -> Tensor:
    """(28, knots): from a few knots to every pixel, cubic."""
    return F.interpolate(torch.eye(knots)[None, None], (SIDE, knots), mode="bicubic", align_corners=False)[0, 0]


def _pen(x: Tensor, strength: Tensor, generator: torch.Generator) -> Tensor:
    """Up to half a pixel wider or narrower on either side."""
    change = (_uniform(len(x), -0.45, 0.55, generator) * strength.clamp(max=1)).view(-1, 1, 1, 1)
    sign = torch.where(change < 0, -1.0, 1.0)
    wider = x * sign  # narrower ink is wider paper
    wider = torch.maximum(wider, torch.maximum(F.pad(wider, (1, 0))[..., :-1], F.pad(wider, (0, 1))[..., 1:]))
    wider = torch.maximum(
        wider, torch.maximum(F.pad(wider, (0, 0, 1, 0))[..., :-1, :], F.pad(wider, (0, 0, 0, 1))[..., 1:, :])
    )
    return torch.lerp(x, wider * sign, change.abs())


def _finish(x: Tensor, strength: Tensor, generator: torch.Generator) -> Tensor:
    """Contrast, a little noise, and now and then a gap in the line."""
    count, some = len(x), strength.clamp(max=1).view(-1, 1, 1, 1)
    gain = 1 + some * _uniform(count, 0.0, 0.9, generator).view(-1, 1, 1, 1)
    x = ((x - 0.5) * gain + 0.5).clamp(0, 1) * (1 - 0.25 * some * torch.rand(count, 1, 1, 1, generator=generator) ** 2)
    noisy = some * 0.06 * (torch.rand(count, 1, 1, 1, generator=generator) < 0.15)
    x = (x + noisy * _normal(tuple(x.shape), generator)).clamp(0, 1)
    angle = _uniform(count, 0, math.pi, generator)
    away = _uniform(count, -7, 7, generator)
    line = torch.arange(28) - 13.5
    distance = line[None, None, :] * torch.cos(angle).view(-1, 1, 1) + line[None, :, None] * torch.sin(angle).view(
        -1, 1, 1
    )
    gap = (distance - away.view(-1, 1, 1)).abs()[:, None] < 0.8
    cut = (torch.rand(count, 1, 1, 1, generator=generator) < 0.06) & (some > 0)
    return torch.where(gap & cut, torch.zeros(()), x)
