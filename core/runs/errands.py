"""Errands: slow looks at a network, worked out by a process of their own and kept on the disk of the home.

A page asks again and again until the errand is done. A request is a small file, so it survives the page, the server
and the process that works on it; only one process works at a time, and it ends when nothing has come for a while.
"""

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core import paths
from core.errors import LabError
from core.runs.processes import Slot, workers_dir
from core.runs.snapshots import weights_file

KINDS = ("answers", "tsne", "film")
PAUSE = 0.4  # seconds within which asking again starts nothing
BIG = 1_000_000  # bytes after which the log starts anew

_lock = threading.Lock()
_asked: dict[str, float] = {}
_child: "list[subprocess.Popen[bytes]]" = []


@dataclass(frozen=True)
class Errand:
    """What is to be worked out: of a run at one step (or at many), or of a saved model, on a dataset's pictures."""

    kind: str
    dataset: str
    run: int | None = None
    model: str | None = None
    steps: tuple[int, ...] = ()
    stamp: str = ""  # changes with the weights and the pictures, so that an old result is never taken for a new one

    @property
    def key(self) -> str:
        """The name of its files."""
        text = json.dumps(asdict(self), sort_keys=True)
        return f"{self.kind}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"

    @property
    def folder(self) -> Path:
        """Where its results lie: a run's go when the run is deleted."""
        place = paths.home() / "runs" / str(self.run) if self.run is not None else paths.home() / "models"
        return place / "looks"

    def file(self, part: str = "whole") -> Path:
        """A finished part of the result."""
        return self.folder / f"{self.key}-{part}.npz"

    @classmethod
    def from_json(cls, text: str) -> "Errand":
        values = json.loads(text)
        return cls(**{**values, "steps": tuple(values["steps"])})


@dataclass(frozen=True)
class State:
    """How far an errand is."""

    share: float = 0.0
    doing: str = "Waiting for its turn"
    error: str | None = None
    done: bool = False


def errand(
    kind: str, dataset: str, run: int | None = None, model: str | None = None, steps: tuple[int, ...] = (),
    weights: str = "", pictures: str = "",
) -> Errand:  # fmt: skip
    """An errand stamped with the state of its weights (files of the run's steps, or the hash of a model's)."""
    known = [weights, pictures]
    for step in steps:
        with contextlib.suppress(OSError):
            about = weights_file(run or 0, step).stat()
            known.append(f"{step}:{about.st_mtime_ns}:{about.st_size}")
    stamp = hashlib.sha256("|".join(known).encode()).hexdigest()[:16]
    return Errand(kind, dataset, run, model, steps, stamp)


def desk() -> Path:
    """Where requests lie."""
    folder = paths.home() / "errands"
    folder.mkdir(exist_ok=True)
    return folder


def state(asked: Errand) -> State:
    """How far it is, without asking for it."""
    if asked.file().is_file():
        return State(1.0, "Done", done=True)
    error = desk() / f"{asked.key}.error"
    with contextlib.suppress(OSError):
        return State(error=error.read_text())
    with contextlib.suppress(OSError, json.JSONDecodeError, TypeError, KeyError):
        told = json.loads((desk() / f"{asked.key}.progress").read_text())
        return State(float(told["share"]), str(told["doing"]))
    return State()


def ask(asked: Errand) -> State:
    """Asks for it unless it is done or failed, sees to it that somebody works, and tells how far it is."""
    now = state(asked)
    if now.done or now.error:
        return now
    request = desk() / f"{asked.key}.json"
    try:
        os.utime(request)  # whoever is looking comes first
    except FileNotFoundError:
        write(request, json.dumps({"errand": asdict(asked), "attempts": 0}).encode())
    ensure()
    return now


def again(asked: Errand) -> None:
    """Forgets that it failed."""
    (desk() / f"{asked.key}.error").unlink(missing_ok=True)


def result(asked: Errand, part: str = "whole") -> dict[str, Any] | None:
    """The arrays of a finished part; None while there are none. A damaged file is removed, to be made again."""
    file = asked.file(part)
    try:
        with np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        file.unlink(missing_ok=True)
        return None


def keep(asked: Errand, arrays: dict[str, Any], part: str = "whole") -> None:
    """Stores a part of the result, whole or not at all."""
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    asked.folder.mkdir(parents=True, exist_ok=True)
    write(asked.file(part), stream.getvalue())


def write(path: Path, content: bytes) -> None:
    """Under another name first, then renamed: nobody ever reads half a file."""
    part = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise LabError(f"The lab cannot write {path} ({error.strerror}). Free some space or give permission.") from None


class Desk(Slot):
    """The one place to work on errands, held by at most one process."""

    def __init__(self) -> None:
        super().__init__(-1)

    @property
    def path(self) -> Path:
        return workers_dir() / "errands.lock"


def ensure() -> None:
    """Starts the process that works on errands unless it is there. Cheap: call it at every poll."""
    with _lock:
        home, now = str(paths.home()), time.monotonic()
        if now - _asked.get(home, -PAUSE) < PAUSE:
            return
        _asked[home] = now
        _child[:] = [each for each in _child if each.poll() is None]
        if _child or Desk().is_taken():
            return
        log = workers_dir() / "errands.log"
        if log.exists() and log.stat().st_size > BIG:
            log.unlink()
        with log.open("ab") as output:
            _child.append(
                subprocess.Popen(
                    [sys.executable, "-m", "core.runs.errand"],
                    cwd=paths.ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
