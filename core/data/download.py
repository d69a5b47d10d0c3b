"""Download: the published files of a classic set, with progress, checked, and resumed where they broke off."""

import errno
import gzip
import hashlib
import shutil
import ssl
import sys
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import BinaryIO

from core.data.classics import CLASSICS, Archive, Classic, Progress, found
from core.errors import LabError

if sys.platform != "win32":
    import fcntl

CHUNK = 1 << 18
PATIENCE = 20.0  # seconds without a byte before a connection counts as broken
TRIES = 4  # connections per mirror; each one goes on where the last one broke off


class _Broken(Exception):
    """One mirror cannot give the file; another may."""


def download(name: str, folder: Path, progress: Progress) -> None:
    """All files of a classic set into torchvision's layout under that data folder."""
    classic = CLASSICS[name]
    place = folder / (classic.folder if name != "cifar10" else "")
    try:
        place.mkdir(parents=True, exist_ok=True)
        with _alone(place / f"{name}.lock"):
            for archive in () if found(classic, folder) else classic.archives:
                unpack(fetch(name, classic, archive, place, progress), place, progress)
    except OSError as error:
        raise _explained(error, place) from None


def fetch(name: str, classic: Classic, archive: Archive, place: Path, progress: Progress) -> Path:
    """One file, from the first mirror that gives the very bytes that were published."""
    path = place / archive.file
    if path.is_file() and _md5(path) == archive.md5:
        return path
    faults = []
    for mirror in classic.mirrors:
        try:
            partial = _fetched(mirror + archive.file, path.with_name(path.name + ".part"), progress)
        except _Broken as broken:
            faults.append(f"{mirror}: {broken}")
            continue
        actual = _md5(partial)
        if actual == archive.md5:
            partial.replace(path)
            return path
        partial.unlink()  # going on from wrong bytes would never end well
        faults.append(f"{mirror}: wrong file (md5 {actual} instead of {archive.md5})")
    raise LabError(
        f"The dataset {name!r} could not be downloaded: {archive.file} failed ({'; '.join(faults)}). Connect to the "
        f"internet and try again (it goes on where it broke off), or put {archive.file} into {place}, or use "
        "'strokes', which needs no download."
    )


def _fetched(url: str, partial: Path, progress: Progress) -> Path:
    """The file behind the address, as `<file>.part`; what lies there from last time is not asked for again."""
    fault = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(0.2 * attempt)
        try:
            if _append(url, partial, progress):
                return partial
            fault = "the connection broke off"
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 416:  # nothing is left to send: the part is whole, or longer than the file
                return partial
            raise _Broken(f"{error.code} {error.reason}") from None
        except urllib.error.URLError as error:  # no way to that machine: asking again would not help
            raise _Broken(str(error.reason)) from None
        except (HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
            fault = f"the connection broke off ({error or type(error).__name__})"
    raise _Broken(fault)


def _append(url: str, partial: Path, progress: Progress) -> bool:
    """One connection: appends what is missing; True once nothing is missing."""
    have = partial.stat().st_size if partial.is_file() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-", "User-Agent": "inkling"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        if answer.status != 206:  # a server that knows no ranges sends everything again
            have = 0
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else None
        with partial.open("ab" if have else "wb") as file:
            have = _copied(answer, file, have, total, partial.name.removesuffix(".part"), progress)
    return total is None or have == total


def _copied(answer: HTTPResponse, file: BinaryIO, have: int, total: int | None, name: str, progress: Progress) -> int:
    while chunk := answer.read1(CHUNK):
        file.write(chunk)
        have += len(chunk)
        size = f"{have / 1e6:.1f} of {total / 1e6:.1f} MB" if total else f"{have / 1e6:.1f} MB"
        progress(f"downloading {name}: {size}", have / total if total else 0.0)
    return have


def unpack(path: Path, place: Path, progress: Progress) -> None:
    """The archive's content beside it, as torchvision leaves it."""
    progress(f"unpacking {path.name}", 1.0)
    if path.name.endswith(".tar.gz"):
        with tarfile.open(path) as archive:
            archive.extractall(place, filter="data")
        return
    target = path.with_suffix("")
    partial = target.with_name(target.name + ".part")
    with gzip.open(path) as packed, partial.open("wb") as file:
        shutil.copyfileobj(packed, file)
    partial.replace(target)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time: two that append to one file would spoil it. The second one finds the work done."""
    with lock.open("w") as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
    lock.unlink(missing_ok=True)


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def _explained(error: OSError, place: Path) -> LabError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return LabError(f"The disk that holds {place} is full. Free some space, or set LAB_DATA to a folder elsewhere.")
    return LabError(
        f"The lab cannot write to {place} ({error.strerror or error}). Give yourself permission there, or set "
        "LAB_DATA to a folder of your own."
    )
