"""Bell: how a signal, or a look at the clock, reaches a training loop."""

import contextlib
import threading
from collections.abc import Callable, Iterator

BEAT = 1.0  # seconds between two signs of life


class Called(Exception):
    """Someone asks to stop, pause or quit while nothing has been trained yet."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Bell:
    """Rung by signal handlers; heard at step edges, or at once while data is being loaded."""

    def __init__(self) -> None:
        self.rung: str | None = None  # stop, pause, quit
        self._interrupts = False

    def ring(self, what: str) -> None:
        """`quit`: leave the run as it is, ready to go on; `stop`: end it."""
        self.rung = what
        if self._interrupts:
            raise Called(what)

    @contextlib.contextmanager
    def interrupts(self) -> Iterator[None]:
        """Within it a ring breaks off what is being done."""
        self._interrupts = True
        try:
            if self.rung:
                raise Called(self.rung)
            yield
        finally:
            self._interrupts = False

    @contextlib.contextmanager
    def pulse(self, beat: Callable[[], None]) -> Iterator[None]:
        """Calls `beat` every second from a thread of its own, also while one step takes minutes."""
        over = threading.Event()

        def run() -> None:
            while not over.wait(BEAT):
                beat()

        thread = threading.Thread(target=run, name="pulse", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(timeout=5)
