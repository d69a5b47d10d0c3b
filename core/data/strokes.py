"""Strokes: digits and Greek letters as a pen would write them, each time a little different."""

import hashlib
import math
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.data import npz, whole
from core.data.classics import Progress
from core.data.dataset import Dataset, made
from core.data.digits import DIGITS
from core.data.glyphs import GLYPHS, Glyph, glyphs
from core.data.greek import GREEK
from core.errors import LabError
from core.paths import home

SETS = {"strokes": tuple(GLYPHS), "strokes-digits": tuple(DIGITS), "strokes-greek": tuple(GREEK)}
TRAIN, TEST = 60_000, 10_000

SIDE, BOX = 28, 20  # pixels: the picture, and the longest side of the ink in it, as in MNIST
TREMBLE = 0.036  # how far a point of the curve strays
ROOM = 0.32  # the share of a character's area that half of the line may cover
WAVES = 3  # smooth bends of the whole sheet


def load(name: str, progress: Progress) -> Dataset:
    """The built-in set of that name: from its cache, or drawn now (some seconds) and cached."""
    path = cache(name)
    try:
        return npz.read(path, name)
    except LabError:  # not there yet, or damaged: draw it again
        dataset = _drawn(name, progress)
        _store(dataset, path)
        return dataset


def cache(name: str) -> Path:
    """Where a drawn set is kept; another place as soon as a curve or the pen changes."""
    here = Path(__file__).parent
    code = b"".join((here / file).read_bytes() for file in ("digits.py", "greek.py", "glyphs.py", "strokes.py"))
    return home() / "data" / "strokes" / f"{name}-{hashlib.sha256(code).hexdigest()[:12]}.npz"


def _drawn(name: str, progress: Progress) -> Dataset:
    classes = SETS[name]
    progress(f"drawing {name}", 0.0)
    train = draw_set(TRAIN, 0, classes)
    progress(f"drawing {name}", TRAIN / (TRAIN + TEST))
    return made(name, train, draw_set(TEST, 1, classes), classes)


def _store(dataset: Dataset, path: Path) -> None:
    arrays = {key: getattr(dataset, key).numpy() for key in npz.KEYS}
    with suppress(LabError):  # a full disk costs only some seconds at the next start
        whole.write(path, arrays | {"classes": np.array(dataset.classes)}, dataset.name)


def draw_set(count: int, seed: int, classes: tuple[str, ...] = tuple(GLYPHS)) -> tuple[Tensor, Tensor]:
    """(count, 1, 28, 28) uint8 pictures and their labels, the classes in equal shares; the same again for a seed."""
    chance = torch.Generator().manual_seed(seed)
    labels = (torch.arange(count) % len(classes))[torch.randperm(count, generator=chance)]
    images = torch.empty(count, 1, SIDE, SIDE, dtype=torch.uint8)
    for label, name in enumerate(classes):
        places = (labels == label).nonzero().squeeze(1)
        ways, weights = glyphs(name)
        if not len(places):
            continue
        way = torch.multinomial(torch.tensor(weights), len(places), replacement=True, generator=chance)
        for number, glyph in enumerate(ways):
            mine = places[way == number]
            if len(mine):
                images[mine] = draw(glyph, len(mine), chance)
    return images, labels


def draw(glyph: Glyph, count: int, chance: torch.Generator) -> Tensor:
    """(count, 1, 28, 28) uint8: one way of writing, by so many hands."""
    curve = _hand(glyph, count, chance)
    pen = _lognormal(count, 1.3, 0.33, chance).clamp(0.5, 2.8)  # half the width of the line, in pixels
    pen = torch.minimum(pen, _widest(glyph, curve))
    curve, weight = _fitted(curve, _pressure(glyph, count, chance), pen)
    grain = 1 + 0.4 * _uniform((count, 1, 1), chance) * (_uniform((count, SIDE, SIDE), chance) - 0.5)  # rough paper
    ink = _ink(curve, weight, pen, grain)
    return (ink * 255).round_().to(torch.uint8).unsqueeze(1)


def _hand(glyph: Glyph, count: int, chance: torch.Generator) -> Tensor:
    """(count, S, 2): the curve as each hand leads it: points astray, sheet bent, letter slanted and stretched."""
    points = glyph.points + _normal((count, len(glyph.points), 2), chance) * TREMBLE
    curve = glyph.path @ points
    x, y = curve.unbind(2)
    squares = torch.stack([x * x, x * y, y * y], 2)  # a loop grows on one side, a line bows
    curve = curve + squares @ (_normal((count, 3, 2), chance) * 0.14)
    for _ in range(WAVES):
        wave = _normal((count, 1, 2), chance) * 4
        phase = _uniform((count, 1), chance) * 2 * math.pi
        push = _normal((count, 1, 2), chance) * 0.032
        curve = curve + (torch.einsum("nsd,nsd->ns", curve, wave.expand_as(curve)) + phase).sin().unsqueeze(2) * push
    return curve @ _affine(count, chance)


