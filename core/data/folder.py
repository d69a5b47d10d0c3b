"""An image folder as a dataset: one folder for each class, any pictures in it, cut square and made equally large."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from core.data import whole
from core.data.classics import Progress
from core.data.unpacking import in_english
from core.errors import LabError
from core.paths import home

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")
SIDE, SMALLEST, LARGEST = 64, 8, 256  # pixels: `animals` is made 64x64, `animals@128` 128x128
TEST_PARTS = ("test", "val", "valid", "validation")
EVERY = 5  # without a test folder every fifth picture of a class is kept for testing
MOST_PIXELS = 60_000_000  # a larger picture is a mistake or an attack
GREY_MODES = ("1", "L", "LA", "I;16")

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Source:
    """One picture file, its class and whether it is kept for testing."""

    path: Path
    label: int
    test: bool


def split_name(name: str) -> tuple[str, int]:
    """`animals@128` is the folder `animals` at 128x128 pixels."""
    stem, _, text = name.partition("@")
    if not text:
        return stem, SIDE
    if not text.isdigit() or not SMALLEST <= int(text) <= LARGEST:
        raise LabError(
            f"The side in {name!r} is {text!r}; allowed: {SMALLEST} to {LARGEST} pixels, as in {stem}@{SIDE}."
        )
    return stem, int(text)


def is_set(place: Path) -> bool:
    """Whether this is a folder of folders of pictures; looks at a few names only."""
    classes = _folders(_training(place))
    return len(classes) >= 2 and any(_is_picture(entry) for each in classes[:3] for entry in _some(each))


def _training(place: Path) -> Path:
    for part in ("train", "raw-img"):  # the latter is how Animals-10 is packed
        if (place / part).is_dir():
            return place / part
    return place


def _folders(place: Path) -> list[Path]:
    if not place.is_dir():
        return []
    return sorted(Path(each) for each in os.scandir(place) if each.is_dir() and not each.name.startswith("."))


def _some(place: Path, count: int = 8) -> Iterator[Path]:
    with os.scandir(place) as entries:
        for _, entry in zip(range(count), entries, strict=False):
            yield Path(entry)


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".")


def sources(place: Path) -> tuple[tuple[str, ...], list[Source]]:
    """The class names and every picture file, training pictures first."""
    classes = tuple(each.name for each in _folders(_training(place)))
    parted = (place / "train").is_dir()
    tests = [place / part for part in TEST_PARTS if (place / part).is_dir()] if parted else []
    found = []
    for label, name in enumerate(classes):
        files = _pictures(_training(place) / name)
        found += [Source(path, label, not tests and i % EVERY == EVERY - 1) for i, path in enumerate(files)]
        found += [Source(path, label, True) for part in tests for path in _pictures(part / name)]
    english = in_english(classes)
    return tuple(english[name] for name in classes), sorted(found, key=lambda each: each.test)


def _pictures(place: Path) -> list[Path]:
    return sorted(path for path in place.rglob("*") if _is_picture(path)) if place.is_dir() else []


def newest(place: Path) -> float:
    """Changes when a picture comes or goes: the class folders' own clock, without asking every file."""
    tops = [_training(place), *(place / part for part in TEST_PARTS)]
    return max((each.stat().st_mtime for top in tops for each in _folders(top)), default=0.0)


def cached(place: Path, side: int, progress: Progress) -> Path:
    """The folder as an npz file in the lab's home; made anew when a picture has come, gone or changed."""
    classes, found = sources(place)
    stamp = hashlib.sha256(repr((str(place), side)).encode())
    for each in found:
        facts = each.path.stat()
        stamp.update(f"{each.path}|{facts.st_size}|{facts.st_mtime_ns}\n".encode())
    target = home() / "data" / "folders" / f"{place.name}-{side}-{stamp.hexdigest()[:12]}.npz"
    if not target.is_file():
        arrays = _arrays(place, classes, found, side, progress)
        whole.write(target, arrays, place.name)
    return target


def faults(file: Path) -> list[str]:
    """What was left out of a stored folder, a sentence for each file."""
    with np.load(file, allow_pickle=False) as arrays:
        return [str(each) for each in arrays["faults"]]


def _arrays(
    place: Path, classes: tuple[str, ...], found: list[Source], side: int, progress: Progress
) -> dict[str, NDArray[Any]]:
    pictures: list[Bytes] = []
    kept: list[Source] = []
    wrong: list[str] = []
    for number, each in enumerate(found):
        if number % 50 == 0:
            progress(f"reading {place.name}: {number:,} of {len(found):,} pictures", number / len(found))
        try:
            pictures.append(picture(each.path, side))
            kept.append(each)
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:  # what Pillow raises
            wrong.append(f"{each.path.relative_to(place)}: {error}")
    tests = np.array([each.test for each in kept], dtype=bool)
    if not (~tests).any() or not tests.any():
        first = f" The first fault: {wrong[0]}." if wrong else ""
        raise LabError(
            f"{place} has {(~tests).sum()} readable training and {tests.sum()} readable test pictures; allowed: at "
            f"least one of each ({', '.join(ENDINGS)}).{first}"
        )
    if all(each.ndim == 2 for each in pictures):
        x = np.stack(pictures)
    else:
        x = np.stack([np.repeat(each[:, :, None], 3, 2) if each.ndim == 2 else each for each in pictures])
    y = np.array([each.label for each in kept])
    parts = {"x_train": x[~tests], "y_train": y[~tests], "x_test": x[tests], "y_test": y[tests]}
    return {**parts, "classes": np.array(classes), "faults": np.array(wrong, dtype=str)}


def picture(path: Path, side: int) -> Bytes:
    """(side, side) grey or (side, side, 3): upright as the camera meant it, cut square in the middle, resized."""
    with Image.open(path) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError(f"{opened.width} x {opened.height} pixels are too many (allowed: {MOST_PIXELS:,})")
        grey = opened.mode in GREY_MODES
        opened.draft("RGB", (2 * side, 2 * side))  # a JPEG may be read smaller at once, which is faster
        upright = ImageOps.exif_transpose(opened)
        if "A" in upright.mode or "transparency" in upright.info:  # what shows through is white paper
            clear = upright.convert("RGBA")
            upright = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
        fitted = ImageOps.fit(upright.convert("L" if grey else "RGB"), (side, side), Image.Resampling.BICUBIC)
    return np.asarray(fitted)
