"""Small networks with fixed weights to look into, and a picture for each."""

from collections.abc import Callable

import pytest
import torch

from core.look.opened import Opened
from core.nets.line import build
from core.nets.named import resolve

CLASSES = tuple("0123456789")


@pytest.fixture(scope="session")
def open_net() -> Callable[..., Opened]:
    def make(net: str = "r1-lenet", shape: tuple[int, int, int] = (1, 28, 28), seed: int = 0) -> Opened:
        built = build(resolve(net), shape, len(CLASSES), seed)
        luck = torch.Generator().manual_seed(seed)
        for name, each in [*built.named_parameters(), *built.named_buffers()]:  # as if it had been trained
            if "running_var" in name:
                each.data = 0.5 + torch.rand(each.shape, generator=luck)
            elif each.dim() == 1 and each.is_floating_point():
                each.data = each.data + 0.2 * torch.randn(each.shape, generator=luck)
        half = (0.4,) * shape[0]
        return Opened(net, built.eval(), CLASSES, "mnist", "standard", half, half)

    return make


@pytest.fixture
def picture() -> Callable[..., torch.Tensor]:
    def make(shape: tuple[int, int, int] = (1, 28, 28), seed: int = 0, count: int | None = None) -> torch.Tensor:
        luck = torch.Generator().manual_seed(seed)
        size = shape if count is None else (count, *shape)
        return torch.randint(0, 256, size, generator=luck, dtype=torch.uint8)

    return make