def _affine(count: int, chance: torch.Generator) -> Tensor:
    """(count, 2, 2): turn, slant and stretch, to be applied to row vectors."""
    turn = (_normal((count,), chance) * 0.09).clamp(-0.22, 0.22)
    slant = (_normal((count,), chance) * 0.22 + 0.12).clamp(-0.4, 0.6)  # most hands lean to the right
    stretch = _lognormal(count, 0.95, 0.2, chance).clamp(0.55, 1.5)
    cos, sin = turn.cos(), turn.sin()
    across = torch.stack([cos * stretch, sin * stretch], 1)  # where the x axis goes
    down = torch.stack([-slant * cos - sin, cos - slant * sin], 1)  # where the y axis goes; up leans right
    return torch.stack([across, down], 1)


def _pressure(glyph: Glyph, count: int, chance: torch.Generator) -> Tensor:
    """(count, S): how much ink flows: a quick pen leaves less; a stroke begins and ends thin or in a blob."""
    phase, rate = _uniform((count, 1), chance) * 2 * math.pi, _uniform((count, 1), chance) * 6 + 2
    flow = 1 + 0.18 * (glyph.along * rate + phase + glyph.stroke * 2.4).sin()
    start, end = (_uniform((count, 1), chance) * 1.6 + 0.4 for _ in range(2))
    begun, left = (glyph.along / 0.03).clamp(0, 1), ((1 - glyph.along) / 0.03).clamp(0, 1)
    return flow * torch.lerp(start, torch.ones(()), begun) * torch.lerp(end, torch.ones(()), left)


def _widest(glyph: Glyph, curve: Tensor) -> Tensor:
    """(count,): half the widest line, in pixels, that leaves the loops of this character open."""
    pixel = BOX / (curve.amax(1) - curve.amin(1)).amax(1)  # pixels per sheet
    on_paper = (glyph.stroke.diff() == 0).float()
    length = curve.diff(dim=1).norm(dim=2) @ on_paper * pixel
    x, y = (curve - curve.mean(1, keepdim=True)).unbind(2)
    spread = (x.square().mean(1) * y.square().mean(1) - (x * y).mean(1).square()).clamp_min(0)
    area = 12 * spread.sqrt() * pixel**2  # of a slanted box that is as spread out: 12 is a box's own figure
    return torch.maximum(ROOM * area / length, 2.8 - 0.15 * (length - BOX)).clamp_min(0.7)  # a bare line has no loops


def _fitted(curve: Tensor, pressure: Tensor, pen: Tensor) -> tuple[Tensor, Tensor]:
    """In pixels as MNIST was made: longest side of the ink 20, centre of mass to the middle; and its ink."""
    low, high = curve.amin(1), curve.amax(1)
    scale = (BOX - 1.7 * pen) / (high - low).amax(1)
    curve = curve * scale.view(-1, 1, 1)
    gaps = curve.diff(dim=1).norm(dim=2).clamp_max(1.5)  # a lifted pen leaves no ink on its way
    length = torch.nn.functional.pad(gaps, (0, 1)) / 2 + torch.nn.functional.pad(gaps, (1, 0)) / 2
    weight = length * pressure
    middle = (curve * weight.unsqueeze(2)).sum(1) / weight.sum(1, keepdim=True)
    return curve - middle.unsqueeze(1) + SIDE / 2, weight


def _ink(curve: Tensor, weight: Tensor, pen: Tensor, grain: Tensor) -> Tensor:
    """(count, 28, 28) in 0..1: each sample a soft blot, the blots summed up, then cut to a line with soft edges.

    A blot is a product of one bell curve across and one down, so all blots of a picture are one matrix product.
    """
    spread = (pen / 1.18).view(-1, 1, 1)  # a bell curve falls to one half at 1.18 of its spread
    pixel = torch.arange(SIDE) + 0.5
    across, down = (((curve[:, :, axis, None] - pixel) / spread).square_().mul_(-0.5).exp_() for axis in (0, 1))
    across *= (weight.unsqueeze(2) / spread) / math.sqrt(2 * math.pi)  # a straight line then peaks at 1
    blots = down.transpose(1, 2) @ across * grain
    steep = (spread / 0.59 / 1.1).clamp_min(1)  # the edge is 1.1 pixels soft; paper without a blot stays black
    return ((blots - 0.5) * steep + 0.5).clamp_(0, 1)


def _normal(shape: tuple[int, ...], chance: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=chance)


def _uniform(shape: tuple[int, ...], chance: torch.Generator) -> Tensor:
    return torch.rand(shape, generator=chance)


def _lognormal(count: int, middle: float, spread: float, chance: torch.Generator) -> Tensor:
    return middle * (torch.randn(count, generator=chance) * spread).exp()
