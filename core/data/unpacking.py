"""Unpacking: pictures out of a zip or a folder, sorted into classes by their folders; nothing in it is trusted."""

import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from core.data import photo
from core.errors import LabError

MOST_ENTRIES = 50_000
MOST_UNPACKED = 8 << 30  # bytes of all files together
MOST_TIMES = 300  # so many times larger than packed is a bomb: pictures hardly shrink at all
PARTS = ("train", "training", "test", "val", "valid", "validation")  # folders that part a set; we part it ourselves
NOISE = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")

# The ten classes of Animals-10 as its author named them.
ITALIAN = {
    "cane": "dog", "cavallo": "horse", "elefante": "elephant", "farfalla": "butterfly", "gallina": "chicken",
    "gatto": "cat", "mucca": "cow", "pecora": "sheep", "ragno": "spider", "scoiattolo": "squirrel",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """One file in a zip or folder: its name there, and the class that its folder says."""

    name: str
    label: str | None  # None: it lies in no folder


@dataclass
class Listed:
    """What a zip or folder holds."""

    files: list[Found] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)  # (name, why it is left out)

    @property
    def labels(self) -> list[str]:
        return sorted({each.label for each in self.files if each.label})


def in_english(labels: Sequence[str]) -> dict[str, str]:
    """The names of Animals-10 translated; all others as they are."""
    known = [label for label in labels if label.lower() in ITALIAN]
    if len(known) < 2 or len(known) < len(labels):
        return {label: label for label in labels}
    return {label: ITALIAN[label.lower()] for label in labels}


def sorted_in(paths: Sequence[PurePosixPath]) -> list[str | None]:
    """The class of each file: its first folder, once what all share and the names of parts are taken away."""
    folders = [[part for part in path.parts[:-1] if part.lower() not in PARTS] for path in paths]
    inside = [each for each in folders if each]
    while inside and all(len(each) > 1 for each in inside) and len({each[0] for each in inside}) == 1:
        for each in inside:
            del each[0]
    return [each[0] if each else None for each in folders]


def in_zip(file: IO[bytes], name: str) -> "Zip":
    """A zip, looked through but not unpacked."""
    try:
        return Zip(zipfile.ZipFile(file))
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError) as error:
        raise LabError(f"{name} is no zip, or it is damaged ({error}). Pack the folder again.") from None


class Zip:
    """The pictures of a zip, one at a time; nothing is ever written where the zip says."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        entries = [each for each in archive.infolist() if not each.is_dir()]
        if len(entries) > MOST_ENTRIES:
            raise LabError(f"The zip has {len(entries):,} files; allowed: {MOST_ENTRIES:,}. Split it.")
        unpacked = sum(each.file_size for each in entries)
        if unpacked > MOST_UNPACKED:
            raise LabError(
                f"The zip unpacks to {unpacked / 1e9:.0f} GB; allowed: {MOST_UNPACKED / 1e9:.0f} GB. Split it, or make "
                "the pictures smaller."
            )
        self.listed = Listed()
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            self._look(entry)
        names = list(self._entries)
        labels = sorted_in([PurePosixPath(each) for each in names])
        self.listed.files = [Found(name, label) for name, label in zip(names, labels, strict=True)]

    def _look(self, entry: zipfile.ZipInfo) -> None:
        name = _decoded(entry)
        path = PurePosixPath(name.replace("\\", "/"))
        if any(part in NOISE or part.startswith("._") for part in path.parts):
            return
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            self.listed.faults.append((name, f"{name[-80:]} leads outside the zip's own folder; it is left out."))
        elif stat.S_ISLNK(entry.external_attr >> 16):
            self.listed.faults.append((name, f"{name[-80:]} is a link to another place; it is left out."))
        elif entry.flag_bits & 1:
            self.listed.faults.append((name, f"{name[-80:]} is encrypted; pack the pictures without a password."))
        elif entry.file_size > photo.MOST_BYTES or entry.file_size > MOST_TIMES * max(entry.compress_size, 100):
            self.listed.faults.append((name, f"{name[-80:]} would unpack to {entry.file_size / 1e6:.0f} MB."))
        else:
            self._entries[str(path)] = entry

    def read(self, found: Found) -> bytes:
        """One file; never more than a picture may have, whatever the zip says about its size."""
        try:
            with self.archive.open(self._entries[found.name]) as stream:
                data = stream.read(photo.MOST_BYTES + 1)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
            raise LabError(f"{found.name[-80:]} cannot be unpacked ({error}).") from None
        if len(data) > photo.MOST_BYTES:
            raise LabError(f"{found.name[-80:]} unpacks to more than {photo.MOST_BYTES // 10**6} MB.")
        return data


class Folder:
    """The pictures below a folder of this machine, one at a time."""

    def __init__(self, text: str) -> None:
        self.place = Path(text.strip()).expanduser()
        if not text.strip() or not self.place.is_dir():
            raise LabError(f"The folder is {text.strip()[:200]!r}, which is none on this machine. Give its whole path.")
        self.listed = Listed()
        found: list[PurePosixPath] = []
        for path in _walked(self.place, self.listed):
            if len(found) >= MOST_ENTRIES:
                raise LabError(f"{self.place} has more than {MOST_ENTRIES:,} files; allowed: {MOST_ENTRIES:,}.")
            found.append(PurePosixPath(path.relative_to(self.place).as_posix()))
        labels = sorted_in(found)
        self.listed.files = [Found(str(path), label) for path, label in zip(found, labels, strict=True)]

    def read(self, found: Found) -> bytes:
        """One file."""
        path = self.place / found.name
        try:
            if path.stat().st_size > photo.MOST_BYTES:
                raise LabError(f"{found.name[-80:]} has more than {photo.MOST_BYTES // 10**6} MB.")
            return path.read_bytes()
        except OSError as error:
            raise LabError(f"{found.name[-80:]} cannot be read ({error.strerror}).") from None


def _walked(place: Path, listed: Listed) -> Iterator[Path]:
    """Files below a folder, links left alone."""
    try:
        entries = sorted(place.iterdir())
    except OSError as error:
        listed.faults.append((place.name, f"{place.name} cannot be opened ({error.strerror})."))
        return
    for path in entries:
        if path.name in NOISE or path.name.startswith("."):
            continue
        if path.is_symlink():
            listed.faults.append((path.name, f"{path.name} is a link to another place; it is left out."))
        elif path.is_dir():
            yield from _walked(path, listed)
        elif path.is_file():
            yield path


def _decoded(entry: zipfile.ZipInfo) -> str:
    """The name in any script: old packers write UTF-8 without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return entry.filename
