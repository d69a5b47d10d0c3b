"""A parcel: all drawings of the class in one zip file, to carry to another lab; opening one trusts nothing in it."""

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import drawn
from core.errors import LabError
from core.runs.drawings import MOST, SIDE, Labelled, Pool

LIST, IMAGES = "drawings.json", "images.npy"
LAYOUT = f"allowed: a zip that the lab exported, with {LIST} and {IMAGES}"
LARGEST = {LIST: 256 << 20, IMAGES: MOST * SIDE * SIDE + 4096}  # bytes once unpacked


@dataclass(frozen=True)
class Opened:
    """What a parcel brought."""

    found: int
    new: int


def packed(pool: Pool) -> bytes:
    """The whole pool as a zip: a JSON list that people can read, and the pictures as one numpy array."""
    drawings = pool.drawings()
    images = np.stack([each.image for each in drawings]) if drawings else np.zeros((0, SIDE, SIDE), np.uint8)
    array = io.BytesIO()
    np.save(array, images, allow_pickle=False)
    rows = [{name: getattr(each, name) for name in ("label", "owner", "created", "ink", "answer")} for each in drawings]
    parcel = io.BytesIO()
    with zipfile.ZipFile(parcel, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(LIST, json.dumps(rows, ensure_ascii=False, indent=1))
        file.writestr(IMAGES, array.getvalue())
    return parcel.getvalue()


def open_parcel(pool: Pool, data: bytes) -> Opened:
    """Adds a parcel's drawings to the pool: all of them or, when anything is wrong with it, none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            rows, images = _rows(_part(file, LIST)), _images(_part(file, IMAGES))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:  # damaged, odd or encrypted
        raise LabError(f"This file cannot be opened ({error}); {LAYOUT}.") from None
    if len(rows) != len(images):
        raise LabError(f"The parcel lists {len(rows):,} drawings but holds {len(images):,} pictures; {LAYOUT}.")
    new = pool.keep_all(_labelled(row, image) for row, image in zip(rows, images, strict=True))
    return Opened(len(rows), new)


def _part(file: zipfile.ZipFile, name: str) -> bytes:
    if name not in file.namelist():
        raise LabError(f"The zip holds {', '.join(file.namelist()[:5]) or 'nothing'}; {LAYOUT}.")
    with file.open(name) as stream:  # what the zip says about its size may be a lie: never unpack more than allowed
        data = stream.read(LARGEST[name] + 1)
    if len(data) > LARGEST[name]:
        raise LabError(f"{name} in the zip unpacks to more than {LARGEST[name] >> 20} MB; {LAYOUT}.")
    return data


def _rows(data: bytes) -> list[dict[str, Any]]:
    try:
        rows = json.loads(data)
    except (ValueError, RecursionError):
        raise LabError(f"{LIST} in the zip is no readable JSON; {LAYOUT}.") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise LabError(f"{LIST} in the zip is no list of drawings; {LAYOUT}.")
    return rows


def _images(data: bytes) -> NDArray[Any]:
    try:
        images: NDArray[Any] = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError, MemoryError) as error:
        raise LabError(f"{IMAGES} in the zip cannot be read ({error}); {LAYOUT}.") from None
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise LabError(f"{IMAGES} is {images.dtype} of shape {images.shape}; allowed: uint8 (N, {SIDE}, {SIDE}).")
    return images


def _labelled(row: dict[str, Any], image: NDArray[Any]) -> Labelled:
    def text(name: str) -> str | None:
        value = row.get(name)
        return value if isinstance(value, str) else None

    created, ink = row.get("created"), text("ink")
    if ink:
        drawn.unpack(ink)  # its LabError says what is wrong
    moment = float(created) if isinstance(created, int | float) and 0 < created < 1e11 else None
    return Labelled(image, text("label") or "", text("owner"), ink, (text("answer") or "")[:40] or None, moment)
