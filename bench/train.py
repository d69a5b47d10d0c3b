"""`bench train`: seconds to an accuracy on MNIST, ours beside the reports' plain loop; fit() beside the bare step."""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset
from torchvision import transforms

from core import paths
from core.config import RunConfig, preset
from core.data.batches import batches
from core.data.dataset import Dataset
from core.data.registry import load, state
from core.nets.network import network
from core.runs.processes import myself
from core.runs.recorder import Recorder
from core.runs.store import Store
from core.train.device import autocast, autocast_dtype, describe, pick, settle
from core.train.facts import Ended, Fact, Metric, Tick
from core.train.fit import fit

TARGET = 0.9886  # report R0's MNIST accuracy, and what R1's net must reach ten times faster
SECONDS = 8.0  # on a quiet machine with two cores and bf16 in hardware
RATIO = 10.0
FRACTION = 0.95
SLOWDOWN = 0.03
PLAIN_EPOCHS = 40  # the plain loop gives up here


def measure(quick: bool = False) -> dict[str, Any]:
    """Both ways to the same accuracy on the same pictures, one after the other. `quick` asks for 96 % only."""
    settle()
    device, name = pick(paths.device_wish()), "mnist" if state("mnist") == "ready" else "strokes-digits"
    data, target = load(name), 0.96 if quick else TARGET
    ours = [to_target(data, device, target, seed) for seed in range(1 if quick else 3)]
    plain = plain_to_target(data, target)
    seconds = statistics.median(each["seconds"] for each in ours)
    fraction, rates = fraction_of_limit(data, device, rounds=10 if quick else 40)
    slowdown = slowdown_by_store(data, device, rounds=10 if quick else 60)
    return {
        "what": f"seconds to {target:.2%} test accuracy on {name}, evaluation included, with the 21,840 weights of R1",
        "ours": {"seconds": round(seconds, 2), "runs": ours, "recipe": preset("mnist-fast").changed()},
        "plain": {**plain, "recipe": "DataLoader, PIL, ToTensor, Normalize; SGD 0.01, momentum 0.5, batch 64"},
        "ratio": round(plain["seconds"] / seconds, 1),
        "plain_reached_target": plain["accuracy"] >= target,
        "fraction_of_limit": round(fraction, 3),
        "images_per_second": rates,
        "slowdown_by_store_and_page": round(slowdown, 4),
        "limit": {
            "ratio": RATIO,
            "seconds": SECONDS,
            "fraction_of_limit": FRACTION,
            "slowdown_by_store_and_page": SLOWDOWN,
        },
        "machine": {**describe(paths.device_wish()), "threads": torch.get_num_threads()},
    }


def to_target(data: Dataset, device: torch.device, target: float, seed: int) -> dict[str, Any]:
    """Our recipe until a test after an epoch reaches the target; building, testing and snapshots included."""
    config = preset("mnist-fast").replace(dataset=data.name, seed=seed, stop_accuracy=target)
    began, accuracies = time.perf_counter(), []
    for fact in fit(config, data, device):
        if isinstance(fact, Metric) and "test/accuracy" in fact.values:
            accuracies.append(fact.values["test/accuracy"])
            reached = time.perf_counter() - began
    return {"seed": seed, "seconds": round(reached, 2), "accuracies": accuracies, "reached": accuracies[-1] >= target}


class Pictures(TorchDataset[tuple[Tensor, int]]):
    """The pictures as the reports had them: each a PIL image, transformed one by one."""

    def __init__(self, x: Tensor, y: Tensor, mean: float, std: float) -> None:
        self.x, self.y = x[:, 0].numpy(), y.tolist()
        self.transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((mean,), (std,))])

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(Image.fromarray(np.asarray(self.x[index]))), self.y[index]


def plain_to_target(data: Dataset, target: float) -> dict[str, Any]:
    """The reports' loop, as their authors wrote it, until its test accuracy reaches the target."""
    torch.manual_seed(0)
    net, classes = plain_net(), len(data.classes)
    assert classes == 10, "the net of report R1 tells ten classes apart"
    optimiser = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.5)
    mean, std = data.mean[0], data.std[0]
    train_loader = DataLoader(Pictures(data.x_train, data.y_train, mean, std), batch_size=64, shuffle=True)
    test_loader = DataLoader(Pictures(data.x_test, data.y_test, mean, std), batch_size=1000)
    began, accuracy, epoch = time.perf_counter(), 0.0, 0
    while accuracy < target and epoch < PLAIN_EPOCHS:
        epoch += 1
        net.train()
        for x, y in train_loader:
            optimiser.zero_grad()
            F.nll_loss(net(x), y).backward()
            optimiser.step()
        net.eval()
        with torch.no_grad():
            right = sum(int((net(x).argmax(1) == y).sum()) for x, y in test_loader)
        accuracy = right / len(data.y_test)
    seconds = time.perf_counter() - began
    return {"seconds": round(seconds, 1), "epochs": epoch, "accuracy": accuracy, "per_epoch": round(seconds / epoch, 2)}


