"""The registry: a dataset by its name, and what is known about it before it is loaded."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.data import folder, letters, own, own_set
from core.data.classics import CLASSICS, Progress, found, read
from core.errors import LabError, unknown
from core.paths import data_dir

if TYPE_CHECKING:  # naming and listing sets must not wait for torch
    from core.data.dataset import Dataset

ABOUT = {
    "mnist": "Handwritten digits: 60,000 + 10,000 grey pictures of 28x28, ten classes. LeCun, Cortes and Burges; "
    "free for research and teaching.",
    "fashion": "Clothes: 60,000 + 10,000 grey pictures of 28x28, ten classes. Zalando Research, MIT licence.",
    "kmnist": "Old Japanese script: 60,000 + 10,000 grey pictures of 28x28, ten classes. CODH, CC BY-SA 4.0.",
    "cifar10": "Animals and vehicles: 50,000 + 10,000 colour pictures of 32x32, ten classes. Krizhevsky, "
    "University of Toronto; free for research and teaching.",
    "strokes": "Digits and Greek letters drawn by this lab from pen strokes: 60,000 + 10,000 grey pictures of 28x28, "
    "34 classes. Needs no download; part of the lab.",
    "strokes-digits": "The ten digits drawn by this lab from pen strokes: 60,000 + 10,000 grey pictures of 28x28. "
    "Needs no download; part of the lab.",
    "strokes-greek": "The 24 lower-case Greek letters drawn by this lab from pen strokes: 60,000 + 10,000 grey "
    "pictures of 28x28. Needs no download; part of the lab.",
}
KEPT = 3  # loaded sets kept in memory; CIFAR-10 is 184 MB


@dataclass(frozen=True)
class Offer:
    """A set that another room makes, such as the class's drawings."""

    about: str
    stamp: Callable[[], object]  # changes when the set does; None while there is nothing to load
    load: "Callable[[], Dataset]"


_offers: dict[str, Offer] = {}
_families: dict[str, Callable[[str], Offer]] = {}  # `class-drawings:star,house` is one of the family class-drawings
_loaded: "OrderedDict[tuple[object, ...], Dataset]" = OrderedDict()
_locks = {name: threading.Lock() for name in ABOUT}  # two visitors who want one set wait for one download
_own = threading.Lock()


def offer(name: str, offered: Offer) -> None:
    """Makes a set known that a room to the right holds: this room cannot look there."""
    _offers[name] = offered


def offer_family(name: str, make: Callable[[str], Offer]) -> None:
    """Makes all sets known whose names are `name:` and something that `make` understands."""
    _families[name] = make


def _offered(name: str) -> Offer | None:
    family, colon, which = name.partition(":")
    if colon and family in _families:
        return _families[family](which)
    if name not in _offers and name not in ABOUT and own_set.split_stem(name) in own.names():
        return Offer(own_set.about(name), lambda: own_set.stamp(name), lambda: own_set.load(name, _silent))
    return _offers.get(name)


def names() -> list[str]:
    """Every dataset there is: the built-in ones, those of other rooms, then one's own files in the data folder."""
    known = [*ABOUT, *_offers, *(name for name in own.names() if name not in ABOUT and name not in _offers)]
    files = {path.stem for path in data_dir().glob("*.npz")}
    files |= {path.name for path in data_dir().iterdir() if path.is_dir() and folder.is_set(path)}
    return [*known, *sorted(files - {*known})]


def state(name: str) -> str:
    """`ready`, `downloadable`, or `absent`."""
    if name in CLASSICS:
        return "ready" if _npz(name).is_file() or found(CLASSICS[name], data_dir()) else "downloadable"
    if offered := _offered(name):
        return "absent" if offered.stamp() is None else "ready"
    return "ready" if name in names() or _folder(name) else "absent"


