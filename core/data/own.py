"""Own classes: picture datasets that people put together on the page, a folder per class in the lab's home."""

import hashlib
import io
import json
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data import folder, photo
from core.errors import LabError, unknown
from core.paths import home

LONGEST = 40  # characters of a name
MOST_SETS, MOST_CLASSES, MOST_PICTURES = 200, 100, 20_000
KEPT_SIDE = 640  # pixels: larger pictures are made smaller, no network here sees more
FORBIDDEN = set('/\\:*?"<>|%@~')
NOTES = "notes.json"
Progress = Callable[[str, float], None]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Fault:
    """A file that was left out, why, and as far as it can be seen, a small picture of it."""

    name: str
    why: str
    thumbnail: Bytes | None = None


@dataclass(frozen=True)
class Added:
    """What became of some files."""

    new: int = 0
    known: int = 0  # the very same picture was there already
    faults: tuple[Fault, ...] = ()

    def __add__(self, other: "Added") -> "Added":
        return Added(self.new + other.new, self.known + other.known, (*self.faults, *other.faults))


def root() -> Path:
    """Where all own classes are kept."""
    return home() / "classes"


def names() -> list[str]:
    """The datasets there are."""
    if not root().is_dir():
        return []
    return sorted(path.name for path in root().iterdir() if path.is_dir() and not path.name.startswith("."))


def place(dataset: str) -> Path:
    """The folder of a dataset; a sentence when there is none."""
    if dataset not in names():
        raise unknown("The dataset", dataset, names() or ["none yet: make one first"])
    return root() / dataset


