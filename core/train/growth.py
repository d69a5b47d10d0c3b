"""Growing pictures: a run begins with small ones, which cost less, and ends with pictures of their full size.

Two thirds of a picture's side are less than half of its pixels. A network whose maps are pooled whole (gap, gmp) reads
any size, and what it learns about edges and textures from small pictures holds for large ones (Howard 2018).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.config import RunConfig
from core.errors import LabError

STAIRS = (5, 6, 7)  # eighths of the full side, each for a third of the growing time


def side(config: RunConfig, full: int, done: float) -> int:
    """How many pixels high or wide pictures are when this share of the run is done."""
    if done >= config.grow:
        return full
    return round(full * STAIRS[int(len(STAIRS) * done / config.grow)] / 8)


def grown(x: Tensor, config: RunConfig, done: float) -> Tensor:
    """The pictures of a batch in the size of this moment."""
    full = (x.shape[-2], x.shape[-1])
    size = (side(config, full[0], done), side(config, full[1], done))
    return x if size == full else F.interpolate(x, size, mode="bilinear", antialias=True)


def check(config: RunConfig, net: nn.Module, x: Tensor) -> None:
    """A LabError if the run cannot begin with small pictures. `x`: the training pictures."""
    if x.dim() != 4:
        raise LabError(f"grow is {config.grow:g}, but a frozen trunk looks at each picture only once; allowed here: 0.")
    learning = net.training
    try:
        with torch.inference_mode():
            net.eval()(grown(x[:1].float(), config, 0.0))
    except RuntimeError:
        small = " x ".join(str(side(config, full, 0.0)) for full in x.shape[-2:])
        raise LabError(
            f"grow is {config.grow:g}, but pictures of {small} pixels are too small for this network; allowed: 0, or "
            "less pooling."
        ) from None
    finally:
        net.train(learning)
