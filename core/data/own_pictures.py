"""Pictures put into own classes, one by one or a whole zip: checked, made smaller, and each kept once."""

import functools
import hashlib
import io
import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from core.data import own, photo
from core.data.unpacking import Folder, Zip, in_english
from core.errors import LabError

MOST_PICTURES = 20_000  # of one dataset
KEPT_SIDE = 640  # pixels: larger pictures are made smaller, no network here sees more
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


def add(dataset: str, name: str, files: Iterable[tuple[str, bytes]], progress: Progress | None = None) -> Added:
    """Adds pictures (file name, bytes) to a class; a bad one is told and the rest goes on."""
    place, done = own.class_place(dataset, name), Added()
    count = sum(own.classes(dataset).values())
    for number, (file, data) in enumerate(files):
        if progress and number % 10 == 0:
            progress(f"{name}: {number:,} pictures", 0.0)
        if count + done.new >= MOST_PICTURES:
            return done + Added(faults=(Fault(file, f"{dataset!r} is full: {MOST_PICTURES:,} pictures are allowed."),))
        done += _add(lambda: place, file, data)
    return done


def _add(where: Callable[[], Path], file: str, data: bytes) -> Added:
    """One picture, named by what it shows, so that two people who add the same one at once add it once.

    `where` is asked only for a picture that can be kept: a class is not made for what is none.
    """
    try:
        pixels = photo.load(data, file[-80:] or "The picture")
    except LabError as error:
        return Added(faults=(Fault(file, str(error), seen(data)),))
    if _one_colour(pixels):
        why = f"{file[-80:]} is one single colour: nothing can be learned from it."
        return Added(faults=(Fault(file, why, seen(data)),))
    target = where()
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


def _one_colour(pixels: Bytes) -> bool:
    return not np.ptp(pixels, axis=(0, 1)).any()


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
            picture.draft("RGB", (2 * side, 2 * side))  # a JPEG can be read smaller
            cut_off = not _read(picture)
            picture.thumbnail((side, side))
            pixels = np.asarray(picture.convert("RGB"))
            return None if cut_off and _one_colour(pixels) else pixels
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None


def _read(picture: Image.Image) -> bool:
    """Reads the pixels; false for a file that was cut off, whose picture is then as much of it as there is."""
    try:
        picture.load()
    except OSError:
        if isinstance(picture, ImageFile.ImageFile):
            picture.tile = []  # nothing more to read: what has been read stays
        return False
    return True


def take_in(dataset: str, source: Zip | Folder, loose: str | None = None, progress: Progress | None = None) -> Added:
    """Adds everything in a zip or folder, a class for each of its folders; `loose` is for files in no folder."""
    listed = source.listed
    done = Added(faults=tuple(Fault(name, why) for name, why in listed.faults))
    if not listed.files:
        first = f" {listed.faults[0][1]}" if listed.faults else ""
        raise LabError(f"There is no picture in it; allowed: a folder of pictures for each class.{first}")
    if not listed.labels and not loose:
        raise LabError("The pictures lie in no folder, so nothing says what they are; choose a class for them.")
    english, place = in_english(listed.labels), functools.cache(lambda label: _made(dataset, label))
    room = MOST_PICTURES - sum(own.classes(dataset).values())
    faults: list[Fault] = []
    new = known = 0
    for number, each in enumerate(listed.files):
        if progress and number % 10 == 0:
            progress(f"reading {number:,} of {len(listed.files):,} files", number / len(listed.files))
        label = english[each.label] if each.label else loose
        try:
            if label is None:
                raise LabError(f"{each.name[-80:]} lies in no folder, so nothing says what it is.")
            if new >= room:
                raise LabError(f"{dataset!r} is full: {MOST_PICTURES:,} pictures are allowed.")
            one = _add(functools.partial(place, label), each.name, source.read(each))
        except LabError as error:
            faults.append(Fault(each.name, str(error)))
            continue
        new, known = new + one.new, known + one.known
        faults += one.faults
    return done + Added(new, known, tuple(faults))


def _made(dataset: str, label: str) -> Path:
    """The folder of the class of that name, made if need be; capitals do not count."""
    same = [each for each in own.classes(dataset) if each.casefold() == own.cleaned("class", label).casefold()]
    return own.root() / dataset / (same[0] if same else own.add_class(dataset, label))
