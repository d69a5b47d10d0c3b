"""Strangers: small drawings that belong to no class, so that a network learns to say "none of these"."""

import os

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from torch import Tensor

from core.data.ink import prepare
from core.data.strokes import draw_set
from core.paths import home

LARGE = 112  # pixels a scribble is drawn at, before it is made as every drawing is
Random = np.random.Generator
Picture = NDArray[np.uint8]


def strangers(count: int, seed: int = 0) -> Tensor:
    """(count, 1, 28, 28): half digits and letters of the lab's own pen, half scribbles, lines and shapes."""
    path = home() / "data" / "strangers" / f"{count}-{seed}.npy"
    try:
        kept = np.load(path, allow_pickle=False)
        return torch.from_numpy(kept)
    except (OSError, ValueError, EOFError):  # not there yet, or damaged: draw them
        made = _drawn(count, seed)
    part = path.with_name(f"{path.stem}.{os.getpid()}.part.npy")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(part, made.numpy(), allow_pickle=False)
        part.replace(path)
    except OSError:  # a full disk costs the next run a second
        part.unlink(missing_ok=True)
    return made


def _drawn(count: int, seed: int) -> Tensor:
    characters, _ = draw_set(count // 2, seed)
    random = np.random.default_rng(seed)
    drawn = [characters[:, 0]]
    kinds = (scribble, lines, shapes, blots)
    made: list[Picture] = []
    while len(made) < count - count // 2:
        prepared = prepare(kinds[len(made) % len(kinds)](random))
        if not prepared.empty:
            made.append(prepared.image)
    drawn.append(torch.from_numpy(np.stack(made)) if made else torch.zeros(0, 28, 28, dtype=torch.uint8))
    return torch.cat(drawn)[:, None].contiguous()


def scribble(random: Random) -> Picture:
    """A pen that wanders about."""
    turns = int(random.integers(5, 40))
    steps = np.cumsum(random.normal(0, 1, (turns, 2)), axis=0)
    smooth = np.stack([np.interp(np.linspace(0, turns - 1, 8 * turns), np.arange(turns), side) for side in steps.T], 1)
    return _sheet([smooth], random)


def lines(random: Random) -> Picture:
    """A few straight strokes."""
    return _sheet([random.random((2, 2)) for _ in range(int(random.integers(1, 7)))], random)


def shapes(random: Random) -> Picture:
    """Circles, polygons and spirals."""
    corners = int(random.integers(3, 9))
    around = np.linspace(0, 2 * np.pi * random.choice([1, 1, 2, 3]), 60 if random.random() < 0.5 else corners + 1)
    radius = np.linspace(random.choice([0.2, 1.0]), 1, len(around)) * (1 + 0.15 * random.normal(size=len(around)))
    path = np.stack([np.cos(around) * radius * random.uniform(0.4, 1), np.sin(around) * radius], 1)
    more = [random.random((2, 2)) * 2 - 1] if random.random() < 0.4 else []
    return _sheet([path, *more], random)


def blots(random: Random) -> Picture:
    """Dots and short dashes here and there."""
    places = random.random((int(random.integers(2, 9)), 1, 2))
    return _sheet([place + random.normal(0, 0.06, (3, 2)) for place in places], random)


def _sheet(paths: list[NDArray[np.float64]], random: Random) -> Picture:
    """The paths on white paper, made to fill most of it."""
    every = np.concatenate(paths)
    low, size = every.min(0), max(float(np.ptp(every, axis=0).max()), 1e-6)
    paper = Image.new("L", (LARGE, LARGE), 255)
    pen, width = ImageDraw.Draw(paper), int(random.integers(4, 11))
    for path in paths:
        points = 12 + (LARGE - 24) * (path - low) / size
        pen.line([tuple(point) for point in points.tolist()], fill=0, width=width, joint="curve")
    return np.asarray(paper)
