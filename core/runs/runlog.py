"""RunLog: the log file of one run, tracebacks included."""

import contextlib
import datetime
from typing import IO

from core import paths


class RunLog:
    """Appends lines with the time of day. A full disk silences it, nothing more."""

    def __init__(self, run: int) -> None:
        self._file: IO[str] | None = None
        with contextlib.suppress(OSError):
            self._file = (paths.run_dir(run) / "log.txt").open("a", encoding="utf-8", buffering=1)

    def say(self, text: str) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.write(f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S} {text.rstrip()}\n")

    def end(self, status: str, text: str) -> str:
        """The last line; gives the status back."""
        self.say(text)
        return status

    def close(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
