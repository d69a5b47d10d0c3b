"""A folder put in another one's place, so that a power cut leaves the old one or the new one, whole."""

import os
import shutil
from pathlib import Path


def swap(new: Path, folder: Path) -> None:
    """Puts the new folder in the old one's place; between the two renames the old one stands under another name."""
    old = _aside(folder)
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        os.rename(folder, old)
    os.rename(new, folder)
    shutil.rmtree(old, ignore_errors=True)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def standing(folder: Path) -> Path:
    """The folder, or what stood there before a power cut between the two renames of `swap`."""
    return _aside(folder) if not folder.exists() and _aside(folder).is_dir() else folder


def flush(path: Path) -> None:
    """Returns when the file or folder is on the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
