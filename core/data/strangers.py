"""Strangers: small drawings that belong to no class, so that a network learns to say "none of these"."""

import os
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from torch import Tensor

from core.data.ink import prepare
from core.data.strokes import draw_set
from core.paths import home

BLOCK = 400  # drawn together
LARGE = 112  # pixels a scribble is drawn at, before it is made as every drawing is
Random = np.random.Generator
Picture = NDArray[np.uint8]
Progress = Callable[[str, float], None]  # a sentence and the share done, 0..1


def strangers(count: int, progress: Progress = lambda what, share: None) -> Tensor:
    """(count, 1, 28, 28): by turns digits and letters of the lab's own pen, and scribbles, lines and shapes.

    Drawn block by block, and each block only once in a home: a lesson with one drawing more wants a few more of them.
    """
    blocks = []
    for number in range(-(-count // BLOCK)):
        progress("Drawing what belongs to no class", number * BLOCK / count)
        blocks.append(_block(number))
    return torch.cat(blocks)[:count] if blocks else torch.zeros(0, 1, 28, 28, dtype=torch.uint8)


def _block(number: int) -> Tensor:
    """The block of this number, kept on disk."""
    path = home() / "data" / "strangers" / f"{BLOCK}-block-{number}.npy"
    try:
        return torch.from_numpy(np.load(path, allow_pickle=False))
    except (OSError, ValueError, EOFError):  # not there yet, or damaged: draw them
        made = _drawn(BLOCK, number)
    part = path.with_name(f"{path.stem}.{os.getpid()}.part.npy")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(part, made.numpy(), allow_pickle=False)
        part.replace(path)
    except OSError:  # a full disk costs the next run a second
        part.unlink(missing_ok=True)
    return made


def _drawn(count: int, seed: int) -> Tensor:
    """An even number of them."""
    characters, _ = draw_set(count // 2, seed)
    random = np.random.default_rng(seed)
    kinds = (scribble, lines, shapes, blots)
    made: list[Picture] = []
    while len(made) < count // 2:
        prepared = prepare(kinds[len(made) % len(kinds)](random))
        if not prepared.empty:
            made.append(prepared.image)
    return torch.stack([characters[:, 0], torch.from_numpy(np.stack(made))], 1).reshape(count, 1, 28, 28)


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
