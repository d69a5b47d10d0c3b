"""Own classes: picture datasets that people put together on the page, a folder per class in the lab's home."""

import hashlib
import json
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.data import folder
from core.errors import LabError, unknown
from core.paths import home

LONGEST = 40  # characters of a name
MOST_SETS, MOST_CLASSES = 200, 100
FORBIDDEN = set('/\\:*?"<>|%@~')
NOTES = "notes.json"


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
    return sorted(_files(class_place(dataset, name)), key=lambda path: (-path.stat().st_mtime, path.name))


def remove(dataset: str, name: str, file: str | None = None) -> None:
    """Deletes one picture of a class, or the whole class with all its pictures."""
    target = class_place(dataset, name)
    with _alone(dataset):
        if file is None:
            shutil.rmtree(target, ignore_errors=True)
        elif re.fullmatch(r"[0-9a-f]{24}\.(png|jpg)", file):
            (target / file).unlink(missing_ok=True)  # two who delete the same picture want the same
        else:
            raise LabError(f"The picture is {file[:60]!r}, which {name!r} does not have.")


def rename(dataset: str, name: str, text: str) -> str:
    """Another name for a class."""
    new, target = cleaned("class", text), class_place(dataset, name)
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


def class_place(dataset: str, name: str) -> Path:
    """The folder of a class; a sentence when there is none."""
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