def cleaned(what: str, text: str) -> str:
    """A name as it is kept, in any script; the sentence why it cannot be one."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    wrong = not name or len(name) > LONGEST or not name.isprintable() or FORBIDDEN & set(name)
    if wrong or name.startswith(".") or name.endswith(".") or len(name.encode()) > 200:
        raise LabError(
            f"The {what} is {text[:60]!r}; allowed: 1 to {LONGEST} letters, digits, spaces and signs, in any script, "
            f"but none of {' '.join(sorted(FORBIDDEN))} and no dot at either end."
        )
    return name


def make(dataset: str) -> str:
    """A new, empty dataset; its name as it is kept."""
    name = cleaned("dataset's name", dataset)
    _free(name, names(), "dataset")
    if len(names()) >= MOST_SETS:
        raise LabError(f"There are {MOST_SETS} own datasets; allowed: no more. Delete one first.")
    (root() / name).mkdir(parents=True)
    return name


def add_class(dataset: str, text: str) -> str:
    """A new, empty class; its name as it is kept."""
    name, there = cleaned("class", text), classes(dataset)
    _free(name, there, "class")
    if len(there) >= MOST_CLASSES:
        raise LabError(f"{dataset!r} has {MOST_CLASSES} classes; allowed: no more.")
    with _alone(dataset):
        _free(name, classes(dataset), "class")  # somebody else may have been quicker
        (place(dataset) / name).mkdir(exist_ok=True)
    return name


def _free(name: str, there: Iterable[str], what: str) -> None:
    same = [each for each in there if each.casefold() == name.casefold()]
    if same:
        raise LabError(f"The {what} {same[0]!r} is there already; allowed: each name once, capitals do not count.")


def classes(dataset: str) -> dict[str, int]:
    """class -> how many pictures."""
    found = sorted(path for path in place(dataset).iterdir() if path.is_dir() and not path.name.startswith("."))
    return {path.name: sum(1 for _ in _files(path)) for path in found}


def pictures(dataset: str, name: str) -> list[Path]:
    """The pictures of a class, newest first."""
    return sorted(_files(_class(dataset, name)), key=lambda path: (-path.stat().st_mtime, path.name))


def add(dataset: str, name: str, files: Iterable[tuple[str, bytes]], progress: Progress | None = None) -> Added:
    """Adds pictures (file name, bytes) to a class; a bad one is told and the rest goes on."""
    target, done = _class(dataset, name), Added()
    count = sum(classes(dataset).values())
    for number, (file, data) in enumerate(files):
        if progress and number % 10 == 0:
            progress(f"{name}: {number:,} pictures", 0.0)
        if count + done.new >= MOST_PICTURES:
            return done + Added(faults=(Fault(file, f"{dataset!r} is full: {MOST_PICTURES:,} pictures are allowed."),))
        done += _add(target, file, data)
    return done


def keep(dataset: str, name: str, file: str, data: bytes) -> Added:
    """One picture for a class, without counting how many there are."""
    return _add(root() / dataset / name, file, data)


def _add(target: Path, file: str, data: bytes) -> Added:
    """One picture, named by what it shows, so that two people who add the same one at once add it once."""
    try:
        pixels = photo.load(data, file[-80:] or "The picture")
    except LabError as error:
        return Added(faults=(Fault(file, str(error), seen(data)),))
    if float(np.ptp(pixels)) == 0:
        return Added(faults=(Fault(file, f"{file[-80:]} is one single colour: nothing can be learned from it."),))
    path = target / f"{_digest(pixels)}.{'png' if min(pixels.shape[:2]) <= 64 else 'jpg'}"
    if path.exists():
        os.utime(path)
        return Added(known=1)
    target.mkdir(parents=True, exist_ok=True)  # somebody may have deleted the class a moment ago
    part = target / f".{secrets.token_hex(6)}.part"
    try:
        part.write_bytes(_encoded(pixels, path.suffix))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise LabError(f"{file[-80:]} cannot be kept in {target} ({error.strerror}). Make room there.") from None
    return Added(new=1)


def _digest(pixels: Bytes) -> str:
    return hashlib.sha256(repr(pixels.shape).encode() + np.ascontiguousarray(pixels).tobytes()).hexdigest()[:24]


def _encoded(pixels: Bytes, suffix: str) -> bytes:
    picture = Image.fromarray(pixels)
    if picture.mode == "RGBA":
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture).convert("RGB")
    picture.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    picture.save(file, "PNG" if suffix == ".png" else "JPEG", quality=92)
    return file.getvalue()


def seen(data: bytes, side: int = 64) -> Bytes | None:
    """A small picture of whatever can be seen of a file; None where nothing can."""
    try:
        with Image.open(io.BytesIO(data), formats=photo.KINDS) as picture:
            if picture.width * picture.height > photo.MOST_PIXELS:
                return None
            picture.thumbnail((side, side))
            return np.asarray(picture.convert("RGB"))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None


def remove(dataset: str, name: str, file: str | None = None) -> None:
    """Deletes one picture of a class, or the whole class with all its pictures."""
    target = _class(dataset, name)
    with _alone(dataset):
        if file is None:
            shutil.rmtree(target, ignore_errors=True)
        elif re.fullmatch(r"[0-9a-f]{24}\.(png|jpg)", file):
            (target / file).unlink(missing_ok=True)  # two who delete the same picture want the same
        else:
            raise LabError(f"The picture is {file[:60]!r}, which {name!r} does not have.")


def rename(dataset: str, name: str, text: str) -> str:
    """Another name for a class."""
    new, target = cleaned("class", text), _class(dataset, name)
    with _alone(dataset):
        _free(new, [each for each in classes(dataset) if each != name], "class")
        target.rename(place(dataset) / new)
    return new


def delete(dataset: str) -> None:
    """Deletes a dataset with everything in it."""
    target = place(dataset)
    away = target.with_name(f".{target.name}.{secrets.token_hex(4)}.gone")  # at once for everybody, then slowly
    target.rename(away)
    shutil.rmtree(away, ignore_errors=True)


def _class(dataset: str, name: str) -> Path:
    if name not in classes(dataset):
        raise unknown("The class", name, classes(dataset) or ["none yet: name one first"])
    return place(dataset) / name


def _files(path: Path) -> Iterator[Path]:
    with os.scandir(path) as entries:
        for entry in entries:
            if not entry.name.startswith(".") and entry.name.lower().endswith(folder.ENDINGS):
                yield Path(entry.path)


@contextmanager
def _alone(dataset: str) -> Iterator[None]:
    """One person at a time changes the classes of a dataset; adding pictures needs no turn."""
    import fcntl

    lock = root() / f".{hashlib.sha256(dataset.encode()).hexdigest()[:16]}.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def note_split(dataset: str, seed: int) -> None:
    """Which pictures are kept for testing is drawn by this seed."""
    if not 0 <= seed < 1_000_000:
        raise LabError(f"The split's seed is {seed}; allowed: 0 to 999999.")
    path = place(dataset) / f".{NOTES}"
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    part.write_text(json.dumps({"seed": seed}))
    part.replace(path)


def seed_of(dataset: str) -> int:
    try:
        return int(json.loads((place(dataset) / f".{NOTES}").read_text())["seed"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
