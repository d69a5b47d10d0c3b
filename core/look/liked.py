"""What a filter likes: the patches of real pictures that excite it most, and a picture made to excite it."""

import contextlib
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.look.opened import Opened

BEST = 9
CHUNK = 500  # pictures at once
STEPS, RATE = 96, 0.1  # of the made picture


@dataclass(frozen=True, eq=False)
class Likes:
    """The strongest places of every filter of a layer, best first: each tensor is (filters, nine)."""

    picture: Tensor  # number of the picture in the set
    row: Tensor
    column: Tensor
    value: Tensor


class _Reached(Exception):
    """The layer that was asked for has answered; what comes after it need not be computed."""


def strongest(opened: Opened, pictures: Tensor, path: str, best: int = BEST) -> Likes:
    """The pictures (N, C, H, W) uint8 that excite each filter of a layer most, each picture at most once per filter."""
    opened = opened.private()
    layer = opened.layer(path)
    kept: list[Tensor] = []

    def keep(_: nn.Module, __: tuple[Tensor, ...], output: Tensor) -> None:
        kept[:] = [output]
        raise _Reached

    values, places = [], []
    width = 1
    hook = layer.register_forward_hook(keep)
    try:
        for chunk in pictures.split(CHUNK):
            with torch.inference_mode():
                with contextlib.suppress(_Reached):
                    opened.net(opened.eats(chunk))
                maps = kept[0].float().flatten(2) if kept[0].dim() > 2 else kept[0].float()[:, :, None]
                width = kept[0].shape[3] if kept[0].dim() == 4 else 1
                most, where = maps.max(2)  # (pictures, filters)
            values.append(most)
            places.append(where)
    finally:
        hook.remove()
    value, picture = torch.cat(values).topk(min(best, len(pictures)), dim=0)
    where = torch.cat(places).gather(0, picture)
    return Likes(picture.T.cpu(), (where // width).T.cpu(), (where % width).T.cpu(), value.T.cpu())


def patches(opened: Opened, pictures: Tensor, path: str, likes: Likes, channel: int) -> list[Tensor]:
    """The receptive fields of a filter's strongest places, cut out of the pictures: (C, height, width) each."""
    row = next(row for row in opened.rows if row.name == path)
    return [
        _cut(pictures[int(number)], row.field.box(int(y), int(x)), opened)
        for number, y, x in zip(likes.picture[channel], likes.row[channel], likes.column[channel], strict=True)
    ]


def made(opened: Opened, path: str, channel: int, seed: int = 0, steps: int = STEPS) -> Tensor:
    """A picture (C, H, W) of 0..1 that excites the middle of a filter's map: grey noise, led up the gradient."""
    opened = opened.private()
    layer = opened.layer(path)
    kept: list[Tensor] = []

    def keep(_: nn.Module, __: tuple[Tensor, ...], output: Tensor) -> None:
        kept[:] = [output]
        raise _Reached

    generator = torch.Generator().manual_seed(seed)
    device = next(opened.net.parameters()).device
    start = 0.1 * torch.randn(1, *opened.shape, generator=generator)
    hook = layer.register_forward_hook(keep)
    with torch.inference_mode(False), torch.enable_grad():
        logits = start.to(device).requires_grad_(True)  # of the pixels: through the sigmoid they stay 0..1
        climber = torch.optim.Adam([logits], lr=RATE)
        try:
            for _ in range(steps):
                with contextlib.suppress(_Reached):
                    opened.net(opened.eats(torch.sigmoid(logits)))
                answer = kept[0][0, channel]
                middle = answer[answer.shape[0] // 2, answer.shape[1] // 2] if answer.dim() == 2 else answer
                rough = logits.diff(dim=2).square().mean() + logits.diff(dim=3).square().mean()
                climber.zero_grad()
                (0.05 * rough - middle).backward(inputs=[logits])
                climber.step()
        finally:
            hook.remove()
        return torch.sigmoid(logits.detach())[0].cpu()


def _cut(picture: Tensor, box: tuple[int, int, int, int], opened: Opened) -> Tensor:
    """The part of a picture in a box; outside it is black. Boxes on a resized picture are scaled back first."""
    _, height, width = picture.shape
    top, left, bottom, right = (round(side * factor) for side, factor in zip(box, resized(opened) * 2, strict=True))
    top, left = max(top, -height), max(left, -width)
    bottom, right = min(max(bottom, top + 1), 2 * height), min(max(right, left + 1), 2 * width)
    padded = F.pad(picture, (width, width, height, height))
    return padded[:, top + height : bottom + height, left + width : right + width]


def resized(opened: Opened) -> tuple[float, float]:
    """How many pixels of the picture one pixel behind a leading `resize` word stands for: (down, across)."""
    first = opened.net.places[0].layer
    if first.word != "resize":
        return 1.0, 1.0
    return opened.shape[1] / first.size, opened.shape[2] / first.size
