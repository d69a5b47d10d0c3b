"""A dataset of one's own: `<name>.npz` with pictures and labels, or with pictures only."""

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.data.dataset import Dataset, made
from core.errors import LabError

KEYS = ("x_train", "y_train", "x_test", "y_test")
LAYOUT = "allowed: x_train, y_train, x_test, y_test (and, if wanted, classes), or images alone"
LARGEST = 1000  # classes: more than that is a mistake, such as labels that are really prices

Array = NDArray[Any]


def read(path: Path, name: str, classes: tuple[str, ...] = ()) -> Dataset:
    """The set in an npz file; `classes` serve where the file names none."""
    arrays = _arrays(path)
    if "images" in arrays and "x_train" not in arrays:
        return _unlabelled(path, name, arrays["images"])
    missing = [key for key in KEYS if key not in arrays]
    if missing:
        found = ", ".join(arrays) or "nothing"
        raise LabError(f"{path} lacks {', '.join(missing)}; it holds {found}; {LAYOUT}.")
    x_train, x_test = (pictures(path, key, arrays[key]) for key in ("x_train", "x_test"))
    if x_train.shape[1:] != x_test.shape[1:]:
        shapes = f"{tuple(x_train.shape[1:])} and {tuple(x_test.shape[1:])}"
        raise LabError(
            f"{path}: the pictures of x_train and x_test have different shapes {shapes}; allowed: one shape."
        )
    y_train, y_test = (labels(path, key, arrays[key]) for key in ("y_train", "y_test"))
    for x, y, part in ((x_train, y_train, "train"), (x_test, y_test, "test")):
        if len(x) != len(y):
            raise LabError(
                f"{path}: x_{part} has {len(x):,} pictures but y_{part} {len(y):,} labels; allowed: as many."
            )
        if not len(x):
            raise LabError(f"{path}: x_{part} is empty; allowed: at least one picture.")
    names = _classes(path, arrays.get("classes"), classes, y_train, y_test)
    return made(name, (x_train, y_train), (x_test, y_test), names)


def _arrays(path: Path) -> dict[str, Array]:
    """Everything in the file; never a pickle."""
    try:
        if not zipfile.is_zipfile(path):
            raise LabError(f"{path} is not a readable npz file (it is no zip archive); {LAYOUT}.")
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return {key: file[key] for key in file.files}
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise LabError(f"{path} is not a readable npz file ({error}); {LAYOUT}.") from None
    except OSError as error:
        raise LabError(f"{path} cannot be read ({error.strerror or error}).") from None


def pictures(path: Path, key: str, array: Array) -> Tensor:
    """uint8 (N, C, H, W) from (N, H, W), (N, H, W, C) or (N, C, H, W)."""
    if array.dtype != np.uint8:
        raise LabError(f"{path}: {key} is {array.dtype}; allowed: uint8, pixels from 0 to 255.")
    if array.ndim == 3:
        array = array[:, None]
    elif array.ndim == 4 and array.shape[3] in (1, 3) and array.shape[1] not in (1, 3):
        array = array.transpose(0, 3, 1, 2)
    if array.ndim != 4 or array.shape[1] not in (1, 3) or 0 in array.shape[1:]:
        raise LabError(
            f"{path}: {key} has the shape {array.shape}; allowed: (N, height, width) in grey, "
            "or (N, height, width, 3) in colour."
        )
    return torch.from_numpy(np.array(array, order="C"))


def labels(path: Path, key: str, array: Any) -> Tensor:
    """int64 (N,) from any whole numbers."""
    array = np.asarray(array)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise LabError(f"{path}: {key} is {array.dtype} of shape {array.shape}; allowed: (N,) whole numbers from 0.")
    return torch.from_numpy(array.astype(np.int64))


def _classes(path: Path, named: Array | None, known: tuple[str, ...], *parts: Tensor) -> tuple[str, ...]:
    values = torch.cat(parts)
    names = tuple(str(each) for each in named.ravel()) if named is not None else known
    names = names or tuple(str(number) for number in range(min(int(values.max()) + 1, LARGEST)))
    wrong = values[(values < 0) | (values >= len(names))]
    if len(wrong):
        raise LabError(f"{path}: label {int(wrong[0])} is out of range; allowed: 0 to {len(names) - 1}.")
    if int(parts[0].min()) == int(parts[0].max()):
        raise LabError(
            f"{path}: all training pictures belong to one class, {names[int(parts[0][0])]!r}; "
            "allowed: at least two, or a network has nothing to tell apart."
        )
    return names


def _unlabelled(path: Path, name: str, array: Array) -> Dataset:
    """Pictures for a generator: no classes and nothing to test on."""
    images = pictures(path, "images", array)
    if not len(images):
        raise LabError(f"{path}: images is empty; allowed: at least one picture.")
    nothing = torch.zeros(0, dtype=torch.int64)
    return made(name, (images, torch.zeros(len(images), dtype=torch.int64)), (images[:0], nothing), ())
