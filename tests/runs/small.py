"""A tiny dataset and run for the tests of jobs and workers, trained by the lab's own fit."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from core.config import RunConfig
from core.data.dataset import Dataset, made
from core.runs.bell import Bell
from core.runs.job import Job
from core.runs.store import Store
from core.runs.tools import Tools
from core.train.fit import fit
from tests.runs.helpers import HOLDER

CONFIG = RunConfig(
    "tiny", "conv 4 3x3 | bn | relu | pool 2 | dropout 0.3 | flatten | linear classes", epochs=4, batch_size=32, lr=0.01
).replace(precision="fp32", snapshots=4)
STEPS = 4 * 8


class Killed(BaseException):
    """What a SIGKILL is to the code that it ends: nothing after it happens."""


def pictures(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of 10x10 whose brighter half is their class."""
    luck = np.random.default_rng(0)
    y = luck.integers(0, 2, count)
    x = luck.integers(0, 150, (count, 10, 10)).astype(np.uint8)
    x[y == 0, :5] += 60
    x[y == 1, 5:] += 60
    return x, y


def data() -> Dataset:
    (x, y), (x_test, y_test) = pictures(256), pictures(64)
    sides = [(torch.from_numpy(a)[:, None], torch.from_numpy(b)) for a, b in ((x, y), (x_test, y_test))]
    return made("tiny", sides[0], sides[1], ("top", "bottom"))


def write_npz(folder: Path, count: int = 256) -> None:
    """The same as a file, for workers in their own process."""
    folder.mkdir(parents=True, exist_ok=True)
    (x, y), (x_test, y_test) = pictures(count), pictures(64)
    np.savez(folder / "tiny.npz", x_train=x, y_train=y, x_test=x_test, y_test=y_test)


def tools(fit=fit, load=lambda name, progress: data()) -> Tools:
    return Tools(fit, load, torch.device("cpu"), "a test")


def at_step(step: int, action: Callable[[], None]):
    """The lab's fit, with something happening once a step is reached."""

    def disturbed(config, data, device, resume=None):
        facts, wish, done = fit(config, data, device, resume=resume), None, False
        while True:
            try:
                fact = facts.send(wish)
            except StopIteration:
                return
            if fact.step >= step and not done:
                done = True
                action()
            wish = yield fact

    return disturbed


def raising(error: BaseException) -> Callable[[], None]:
    def action() -> None:
        raise error

    return action


def work(store: Store, fit=fit, run: int | None = None, **more) -> str:
    """Claims the next run and does it in this process."""
    claim = store.claim(HOLDER, run)
    assert claim is not None
    return Job(store, claim, tools(fit, **more), Bell()).work()
