"""The network line: one line of text that says a whole network, and the network built from it."""

import contextlib
import threading
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from core.errors import LabError
from core.nets import weights
from core.nets.backbones import Progress
from core.nets.grammar import parse, write
from core.nets.layers import Mirror, module
from core.nets.rewrite import rewrite
from core.nets.shapes import Place, walk

__all__ = ["Net", "build", "parse", "rewrite", "seeded", "write"]

_one_at_a_time = threading.Lock()


class Net(nn.Module):
    """A network made from its line: `layers` holds one module per word, in order; it answers logits."""

    def __init__(self, places: tuple[Place, ...], classes: int) -> None:
        super().__init__()
        self.line = write([place.layer for place in places])
        self.places = places
        self.classes = classes
        self.layers = nn.Sequential(*(module(place) for place in places))

    @property
    def shape(self) -> tuple[int, int, int]:
        """What it eats: (channels, height, width)."""
        channels, height, width = self.places[0].before
        return channels, height, width

    def forward(self, x: Tensor) -> Tensor:  # (batch, channels, height, width) -> (batch, classes)
        first = self.layers[0]
        if isinstance(first, Mirror) and not self.training:
            return torch.stack([share * self.layers(seen) for share, seen in first.looks(x)]).sum(0)
        logits: Tensor = self.layers(x)
        return logits

    @property
    def frozen(self) -> int:
        """How many layers from the picture on never learn; a dropout right before the first that does is not one."""
        learns = [any(p.requires_grad for p in layer.parameters()) for layer in self.layers]
        first = learns.index(True) if True in learns else len(learns)
        while first and self.places[first - 1].layer.word in ("dropout", "dropout2d"):
            first -= 1
        return first if any(True for layer in self.layers[:first] for _ in layer.parameters()) else 0

    def train(self, mode: bool = True) -> "Net":
        """Training mode; what is frozen rests: its dropout is off, and the running mean of its batch norm stays."""
        super().train(mode)
        self.layers[: self.frozen].eval()
        for each in self.modules():
            if isinstance(each, nn.BatchNorm1d | nn.BatchNorm2d) and not each.weight.requires_grad:
                each.eval()
        return self


def build(text: str, shape: tuple[int, int, int], classes: int, seed: int = 0, progress: Progress | None = None) -> Net:
    """The network of a line for pictures of this shape; the same seed gives the same weights."""
    if not isinstance(classes, int) or not 1 <= classes <= 100_000:
        raise LabError(f"The number of classes is {classes!r}; allowed: 1 to 100000.")
    if len(shape) != 3 or not all(1 <= side <= 4096 for side in shape):
        raise LabError(f"The picture's shape is {tuple(shape)}; allowed: (channels, height, width), each 1 to 4096.")
    places = walk(parse(text), shape, classes)
    for place in places:
        if place.layer.pretrained:  # a download may take minutes, so not while others wait to build
            weights.locate(place.layer.word, progress)
    with seeded(seed):
        return Net(places, classes)


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Random weights from a seed, while everybody else's random numbers go on as if nothing had happened."""
    # torch.manual_seed would reseed every GPU too; layers are made on the CPU, so its generator is enough
    with _one_at_a_time, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield
