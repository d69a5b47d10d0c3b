"""Keeping what each step of the making has made, so that an interrupted try goes on from there."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Kept:
    """A folder of one's own; without one nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def __call__(self, name: str, make: Callable[..., Any], *given: Any) -> Any:
        """What this step made last time, or what it makes now."""
        if self.folder is None:
            return make(*given)
        file = self.folder / f"{name}.pickle"
        if not file.exists():
            made = pickle.dumps(make(*given))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(made)
        return pickle.loads(file.read_bytes())  # noqa: S301 - written by this script, on this machine