def about(name: str) -> str:
    """A sentence on what the set holds, where it is from and how it may be used."""
    if name in ABOUT:
        return ABOUT[name]
    if name in letters.NAMES:
        return letters.about(name)
    if offered := _offered(name):
        return offered.about
    place = _folder(name)
    if not place and name not in names():
        raise unknown("The dataset", name, names())
    if not place or _npz(name).is_file():
        return f"Your own dataset in {_npz(name)}."
    return f"Your own pictures in {place}, a folder for each class, cut to {folder.split_name(name)[1]} pixels a side."


def load(name: str, progress: Progress | None = None) -> "Dataset":
    """The set by its name, downloaded or drawn first if need be; the last few stay in memory."""
    if _offered(name) is None and state(name) == "absent":
        raise unknown("The dataset", name, names())
    with _locks.get(name, _own):
        key = _key(name)
        dataset = _loaded.pop(key, None) or _load(name, progress or _silent)
        _loaded[key] = dataset  # the last place: used most recently
        while len(_loaded) > KEPT:
            _loaded.popitem(last=False)
        return dataset


def stamp(name: str) -> str:
    """Changes whenever the set does."""
    return repr(_key(name))


def _load(name: str, progress: Progress) -> "Dataset":
    if offered := _offered(name):
        return offered.load()
    if name.startswith("strokes") and name in ABOUT:
        from core.data import strokes

        return strokes.load(name, progress)
    if _npz(name).is_file() and not (name in CLASSICS and found(CLASSICS[name], data_dir())):
        from core.data import npz

        return npz.read(_npz(name), name, CLASSICS[name].classes if name in CLASSICS else ())
    place = _folder(name)
    if place:
        return _from_folder(name, place, progress)
    if not found(CLASSICS[name], data_dir()):
        from core.data.download import download

        download(name, data_dir(), progress)
    return read(name, data_dir())


def _from_folder(name: str, place: Path, progress: Progress) -> "Dataset":
    from core.data import npz

    file = folder.cached(place, folder.split_name(name)[1], progress)
    try:
        return npz.read(file, name)
    except LabError:  # the stored copy is damaged: make it anew, once
        file.unlink(missing_ok=True)
        return npz.read(folder.cached(place, folder.split_name(name)[1], progress), name)


def faults(name: str) -> list[str]:
    """The files of an image folder that could not be read, a sentence each; none for other sets."""
    place = None if name in ABOUT or _offered(name) or _npz(name).is_file() else _folder(name)
    return folder.faults(folder.cached(place, folder.split_name(name)[1], _silent)) if place else []


def _folder(name: str) -> Path | None:
    """The image folder that a name such as `animals` or `animals@128` means."""
    stem = folder.split_name(name)[0] if "@" in name else name
    place = data_dir() / stem
    return place if stem == Path(stem).name and stem not in ABOUT and folder.is_set(place) else None


def _npz(name: str) -> Path:
    return data_dir() / f"{name}.npz"


def _key(name: str) -> tuple[object, ...]:
    """Changes when another data folder is set, one's own file is replaced or an offered set has changed."""
    if offered := _offered(name):
        return name, str(data_dir()), offered.stamp()
    if name.startswith("strokes") and name in ABOUT:
        return name, "", 0.0  # drawn, so the same everywhere
    file, place = _npz(name), _folder(name)
    if file.is_file():
        return name, str(data_dir()), file.stat().st_mtime
    return name, str(data_dir()), folder.newest(place) if place else 0.0


def _silent(what: str, share: float) -> None:
    """Nobody watches."""


def _letters(name: str) -> None:
    """Greek letters by hand come through the same door as other rooms' sets: they change with the data folder."""
    offer(name, Offer("", lambda: letters.stamp(name), lambda: letters.load(name, _silent)))


for _name in letters.NAMES:
    _letters(_name)


def make_own(name: str) -> str:
    """A new dataset of one's own classes; its name must be nobody else's."""
    if own.cleaned("dataset's name", name).casefold() in (each.casefold() for each in names()):
        raise LabError(f"The dataset's name is {name!r}, which is taken; allowed: any other name.")
    return own.make(name)
