"""What a job trains with. The tests bring their own."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from core import paths
from core.config import RunConfig
from core.data.dataset import Dataset, made
from core.train.facts import Fact, Snapshot
from core.train.features import Features

Progress = Callable[[str, float], None]


class Fit(Protocol):
    """How training is called."""

    def __call__(
        self,
        config: RunConfig,
        data: Dataset,
        device: torch.device,
        resume: Snapshot | None = None,
        *,
        start: Any = None,
        features: Features | None = None,
    ) -> Generator[Fact, str | None, None]: ...


@dataclass(frozen=True)
class Tools:
    """The way to train, the way to get data, and the device."""

    fit: Fit
    load: Callable[[str, Progress], Dataset]
    device: torch.device
    words: str  # the device as people say it


def real(slot: int) -> Tools:
    """The lab's own training, on the device that belongs to a slot."""
    from core.data import registry
    from core.train import device
    from core.train.learn import learn

    wish = paths.device_wish()
    chosen = device.pick(wish)
    if wish == "auto" and chosen.type == "cuda" and torch.cuda.device_count() > 1:
        chosen = torch.device("cuda", slot % torch.cuda.device_count())
    if chosen.type == "cpu" and paths.slots() > 1:  # several runs share the cores
        torch.set_num_threads(max(1, torch.get_num_threads() // paths.slots()))
    device.settle()
    return Tools(learn, registry.load, chosen, device.describe(str(chosen))["device"])


def warmed(tools: Tools) -> Tools:
    """The same after a few steps on noise: what torch does only once in a process is done before the first run."""
    luck = torch.Generator().manual_seed(0)
    x = torch.randint(0, 255, (64, 1, 28, 28), generator=luck, dtype=torch.uint8)
    y = torch.randint(0, 10, (64,), generator=luck)
    noise = made("noise", (x, y), (x, y), tuple("0123456789"))
    line = "conv 10 5x5 | pool 2 | relu | dropout 0.1 | flatten | linear classes"
    for _ in tools.fit(RunConfig("noise", line, epochs=2, batch_size=32), noise, tools.device):
        pass
    return tools
