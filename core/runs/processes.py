"""Is that worker still alive? And: one worker per slot."""

import contextlib
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import IO

import psutil

from core import paths
from core.runs.claims import Holder
from core.runs.run import Run

AWAY = 60.0  # seconds without a heartbeat after which a run on another machine is taken over


def myself(slot: int) -> Holder:
    """This process, as the store knows it."""
    return Holder(os.getpid(), psutil.Process().create_time(), socket.gethostname(), slot)


def is_here(run: Run) -> bool:
    return run.host == socket.gethostname()


def is_alive(run: Run) -> bool:
    """Whether the process that holds a running run still exists. On another machine only the heartbeat can tell."""
    if not is_here(run):
        return time.time() - (run.heartbeat or 0) < AWAY
    process = _process(run)
    return process is not None and process.status() != psutil.STATUS_ZOMBIE


def _process(run: Run) -> psutil.Process | None:
    """The process of a run on this machine; a new one that was given the same number does not count."""
    try:
        process = psutil.Process(run.pid)
        return process if run.pid and abs(process.create_time() - (run.born or 0)) < 3 else None
    except psutil.NoSuchProcess:
        return None


def terminate(run: Run) -> None:
    """Asks the process to end."""
    process = _process(run)
    if process is not None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()


def kill(run: Run) -> None:
    """Ends the process and its group at once."""
    process = _process(run)
    if process is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
        if sys.platform != "win32" and os.getpgid(process.pid) == process.pid:  # never the shell of a foreground run
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


class Slot:
    """A place to train on this machine, held by at most one process. The system frees it when that process ends."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._file: IO[str] | None = None

    @property
    def path(self) -> Path:
        return workers_dir() / f"slot-{self.number}.lock"

    def take(self, wait: float = 0.0) -> bool:
        """Holds the slot until the process ends or `free` is called; False when somebody else holds it."""
        end = time.monotonic() + wait
        file = self.path.open("a+")
        while not _locked(file):
            if time.monotonic() >= end:
                file.close()
                return False
            time.sleep(0.05)
        self._file = file
        return True

    def free(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def is_taken(self) -> bool:
        """Whether some process holds it."""
        if not self.take():
            return True
        self.free()
        return False


def workers_dir() -> Path:
    """Locks and logs of the workers."""
    folder = paths.home() / "workers"
    folder.mkdir(exist_ok=True)
    return folder


def _locked(file: IO[str]) -> bool:
    """Locks the whole file for this process, or not at all."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
