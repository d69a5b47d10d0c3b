"""Mixed pictures: a piece of one picture pasted into another, and both labels learned by the area each one fills.

A network that knows its training pictures by heart cannot lean on a single detail of them any more (CutMix, Yun 2019).
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def cutmixed(x: Tensor, y: Tensor, classes: int, share: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """The batch with that share of its pictures mixed, and every label as shares (N, classes) that sum to one.

    A piece covers 0 to 1 of the area by an even chance; where it reaches over the border it is cut off, and only what
    can be seen of it counts.
    """
    n, _, height, width = x.shape
    lucky, size, down, right = (torch.rand(n, generator=generator, device=x.device) for _ in range(4))
    other = torch.randperm(n, generator=generator, device=x.device)
    side = size.sqrt() * (lucky < share)
    rows = _span(down, side, height)
    columns = _span(right, side, width)
    inside = rows[:, None, :, None] & columns[:, None, None, :]
    theirs = rows.sum(1) * columns.sum(1) / (height * width)
    own, foreign = F.one_hot(y, classes), F.one_hot(y[other], classes)
    return torch.where(inside, x[other], x), torch.lerp(own.float(), foreign.float(), theirs[:, None])


def _span(middle: Tensor, side: Tensor, full: int) -> Tensor:
    """(N, full): which rows (or columns) the pieces cover; a piece of side 0 covers none."""
    first = torch.round((middle - side / 2) * full)
    place = torch.arange(full, device=middle.device)
    return (place >= first[:, None]) & (place < (first + torch.round(side * full))[:, None])
