"""Own classes as a dataset: every picture square and equally large, parted so that copies stay on one side."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data import folder, own, whole
from core.data.parting import part
from core.errors import LabError
from core.paths import home

if TYPE_CHECKING:
    from core.data.dataset import Dataset

LAYOUT = 2  # of the stored copy: one that an older lab has stored is made anew
SIDE = 96  # pixels: `pets` is made 96x96, `pets@128` larger
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Facts:
    """What the page says about a dataset."""

    train: dict[str, int]
    test: dict[str, int]
    exact: int
    near: int
    mixed: tuple[tuple[str, ...], ...]  # copies that stand in two classes, each as "oak/1f….jpg"
    faults: tuple[str, ...]


def split_stem(name: str) -> str:
    """`pets` of `pets@128`."""
    return name.partition("@")[0]


def split_name(name: str) -> tuple[str, int]:
    """`pets@128` is the dataset `pets` at 128 pixels."""
    stem, at, _ = name.partition("@")
    return (stem, folder.split_name(name)[1]) if at else (stem, SIDE)


def stamp(name: str) -> object:
    """Changes when a picture comes or goes; None while there is too little to train on."""
    stem, side = split_name(name)
    if sum(count > 0 for count in own.classes(stem).values()) < 2:
        return None
    tops = [path.stat().st_mtime_ns for path in sorted(own.place(stem).iterdir()) if path.is_dir()]
    return (stem, side, own.seed_of(stem), tuple(own.classes(stem).items()), tuple(tops))


def about(name: str) -> str:
    """A sentence for the page."""
    stem, side = split_name(name)
    counts = own.classes(stem)
    return (
        f"Your own classes: {sum(counts.values()):,} pictures of {', '.join(counts) or 'nothing yet'}, cut to {side} "
        "pixels a side."
    )


def load(name: str, progress: Progress) -> "Dataset":
    """The set, from its stored copy or made now."""
    from core.data import npz

    file = stored(name, progress)
    try:
        return npz.read(file, name)
    except LabError:  # the stored copy is damaged: make it anew, once
        file.unlink(missing_ok=True)
        return npz.read(stored(name, progress), name)


def facts(name: str, progress: Progress) -> Facts:
    """Balance, copies and faults, measured when the set was made."""
    with np.load(stored(name, progress), allow_pickle=False) as arrays:
        classes = [str(each) for each in arrays["classes"]]
        train, test = (np.bincount(arrays[key], minlength=len(classes)).tolist() for key in ("y_train", "y_test"))
        exact, near = arrays["copies"].tolist()
        return Facts(
            dict(zip(classes, train, strict=True)),
            dict(zip(classes, test, strict=True)),
            exact,
            near,
            tuple(tuple(str(group).split("\n")) for group in arrays["mixed"]),
            tuple(str(each) for each in arrays["faults"]),
        )


def stored(name: str, progress: Progress) -> Path:
    """The set as an npz file in the lab's home; made anew when a picture has come or gone."""
    stem, side = split_name(name)
    counts = {label: count for label, count in own.classes(stem).items() if count}
    if len(counts) < 2:
        have = "".join(f"pictures of {label} ({count}) only" for label, count in counts.items()) or "no pictures yet"
        raise LabError(
            f"{stem!r} has {have}; needed: pictures of two classes or more, to have something to tell apart."
        )
    digest = hashlib.sha256(repr((LAYOUT, stamp(name))).encode()).hexdigest()[:16]
    target = home() / "data" / "own" / f"{hashlib.sha256(stem.encode()).hexdigest()[:12]}-{side}-{digest}.npz"
    if not target.is_file():
        arrays = _arrays(stem, tuple(counts), side, progress)
        for old in target.parent.glob(f"{target.name.rsplit('-', 1)[0]}-*.npz"):
            old.unlink(missing_ok=True)
        whole.write(target, arrays, stem)
    return target


def _arrays(stem: str, classes: tuple[str, ...], side: int, progress: Progress) -> dict[str, NDArray[Any]]:
    pictures: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    read: list[str] = []
    wrong: list[str] = []
    files = [(path, label) for label, name in enumerate(classes) for path in sorted(own.pictures(stem, name))]
    for number, (path, label) in enumerate(files):
        if number % 50 == 0:
            progress(f"reading {stem}: {number:,} of {len(files):,} pictures", number / len(files))
        try:
            pictures.append(folder.picture(path, side))
            labels.append(label)
            read.append(f"{classes[label]}/{path.name}")
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            wrong.append(f"{classes[label]}/{path.name}: {error}")
    if any(each.ndim == 3 for each in pictures):
        pictures = [np.repeat(each[:, :, None], 3, 2) if each.ndim == 2 else each for each in pictures]
    y = np.array(labels, np.int64)
    parted = part(pictures, y, own.seed_of(stem))
    if not parted.test.any():
        raise LabError(
            f"{stem!r} has {len(y)} pictures of {len(classes)} classes, and none can be kept for testing: "
            "needed: two different pictures of a class, better ten."
        )
    x = np.stack(pictures)
    return {
        "x_train": x[~parted.test],
        "y_train": y[~parted.test],
        "x_test": x[parted.test],
        "y_test": y[parted.test],
        "classes": np.array(classes),
        "faults": np.array(wrong, dtype=str),
        "copies": np.array([parted.exact, parted.near]),
        "mixed": np.array(["\n".join(read[each] for each in group) for group in parted.mixed], dtype=str),
    }
