"""Greek letters by hand: report R1's 27 pictures and unseen writers, or, where they are not here, the lab's own pen."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.data.greek import GREEK
from core.errors import LabError
from core.paths import data_dir

if TYPE_CHECKING:
    from core.data.dataset import Dataset

THREE = ("alpha", "beta", "gamma")
EXAM = ("drawer07", "drawer08", "drawer09", "drawer10")  # whole hands kept for testing
NAMES = {
    "greek27": "Report R1's transfer task: 27 pictures of alpha, beta and gamma to learn from",
    "greek24": "All 24 lower-case Greek letters by hand: drawn with mouse, pen and online to learn from",
}
Bytes = NDArray[np.uint8]
Progress = Callable[[str, float], None]


def ink() -> Path:
    """Where drawings by hand lie in the data folder."""
    return data_dir() / "ink"


def by_hand(name: str) -> bool:
    """Whether the real drawings are here; if not, the lab's own pen stands in."""
    return (ink() / ("greek/course27" if name == "greek27" else "greek24")).is_dir()


def about(name: str) -> str:
    """A sentence for the page."""
    if by_hand(name):
        return f"{NAMES[name]}; whole other writers to be judged by. Grey, 28x28, cleaned as every drawing is."
    return f"{NAMES[name]}; here drawn by the lab's own pen, as there is no {ink()} with drawings by hand."


def stamp(name: str) -> object:
    """Changes when the drawings come or go."""
    place = ink() / "greek"
    return (by_hand(name), place.stat().st_mtime if place.is_dir() else 0.0)


def load(name: str, progress: Progress) -> "Dataset":
    """The set of that name."""
    from core.data.dataset import made
    from core.data.strokes import draw_set

    classes = THREE if name == "greek27" else tuple(GREEK)
    if not by_hand(name):
        count = 9 if name == "greek27" else 20
        return made(
            name, draw_set(count * len(classes), 11, classes), draw_set(50 * len(classes), 12, classes), classes
        )
    files = list(course() if name == "greek27" else every())
    parts: dict[bool, list[tuple[Bytes, int]]] = {False: [], True: []}
    for number, (path, label, test) in enumerate(files):
        if number % 20 == 0:
            progress(f"cleaning {name}", number / len(files))
        picture = cleaned(path)
        if picture is not None:
            parts[test].append((picture, classes.index(label)))
    import torch

    pictures = [
        (torch.from_numpy(np.stack([x for x, _ in part])[:, None]), torch.tensor([y for _, y in part]))
        for part in (parts[False], parts[True])
        if part
    ]
    if len(pictures) < 2:
        raise LabError(f"{ink()} holds no readable letters for {name!r}; allowed: greek/course27 and greek/writerNN.")
    return made(name, pictures[0], pictures[1], classes)


def course() -> Iterator[tuple[Path, str, bool]]:
    """(file, letter, for testing?): R1's 27, and three letters of every other writer."""
    for writer in sorted((ink() / "greek").iterdir()):
        for letter in THREE:
            for path in sorted((writer / letter).glob("*.png")):
                yield path, letter, writer.name != "course27"


def every() -> Iterator[tuple[Path, str, bool]]:
    """(file, letter, for testing?): mouse, pen and six drawers to learn from; four drawers and all writers to test."""
    for source in ("greek24-mouse", "greek24-pen", "greek24"):
        for letter in GREEK:
            for path in sorted((ink() / source / letter).glob("*.png")):
                yield path, letter, path.stem in EXAM
    for writer in sorted(each for each in (ink() / "greek").iterdir() if each.name.startswith("writer")):
        for letter in GREEK:
            for path in sorted((writer / letter).glob("*.png")):
                yield path, letter, True


def cleaned(path: Path) -> Bytes | None:
    """A drawing as a network sees it; None where nothing can be read."""
    from core.data import photo
    from core.data.ink import prepare

    try:
        prepared = prepare(photo.load(path))
    except LabError:
        return None
    return None if prepared.empty else prepared.image
