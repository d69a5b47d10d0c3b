"""Pages in a test: the lab's own UI script, an empty home, and no worker processes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.paths import ROOT
from core.runs import engine
from core.runs.metrics import Point
from core.runs.store import Store


@pytest.fixture(autouse=True)
def no_workers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Pages ask for workers; here the asking is written down instead."""
    asked: list[str] = []
    monkeypatch.setattr(engine, "ensure_workers", lambda store: asked.append("ensure"))
    monkeypatch.setattr(engine, "warm", lambda: asked.append("warm"))
    return asked


@pytest.fixture
def tiny(home: Path) -> Path:
    """A data folder with `tiny.npz`: 64 pictures of 12x12 in two classes."""
    luck = np.random.default_rng(0)
    y = luck.integers(0, 2, 64)
    x = (luck.integers(0, 120, (64, 12, 12)) + 100 * (np.arange(12) < 6) * (y == 0)[:, None, None]).astype(np.uint8)
    folder = home / "data"
    folder.mkdir(parents=True)
    np.savez(folder / "tiny.npz", x_train=x, y_train=y, x_test=x[:16], y_test=y[:16])
    return folder


@pytest.fixture
def open_page(home: Path) -> Callable[..., AppTest]:
    """Opens a page by its file name, with the link's parameters."""

    def opened(file: str, **link: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60)
        at.run()
        assert not at.exception
        at.switch_page(f"../pages/{file}")
        for name, value in link.items():
            at.query_params[name] = value
        return at.run()

    return opened


def write_curves(store: Store, run: int, count: int = 30) -> None:
    """Points of a run that learns."""
    ids = store.name_ids(["train/loss", "train/accuracy", "test/accuracy", "lr"])
    points = [
        Point(name, step, value, step / 10)
        for step in range(count)
        for name, value in (
            ("train/loss", 2.0 / (step + 1)),
            ("train/accuracy", 1 - 0.9 / (step + 1)),
            ("test/accuracy", 0.9),
            ("lr", 0.01),
        )
    ]
    with store.write() as connection:
        store.write_points(connection, run, points, ids)


def words(at: AppTest) -> str:
    """All text on the page."""
    kinds = (at.markdown, at.caption, at.title, at.subheader, at.error, at.html, at.progress)
    texts = [str(getattr(each, "text", None) or each.value) for kind in kinds for each in kind]
    return "\n".join([*texts, *(button.label for button in at.button)])
