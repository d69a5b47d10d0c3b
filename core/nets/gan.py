"""Generators and discriminators: a pair of networks that make pictures from 128 numbers, and judge them."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from core.errors import LabError, unknown
from core.nets.plans import PLANS, plan_of
from core.nets.strided import Double, Halve

__all__ = ["PLANS", "Discriminator", "Generator", "Pair", "pair"]

SIDES = (32, 64)
# A class's own numbers begin weaker than the 128 free ones. Begun as strong, the generator soon listens to the class
# alone and makes one picture of each (measured: a quarter of the variety of real digits; so begun, more than 0.8).
MADE_LABEL, JUDGED_LABEL = 0.4, 0.5
NORMS = ("batch", "spectral", "none")
Shape = tuple[int, int, int]


class Pair(NamedTuple):
    """Both players."""

    generator: "Generator"
    discriminator: "Discriminator"


class Generator(nn.Module):
    """From `latent` numbers (and a class, if it knows any) to a picture with pixels from -1 to 1."""

    def __init__(self, plan: str, shape: Shape, latent: int, classes: int) -> None:
        super().__init__()
        chosen = plan_of(plan)
        self.plan, self.shape, self.latent, self.classes = plan, checked(shape), latent, classes
        widths = chosen.up[-3:] if shape[1] == 32 else chosen.up
        self.first = nn.Linear(latent, widths[0] * 16, bias=False)
        self.label = nn.Embedding(classes, latent) if classes else None
        self.start = nn.BatchNorm2d(widths[0])
        self.blocks = nn.ModuleList(Up(a, b) for a, b in itertools.pairwise(widths))
        # the coarse 4x4 map weighs the channels of the fine map (skip-layer excitation, Liu 2021)
        self.weigh = Weigh(widths[0], widths[-1]) if chosen.ours else None
        self.refine = Refine(widths[-1]) if chosen.ours else None
        self.last = nn.ConvTranspose2d(widths[-1], shape[0], 4, 2, 1, bias=False)
        self.apply(small_start)
        if self.label is not None:
            nn.init.normal_(self.label.weight, 0.0, MADE_LABEL)

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        if self.label is not None:
            z = z + self.label(torch.zeros(len(z), dtype=torch.int64, device=z.device) if y is None else y)
        coarse = self.first(z).view(len(z), -1, 4, 4).contiguous(memory_format=torch.channels_last)
        coarse = F.relu(self.start(coarse))
        x = coarse
        for block in self.blocks:
            x = block(x)
        if self.weigh is not None and self.refine is not None:
            x = self.refine(self.weigh(coarse, x))
        return torch.tanh(self.last(x).float())


class Up(nn.Sequential):
    """Twice the size: transposed convolution, batch norm, ReLU."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__(Double(a, b), nn.BatchNorm2d(b), nn.ReLU())


class Refine(nn.Module):
    """A second look at the same size, added to the first."""

    def __init__(self, a: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(a, a, 3, 1, 1, bias=False), nn.BatchNorm2d(a), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        refined: Tensor = x + self.body(x)
        return refined


class Weigh(nn.Module):
    """One factor from 0 to 1 per channel of the fine map, computed from the coarse one."""

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.squeeze, self.spread = nn.Conv2d(coarse, fine, 4, bias=False), nn.Conv2d(fine, fine, 1)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        factors: Tensor = torch.sigmoid(self.spread(F.silu(self.squeeze(coarse))))
        weighed: Tensor = fine * factors
        return weighed


class Discriminator(nn.Module):
    """From a picture to one number: above zero it believes that the picture is real."""

    def __init__(self, plan: str, shape: Shape, classes: int, norm: str = "batch") -> None:
        super().__init__()
        if norm not in NORMS:
            raise unknown("d_norm", norm, NORMS)
        chosen = plan_of(plan)
        self.plan, self.shape, self.classes, self.norm = plan, checked(shape), classes, norm
        widths = (chosen.down[-3:] if shape[1] == 32 else chosen.down)[::-1]
        self.blocks = nn.Sequential(
            *(Down(a, b, norm, a == shape[0]) for a, b in zip((shape[0], *widths), widths, strict=False))
        )
        self.company = (
            chosen.ours and norm != "batch"
        )  # sees how much the pictures of a batch differ (Karras 2018): a collapse shows
        self.last = held(nn.Conv2d(widths[-1] + self.company, 1, 4, bias=False), norm)
        self.label: nn.Module | None = None
        if classes:
            label = nn.Embedding(classes, widths[-1])
            nn.init.normal_(label.weight, 0.0, JUDGED_LABEL)
            self.label = held(label, norm)
        self.apply(small_start)

    def forward(self, x: Tensor, y: Tensor | None = None, group: int = 4) -> Tensor:
        """One answer per picture; with `group` 1 each is judged alone, whatever else is in the batch."""
        maps = self.blocks(x)
        seen = torch.cat([maps, spread(maps, group)], 1) if self.company else maps
        answer: Tensor = self.last(seen).flatten().float()
        if self.label is not None and y is not None:  # Miyato 2018: does the picture lie along its class?
            answer = answer + (self.label(y).float() * maps.float().mean((2, 3))).sum(1)
        return answer


class Down(nn.Sequential):
    """Half the size: convolution, norm, leaky ReLU."""

    def __init__(self, a: int, b: int, norm: str, first: bool) -> None:
        layers: list[nn.Module] = [held(Halve(a, b, bias=norm != "batch" or first), norm)]
        if norm == "batch" and not first:
            layers.append(nn.BatchNorm2d(b))
        super().__init__(*layers, nn.LeakyReLU(0.2))


def spread(maps: Tensor, group: int = 4) -> Tensor:
    """One map with how much the pictures of a small group differ; alone, a picture differs by nothing."""
    n = len(maps)
    group = next(size for size in (group, 3, 2, 1) if n % size == 0)
    parts = maps.float().reshape(group, n // group, *maps.shape[1:])
    differ = ((parts - parts.mean(0)).square().mean(0) + 1e-8).sqrt().mean((1, 2, 3), keepdim=True)
    return differ.repeat(group, 1, *maps.shape[2:]).to(maps.dtype)


def held(layer: nn.Module, norm: str) -> nn.Module:
    """With spectral norm no layer can stretch its input (Miyato 2018)."""
    return spectral_norm(layer) if norm == "spectral" else layer


def pair(plan: str, shape: Shape, latent: int = 128, classes: int = 0, norm: str = "batch", seed: int = 0) -> Pair:
    """Both networks with random weights; the same seed gives the same weights."""
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        return Pair(Generator(plan, shape, latent, classes), Discriminator(plan, shape, classes, norm))


def checked(shape: Sequence[int]) -> Shape:
    channels, height, width = shape
    if channels not in (1, 3) or height != width or height not in SIDES:
        raise LabError(f"A GAN's pictures are {channels}x{height}x{width}; allowed: 1 or 3 channels, 32x32 or 64x64.")
    return channels, height, width


def small_start(layer: nn.Module) -> None:
    """R0's DCGAN starts with small normal weights (Radford 2015); the gated pair does well with it, too."""
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear) and "weight" in layer._parameters:
        nn.init.normal_(layer.weight, 0.0, 0.02)
    elif isinstance(layer, nn.BatchNorm2d):
        nn.init.normal_(layer.weight, 1.0, 0.02)
