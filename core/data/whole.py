"""Whole: a set's file that is there entirely or not at all. Without torch: listing the sets must not wait for it."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import LabError


def write(path: Path, arrays: Mapping[str, NDArray[Any]], name: str) -> None:
    """The set `name` as an npz file; its folder is made where it is missing, and nothing is left of a failure."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise LabError(f"{name!r} cannot be stored in {path.parent} ({error.strerror}).") from None
