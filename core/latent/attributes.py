"""Measured attributes: what can be read off the pixels of a made picture, as one number each.

The faces of anime64 are frontal and alike in place, so fixed regions serve: rows and columns of 64x64 pictures.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

Measure = Callable[[Tensor], Tensor]


def measured(x: Tensor, names: tuple[str, ...] | None = None, dataset: str = "") -> Tensor:
    """(N, C, S, S) in -1..1 -> (N, attributes)."""
    table = table_for(x.shape[1], dataset)
    x = (x.float() + 1) / 2
    return torch.stack([table[name](x) for name in names or table], 1)


def table_for(channels: int, dataset: str = "") -> dict[str, Measure]:
    """The attributes that make sense for these pictures."""
    if channels == 1:
        return STROKES
    return FACES if "anime" in dataset or "face" in dataset else COLOURS


def part(x: Tensor, top: float, bottom: float, left: float, right: float) -> Tensor:
    """A region, in 64ths of the side."""
    side = x.shape[-1] / 64
    return x[:, :, round(top * side) : round(bottom * side), round(left * side) : round(right * side)]


def light(x: Tensor) -> Tensor:
    """Mean brightness, 0 to 1."""
    if x.shape[1] == 1:
        return x.mean((1, 2, 3))
    return (x * x.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1).mean((1, 2))


def warm(x: Tensor) -> Tensor:
    """Red minus blue: below zero is blue, above is red or blond."""
    return (x[:, 0] - x[:, 2]).mean((1, 2))


def colourful(x: Tensor) -> Tensor:
    return (x.amax(1) - x.amin(1)).mean((1, 2))


def skin_tone(x: Tensor) -> Tensor:
    """The colour of the cheeks: (N, 3, 1, 1)."""
    return part(x, 42, 50, 24, 40).flatten(2).median(2).values[..., None, None]


def like_skin(x: Tensor) -> Tensor:
    """1 where a pixel looks like the cheeks, 0 where not: (N, S, S)."""
    return torch.sigmoid((0.16 - (x - skin_tone(x)).norm(dim=1)) * 40)


def eye_area(x: Tensor) -> Tensor:
    """Share of the band of the eyes that does not look like skin."""
    return 1 - part(like_skin(x)[:, None], 28, 43, 14, 50).mean((1, 2, 3))


def mouth(x: Tensor) -> Tensor:
    """How far the mouth's region strays from the skin: an open mouth shows."""
    strays: Tensor = (part(x, 48, 57, 27, 37) - skin_tone(x)).norm(dim=1).mean((1, 2))
    return strays


def face_size(x: Tensor) -> Tensor:
    """Share of the picture that looks like skin."""
    return part(like_skin(x)[:, None], 20, 64, 6, 58).mean((1, 2, 3))


def turn(x: Tensor) -> Tensor:
    """Where the middle of the skin lies: below zero left, above zero right, in shares of the side."""
    return centre(part(like_skin(x)[:, None], 24, 58, 0, 64)[:, 0], 2)


def corners(x: Tensor) -> Tensor:
    return torch.cat([part(x, 0, 12, 0, 7), part(x, 0, 12, 57, 64)], 3)


FACES: dict[str, Measure] = {
    "hair lightness": lambda x: light(part(x, 3, 18, 14, 50)),
    "hair hue": lambda x: warm(part(x, 3, 18, 14, 50)),
    "skin": lambda x: light(skin_tone(x)),
    "eye area": eye_area,
    "background": lambda x: light(corners(x)),
    "mouth": mouth,
    "face size": face_size,
    "left/right turn": turn,
}


def centre(weight: Tensor, axis: int) -> Tensor:
    """Centre of mass of (N, H, W) along an axis, -0.5 to 0.5."""
    place = torch.linspace(-0.5, 0.5, weight.shape[axis], device=weight.device)
    return (weight.sum(3 - axis) * place).sum(1) / weight.sum((1, 2)).clamp_min(1e-6)


def grid(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Ink (N, H, W), and each pixel's distance from the ink's middle, down and right."""
    ink = x[:, 0].clamp_min(1e-4)
    line = torch.linspace(-0.5, 0.5, x.shape[-1], device=x.device)
    down = line[None, :, None] - centre(ink, 1)[:, None, None]
    right = line[None, None, :] - centre(ink, 2)[:, None, None]
    return ink / ink.sum((1, 2), keepdim=True), down, right


def height(x: Tensor) -> Tensor:
    ink, down, _ = grid(x)
    return (ink * down.square()).sum((1, 2)).sqrt()


def width(x: Tensor) -> Tensor:
    ink, _, right = grid(x)
    return (ink * right.square()).sum((1, 2)).sqrt()


def slant(x: Tensor) -> Tensor:
    """How far the ink leans: above zero like /, below like a backslash."""
    ink, down, right = grid(x)
    return -(ink * down * right).sum((1, 2)) / (ink * down.square()).sum((1, 2)).clamp_min(1e-6)


def pen(x: Tensor) -> Tensor:
    """Ink per edge: the width of the pen, in pixels."""
    edges = (x[:, :, 1:, :] - x[:, :, :-1, :]).abs().mean((1, 2, 3)) + (x[..., 1:] - x[..., :-1]).abs().mean((1, 2, 3))
    return 2 * x.mean((1, 2, 3)) / edges.clamp_min(1e-6)


def hole(x: Tensor) -> Tensor:
    """How empty the middle is."""
    return 1 - part(F.avg_pool2d(x, 3, 1, 1), 24, 40, 24, 40).mean((1, 2, 3))


STROKES: dict[str, Measure] = {
    "ink": lambda x: x.mean((1, 2, 3)),
    "pen width": pen,
    "slant": slant,
    "width": width,
    "height": height,
    "hole in the middle": hole,
}

COLOURS: dict[str, Measure] = {
    "lightness": light,
    "hue": warm,
    "colourfulness": colourful,
    "contrast": lambda x: x.mean(1).std((1, 2)),
    "middle": lambda x: light(part(x, 20, 44, 20, 44)),
    "background": lambda x: light(corners(x)),
}
