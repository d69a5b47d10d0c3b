"""What the shipped models learn from: MNIST, and a folder of other people's ink cleaned as the app does."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data import ink, paper
from core.data.pixels import grey
from core.data.strokes import draw_set

SIDE = 2 * ink.SIDE  # twice the network's size, so that warps stay sharp
DIGITS = tuple("0123456789")
GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"),
    *("nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
)
LABELS = DIGITS + GREEK
NONE = -1  # the label of an outlier


@dataclass
class Pool:
    """Pictures with their label (an index of LABELS), where they come from and who drew them."""

    pictures: NDArray[np.uint8]  # (count, 56, 56) or (count, 28, 28)
    labels: NDArray[np.int64]
    source: NDArray[np.str_]  # greek, greek24, greek24-mouse, greek24-pen, digits, mnist or an outlier family
    writer: NDArray[np.str_]

    def where(self, mask: NDArray[np.bool_]) -> "Pool":
        return Pool(self.pictures[mask], self.labels[mask], self.source[mask], self.writer[mask])

    def __len__(self) -> int:
        return len(self.labels)


def joined(pools: list[Pool]) -> Pool:
    return Pool(*(np.concatenate([getattr(each, name) for each in pools]) for name in Pool.__dataclass_fields__))


def drawn(folder: Path) -> Pool:
    """Every picture of the ink folder: `digits/WRITER/DIGIT`, `greek/WRITER/LETTER`, `greek24*/LETTER`."""
    rows = []
    for file in sorted(folder.rglob("*.png")):
        source = file.relative_to(folder).parts[0]
        label = file.parent.name
        if label not in LABELS:
            continue
        picture = large(np.asarray(_rgba(file)))
        if picture is not None:
            rows.append((picture, LABELS.index(label), source, _writer(file, source)))
    pictures, labels, sources, writers = zip(*rows, strict=True)
    return Pool(np.stack(pictures), np.array(labels), np.array(sources), np.array(writers))


def mnist(part: str, folder: Path) -> Pool:
    """MNIST as it is (28x28): `train` or `t10k`."""
    raw = folder / "MNIST" / "raw"
    pictures = np.frombuffer((raw / f"{part}-images-idx3-ubyte").read_bytes(), np.uint8, offset=16).reshape(-1, 28, 28)
    labels = np.frombuffer((raw / f"{part}-labels-idx1-ubyte").read_bytes(), np.uint8, offset=8).astype(np.int64)
    return Pool(pictures, labels, np.full(len(labels), "mnist"), np.full(len(labels), "mnist"))


def redrawn(pool: Pool, count: int) -> Pool:
    """The first digits of MNIST as if drawn on a canvas: enlarged and cleaned, so that the pen is the usual one."""
    enlarged = (
        np.asarray(Image.fromarray(each).resize((112, 112), Image.Resampling.BICUBIC)) for each in pool.pictures
    )
    cleaned = [large(picture) for picture, _ in zip(enlarged, range(count), strict=False)]
    kept = np.array([picture is not None for picture in cleaned])
    part = pool.where(np.arange(len(pool)) < count).where(kept)
    return Pool(np.stack([each for each in cleaned if each is not None]), part.labels, part.source, part.writer)


def synthetic(count: int) -> Pool:
    """Characters from the lab's own pen strokes."""
    pictures, labels = draw_set(count, seed=5, classes=LABELS)
    names = np.full(count, "strokes")
    return Pool(pictures[:, 0].numpy(), labels.numpy(), names, names)


def large(raw: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """The app's own cleaning, stopped at 56x56; None where there is no ink."""
    if ink.already_made(grey(raw)):
        made = ink.prepare(raw).image
        return np.asarray(Image.fromarray(made).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    found = paper.find_ink(raw)
    if found.why:
        return None
    left, top, right, bottom = found.box
    return ink.as_bytes(ink.place(ink.fit_box(found.ink[top:bottom, left:right], box=2 * ink.BOX), side=SIDE))


def fold_of(pool: Pool, folds: int) -> NDArray[np.int64]:
    """A fold for every picture such that no writer is in two."""
    names = sorted(set(pool.writer))
    number = {name: place % folds for place, name in enumerate(names)}
    return np.array([number[name] for name in pool.writer])


def _writer(file: Path, source: str) -> str:
    """Who drew it. Mouse and pen files carry no name: neighbours in the list are taken for one writer (12 blocks)."""
    if source in ("digits", "greek"):
        return f"{source}/{file.parent.parent.name}"
    if source == "greek24":
        return f"{source}/{file.stem}"
    files = sorted(file.parent.glob("*.png"))
    return f"{source}/{12 * files.index(file) // len(files):02d}"


def _rgba(file: Path) -> Image.Image:
    picture = Image.open(file)
    return picture if picture.mode in ("L", "RGB", "RGBA") else picture.convert("RGB")
