"""The training loop and the figures of the shipped models."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from checkpoints.make.gather import NONE, Pool
from checkpoints.make.warp import warp
from core.train.average import follow
from core.train.device import autocast, autocast_dtype

Say = Callable[[str], None]
MEAN, STD = 0.1307, 0.3081  # MNIST's pixels, scaled to 0..1


@dataclass(frozen=True)
class Share:
    """Part of every batch: a pool, how much of the batch, how strongly it is warped."""

    pool: Pool
    part: float
    strength: float
    even: bool = True  # every label equally often


def learn(
    net: nn.Module,
    shares: list[Share],
    pictures: int,
    lr: float,
    seed: int,
    say: Say,
    batch: int = 256,
    smoothing: float = 0.02,
) -> nn.Module:
    """Trains on so many pictures, and returns the running average of the weights."""
    generator = torch.Generator().manual_seed(seed)
    feeds = [_Feed(share, round(share.part * batch)) for share in shares]
    net = net.to(memory_format=torch.channels_last).train()
    mean_net = copy.deepcopy(net).eval()
    steps = pictures // batch
    optimiser = torch.optim.AdamW(net.parameters(), lr, weight_decay=0.02, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, lr, total_steps=steps, pct_start=0.15, final_div_factor=200
    )
    cpu = torch.device("cpu")
    dtype = autocast_dtype("auto", cpu)
    began, total = time.perf_counter(), 0.0
    for step in range(steps):
        parts = [feed.take(generator) for feed in feeds]
        x, y = torch.cat([part[0] for part in parts]), torch.cat([part[1] for part in parts])
        with autocast(cpu, dtype):
            logits = net(((x - MEAN) / STD).to(memory_format=torch.channels_last)).float()
        loss = _loss(logits, y, smoothing)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        schedule.step()
        follow(mean_net, net, min(0.998, (step + 1) / (step + 10)))
        total += loss.detach().item()
        if (step + 1) % 200 == 0:
            speed = batch * (step + 1) / (time.perf_counter() - began)
            say(f"step {step + 1}/{steps} loss {total / 200:.4f} {speed:.0f} pictures/s")
            total = 0.0
    return mean_net


def _loss(logits: Tensor, y: Tensor, smoothing: float) -> Tensor:
    """Cross-entropy with one more answer, "none of these", whose logit is always 0."""
    with_none = F.pad(logits, (0, 1))
    return F.cross_entropy(with_none, torch.where(y == NONE, logits.shape[1], y), label_smoothing=smoothing)


class _Feed:
    """Random pictures of one share, warped."""

    def __init__(self, share: Share, count: int) -> None:
        pool = share.pool
        self.pictures, self.labels = doubled(torch.tensor(pool.pictures)), torch.tensor(pool.labels)
        self.strength, self.count = share.strength, count
        keys = [f"{label}" if share.even else "" for label in pool.labels]
        sizes = {key: keys.count(key) for key in set(keys)}
        self.weight = torch.tensor([1 / sizes[key] for key in keys], dtype=torch.float64)
        self.total = torch.cumsum(self.weight, 0)

    def take(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        at = torch.searchsorted(
            self.total, torch.rand(self.count, generator=generator, dtype=torch.float64) * self.total[-1]
        )
        at = at.clamp(max=len(self.labels) - 1)
        strength = torch.full((self.count,), self.strength) * (torch.rand(self.count, generator=generator) > 0.15)
        return warp(self.pictures[at], strength, generator), self.labels[at]


def doubled(pictures: Tensor) -> Tensor:
    """(N, 28, 28) or (N, 56, 56) uint8 -> (N, 56, 56): warps stay sharp when they read from twice the size."""
    if pictures.shape[-1] == 56:
        return pictures
    parts = [F.interpolate(part[:, None].float(), (56, 56), mode="bicubic") for part in pictures.split(2000)]
    return torch.cat([part[:, 0].clamp(0, 255).round().to(torch.uint8) for part in parts])


@torch.no_grad()
def answers(net: nn.Module, pool: Pool) -> Tensor:
    """The logits of every picture of a pool, as the app would compute them."""
    rows = []
    for start in range(0, len(pool), 1000):
        x = torch.tensor(pool.pictures[start : start + 1000])[:, None].float() / 255
        if x.shape[-1] != 28:
            x = F.avg_pool2d(x, 2)
        rows.append(net(((x - MEAN) / STD).to(memory_format=torch.channels_last)))
    return torch.cat(rows)


def accuracy(logits: Tensor, labels: np.ndarray) -> tuple[int, int]:
    """How many are right, and of how many."""
    return int((logits.argmax(1).numpy() == labels).sum()), len(labels)


def energy(logits: Tensor) -> np.ndarray:
    """How much speaks for a known character: the log of the sum of all evidence, against 0 for "none of these"."""
    return torch.logsumexp(logits.float(), 1).numpy()


def auroc(good: np.ndarray, bad: np.ndarray) -> float:
    """The chance that a good drawing scores above a bad one."""
    ranks = np.concatenate([good, bad]).argsort().argsort() + 1
    return float((ranks[: len(good)].sum() - len(good) * (len(good) + 1) / 2) / (len(good) * len(bad)))


def calibration_error(logits: Tensor, labels: np.ndarray, temperature: float, bins: int = 10) -> float:
    """ECE: the mean gap between how sure the model is and how often it is right, over equally filled bins."""
    sure, answer = F.softmax(logits / temperature, 1).max(1)
    right = (answer.numpy() == labels).astype(float)
    order = np.argsort(sure.numpy())
    gaps = [
        abs(right[part].mean() - sure.numpy()[part].mean()) * len(part)
        for part in np.array_split(order, bins)
        if len(part)
    ]
    return float(sum(gaps) / len(labels))


def best_temperature(logits: Tensor, labels: np.ndarray, clear: np.ndarray) -> float:
    """The temperature under which what is claimed is nearest to what is true: for clear drawings, and for all."""

    def gap(temperature: float) -> float:
        for_all = calibration_error(logits, labels, temperature)
        return calibration_error(logits[clear], labels[clear], temperature) + for_all

    return min((math.exp(power / 40) for power in range(20, -21, -1)), key=gap)
