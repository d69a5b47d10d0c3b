"""What each shipped model learns: its classes, its pictures, and what it must refuse."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from checkpoints.make import learn
from checkpoints.make.gather import DIGITS, GREEK, LABELS, NONE, Pool, drawn, joined, mnist, redrawn, synthetic
from checkpoints.make.learn import Say, Share
from checkpoints.make.outliers import outliers
from core.nets.line import build

LINE = "conv 32 5x5 p2 | bn | relu | pool 2 | res 64 | pool 2 | res 96 | gap | dropout 0.2 | linear classes"
MORE_DIGITS = 0.42  # the share of digits when ink34 goes on learning, instead of 0.32
PAGES = ("digits", "greek", "greek24", "greek24-mouse", "greek24-pen")  # the folders of the ink
LIKE_DIGITS = ("omicron", "sigma", "iota", "theta", "beta", "delta", "rho", "zeta", "xi", "tau", "epsilon", "upsilon")
UNLIKE_LETTERS = ("2", "4", "5")


@dataclass(frozen=True)
class Task:
    """A shipped model: its classes, and what else it must refuse."""

    name: str
    about: str
    labels: tuple[str, ...]
    strangers: tuple[str, ...] = ()

    @property
    def first(self) -> int:
        return LABELS.index(self.labels[0])

    def mine(self, pool: Pool) -> Pool:
        """The pictures of this task, labels counted from 0."""
        kept = pool.where(np.isin(pool.labels, [LABELS.index(each) for each in self.labels]))
        return Pool(kept.pictures, kept.labels - self.first, kept.source, kept.writer)

    def foreign(self, pool: Pool) -> Pool:
        """Characters of the other alphabet that look like none of this one."""
        kept = pool.where(np.isin(pool.labels, [LABELS.index(each) for each in self.strangers]))
        return Pool(kept.pictures, np.full(len(kept), NONE), kept.source, kept.writer)


TASKS = {
    "ink34": Task("ink34", "Digits and Greek letters as people draw them, in one model of 34 classes.", LABELS),
    "ink-digits": Task(
        "ink-digits",
        "Digits as people draw them: on MNIST, canvas, paper, tablet and phone.",
        DIGITS,
        tuple(each for each in GREEK if each not in LIKE_DIGITS),
    ),
    "ink-greek24": Task("ink-greek24", "The 24 lower-case Greek letters as people draw them.", GREEK, UNLIKE_LETTERS),
}


@dataclass
class Material:
    """Everything to learn from."""

    mnist: Pool
    test: Pool
    redrawn: Pool  # digits of MNIST as if drawn on the canvas: cleaned, with the usual pen
    synthetic: Pool
    drawn: Pool
    none: Pool


def gather(ink: Path, data: Path, part: float = 1.0) -> Material:
    """Everything to learn from, or only so much of what there is plenty of."""
    train, test = (_first(mnist(name, data), part) for name in ("train", "t10k"))
    return Material(
        train,
        test,
        redrawn(train, round(10_000 * part)),
        _as_large(synthetic(round(24_000 * part))),
        drawn(ink),
        outliers(round(24_000 * part), data, seed=1),
    )


def _first(pool: Pool, part: float) -> Pool:
    return pool if part == 1 else pool.where(np.arange(len(pool)) < part * len(pool))


def shares(task: Task, all_of: Material, people: Pool, none: Pool, joint_digits: float) -> list[Share]:
    """What a batch is made of; `joint_digits` is the share of digits in a model of both alphabets."""
    parts: list[tuple[Pool, float, float]] = []
    digits, letters = task.first == 0, task.labels[-1] == GREEK[-1]
    half = 0.8 if digits != letters else 0.0
    if digits:
        size = half or joint_digits
        parts += [(all_of.mnist, 0.55 * size, 0.8), (all_of.redrawn, 0.25 * size, 0.9)]
        parts += [(_from(people, "digits"), 0.15 * size, 1.0), (all_of.synthetic, 0.05 * size, 0.7)]
    if letters:
        size = half or 0.8 - joint_digits
        parts += [
            (_from(people, name), part * size, 1.0)
            for name, part in zip(PAGES[1:], (0.2, 0.28, 0.22, 0.22), strict=True)
        ]
        parts += [(all_of.synthetic, 0.08 * size, 0.7)]
    found = [Share(task.mine(pool), part, strength) for pool, part, strength in parts]
    used = sum(share.part for share in found)
    if task.strangers:
        strangers = task.foreign(joined([people, all_of.synthetic, all_of.redrawn]))
        found.append(Share(strangers, 0.05, 0.8))
        used += 0.05
    return [*found, Share(none, 1 - used, 0.7)]


def _from(pool: Pool, source: str) -> Pool:
    return pool.where(pool.source == source)


def _as_large(pool: Pool) -> Pool:
    return Pool(learn.doubled(torch.tensor(pool.pictures)).numpy(), pool.labels, pool.source, pool.writer)


def train(
    task: Task,
    all_of: Material,
    people: Pool,
    none: Pool,
    pictures: int,
    seed: int,
    start: nn.Module | None,
    say: Say,
    joint_digits: float = 0.32,
) -> nn.Module:
    """One model; from the 34-class model's weights where there is one."""
    net = build(LINE, (1, 28, 28), len(task.labels), seed)
    rate = 4e-3
    if start is not None:
        weights = dict(start.state_dict())
        last = max(int(name.split(".")[1]) for name in weights)
        for name in (f"layers.{last}.weight", f"layers.{last}.bias"):
            weights[name] = weights[name][task.first : task.first + len(task.labels)].clone()
        net.load_state_dict(weights)
        rate = 2.5e-3
    return learn.learn(net, shares(task, all_of, people, none, joint_digits), pictures, rate, seed, say)