def plain_net() -> nn.Sequential:
    """Report R1's net in plain PyTorch."""
    return nn.Sequential(
        *(nn.Conv2d(1, 10, 5), nn.MaxPool2d(2), nn.ReLU()),
        *(nn.Conv2d(10, 20, 5), nn.Dropout2d(), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten()),
        *(nn.Linear(320, 50), nn.ReLU(), nn.Linear(50, 10), nn.LogSoftmax(1)),
    )


def fraction_of_limit(data: Dataset, device: torch.device, rounds: int) -> tuple[float, dict[str, int]]:
    """fit() beside the bare step on one ready batch, in turns of 20 steps, so that a noisy machine meets both."""
    config = preset("mnist-fast").replace(dataset=data.name, epochs=1000)
    bare, ours = bare_steps(config, data, device), fit_steps(config, data, device)
    pairs = []
    for _ in range(rounds):
        pairs.append((next(bare), next(ours)))
    steps = 20 * config.batch_size
    rates = {
        "bare": round(steps / statistics.median(b for b, _ in pairs)),
        "fit": round(steps / statistics.median(o for _, o in pairs)),
    }
    return statistics.median(b / o for b, o in pairs), rates


def bare_steps(config: RunConfig, data: Dataset, device: torch.device) -> Iterator[float]:
    """Seconds for 20 optimiser steps on one ready batch: nothing is loaded, counted, logged or stored."""
    from core.train.optim import OPTIMISERS

    net = network(config, data.shape, len(data.classes)).to(device).to(memory_format=torch.channels_last).train()
    optimisers = OPTIMISERS[config.optimiser](net, config)
    dtype = autocast_dtype(config.precision, device)
    x, y = next(batches(data.x_train.to(device), data.y_train.to(device), config, data.mean, data.std, 0, None))
    while True:
        began = time.perf_counter()
        for _ in range(20):
            with autocast(device, dtype):
                loss = F.cross_entropy(net(x), y)
            loss.backward()
            for optimiser in optimisers:
                optimiser.step()
                optimiser.zero_grad()
        synchronise(device)
        yield time.perf_counter() - began


def slowdown_by_store(data: Dataset, device: torch.device, rounds: int) -> float:
    """How much longer 20 steps take when a recorder stores what fit() says, while another process polls like a page."""
    config = preset("mnist-fast").replace(dataset=data.name, epochs=1000)
    with tempfile.TemporaryDirectory() as folder, redirected(folder):
        store = Store()
        run = store.add(config)
        claim = store.claim(myself(0))
        assert claim is not None
        recorder = Recorder(store, claim)

        def record(fact: Fact) -> None:
            recorder.take(fact)
            if recorder.due:
                recorder.flush()

        page = subprocess.Popen([sys.executable, "-c", PAGE.format(run=run)], cwd=paths.ROOT)
        try:
            alone, stored = fit_steps(config, data, device), fit_steps(config, data, device, record)
            pairs = [(next(alone), next(stored)) for _ in range(rounds)]
        finally:
            page.kill()
            page.wait()
            store.close()
    return statistics.median(s for _, s in pairs) / statistics.median(a for a, _ in pairs) - 1


PAGE = """
import time
from core.runs.live import Window
from core.runs.store import Store
window = Window(Store())
while True:
    window.curves([{run}])
    time.sleep(1.0)
"""


@contextlib.contextmanager
def redirected(home: str) -> Iterator[None]:
    """A home of its own for the while, for this process and those it starts."""
    before = os.environ.get("LAB_HOME")
    os.environ["LAB_HOME"] = home
    try:
        yield
    finally:
        if before is None:
            del os.environ["LAB_HOME"]
        else:
            os.environ["LAB_HOME"] = before


def fit_steps(
    config: RunConfig, data: Dataset, device: torch.device, take: Callable[[Fact], None] = lambda fact: None
) -> Iterator[float]:
    """Seconds for 20 steps of fit(), its metrics included, its tests of the whole test set left out."""
    facts, step = fit(config, data, device), 0
    while True:
        began, wanted = time.perf_counter(), step + 20
        clean = True
        while step < wanted:
            fact = next(facts)
            take(fact)
            if isinstance(fact, Ended):
                return
            if isinstance(fact, Metric | Tick):
                clean = clean and "test/accuracy" not in getattr(fact, "values", {})
                step = fact.step
        synchronise(device)
        if clean:
            yield (time.perf_counter() - began) * 20 / (step - wanted + 20)


def synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
