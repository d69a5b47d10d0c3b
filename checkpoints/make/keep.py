"""Keeping what each step of the making has made, so that an interrupted try goes on from there."""

import copyreg
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch import Tensor

from core.nets.line import Net, build


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
            made = _pickled(make(*given))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(made)
        return pickle.loads(file.read_bytes())  # noqa: S301 - written by this script, on this machine


def _pickled(made: Any) -> bytes:
    """Networks as their line and weights: kept as objects they would not open once the lab's code has changed."""
    file = io.BytesIO()
    pickler = pickle.Pickler(file)
    pickler.dispatch_table = copyreg.dispatch_table.copy()
    pickler.dispatch_table[Net] = lambda net: (_built, (net.line, net.shape, net.classes, net.state_dict()))
    pickler.dump(made)
    return file.getvalue()


def _built(line: str, shape: tuple[int, int, int], classes: int, weights: dict[str, Tensor]) -> Net:
    net = build(line, shape, classes)
    net.load_state_dict(weights)
    return net.eval()
