"""The lab's eye: a small network of the lab's own that turns any picture into 128 features, for saying how alike
two sets of pictures look. It learned by itself which crops come from the same picture (no labels)."""

import functools
import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.errors import LabError
from core.nets import checkpoint

SIDE = 64  # what the eye looks at: smaller and larger pictures are resized, grey ones are read as three colours
FEATURES = 128
NAME = "eye"


class Eye(nn.Module):
    """Four convolutions that halve the picture, then the mean and the largest of each map."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 32, 64, 96, 64)
        layers: list[nn.Module] = []
        for a, b in itertools.pairwise(widths):
            layers += [
                nn.Conv2d(a, b, 5 if a == 3 else 3, 2, 2 if a == 3 else 1, bias=False),
                nn.BatchNorm2d(b),
                nn.SiLU(),
            ]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """x: (N, 3, 64, 64) in -1..1 -> (N, 128)."""
        maps = self.layers(x)
        return torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], 1)


@functools.lru_cache(maxsize=1)
def eye() -> Eye:
    """The trained eye that comes with the lab."""
    with torch.inference_mode(False):  # whoever asks first: it must serve those who follow a gradient, too
        folder = checkpoint.find(NAME)
        tensors, _ = checkpoint.read(folder)
        net = Eye()
        try:
            net.load_state_dict(
                {name: value.float() if value.is_floating_point() else value for name, value in tensors.items()}
            )
        except RuntimeError as error:
            raise LabError(
                f"The checkpoint {folder} does not fit its card: {str(error).splitlines()[-1].strip()}."
            ) from None
        return net.eval().to(memory_format=torch.channels_last)


@torch.no_grad()
def features(x: Tensor, batch: int = 256) -> Tensor:
    """What the eye sees: (N, 128), on the CPU or wherever the pictures are. x: (N, C, S, S) in -1..1."""
    net = eye().to(x.device)
    return torch.cat([net(shown(part)) for part in x.split(batch)])


def shown(x: Tensor) -> Tensor:
    """Three colours, 64x64."""
    x = x.expand(-1, 3, -1, -1)
    if x.shape[-1] != SIDE:
        x = F.interpolate(x, (SIDE, SIDE), mode="bilinear", antialias=x.shape[-1] > SIDE)
    return x.contiguous(memory_format=torch.channels_last)
