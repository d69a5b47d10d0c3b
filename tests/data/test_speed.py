"""The room's own figures, and the judgement on the built-in strokes."""

import pytest
import torch
from torch import nn

from bench.data import measure
from core.config import RunConfig
from core.data import registry
from core.data.batches import batches
from core.data.dataset import Dataset
from core.data.scaling import scaled
from core.data.sheet import sheet, side_by_side


def test_the_figures_for_the_bench_are_all_there_and_plausible() -> None:
    figures = measure(quick=True)
    assert len(figures) == 8 and all(value > 0 for value in figures.values())
    assert figures["batch_ms_28x28_grey"] < 5  # a LeNet step takes about 7 ms
    assert figures["crop_flip_cutout_per_second_32x32_colour"] > 20_000


def test_the_contact_sheet_shows_every_character() -> None:
    assert sheet(3, classes=("0", "alpha")).shape == (56, 84)
    picture = side_by_side()
    assert picture.size == (2 * 16 * 28 + 56, 17 * 28) and picture.getextrema() == (0, 255)


def reader(data: Dataset, epochs: int) -> nn.Module:
    """A small convolutional net trained on that set alone."""
    config = RunConfig(batch_size=256, rotate=10, shift=0.05, zoom=0.1, shear=10)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = nn.Sequential(
            *(nn.Conv2d(1, 16, 5), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 32, 3), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Dropout(0.2), nn.Flatten(), nn.Linear(800, 64), nn.ReLU(), nn.Linear(64, len(data.classes))),
        )
        optimiser = torch.optim.AdamW(net.parameters(), 6e-3)
        steps = epochs * -(-len(data.x_train) // config.batch_size)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=steps)
        chance = torch.Generator().manual_seed(0)
        for epoch in range(epochs):
            for x, y in batches(data.x_train, data.y_train, config, data.mean, data.std, epoch, chance):
                optimiser.zero_grad()
                nn.functional.cross_entropy(net(x), y).backward()
                optimiser.step()
                schedule.step()
    return net.eval()


@torch.no_grad()
def accuracy(net: nn.Module, x: torch.Tensor, y: torch.Tensor, data: Dataset) -> float:
    right = [
        (net(scaled(part, "standard", data.mean, data.std)).argmax(1) == labels).float().sum()
        for part, labels in zip(torch.split(x, 1000), torch.split(y, 1000), strict=True)
    ]
    return float(sum(right)) / len(x)


@pytest.mark.slow
def test_a_network_that_saw_only_strokes_reads_nine_of_ten_real_digits(lab_data: object) -> None:
    data, mnist = registry.load("strokes-digits"), registry.load("mnist")
    net = reader(data, epochs=3)
    score = accuracy(net, mnist.x_test, mnist.y_test, data)
    assert score >= 0.90, f"reads {score:.2%} of MNIST's test set"
    assert accuracy(net, data.x_test, data.y_test, data) >= 0.97
