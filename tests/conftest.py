"""Every test gets an empty home of its own; real data is used where a LAB_DATA holds it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import core  # noqa: F401  (before torch: it decides how torch's threads wait)

REAL_DATA = os.environ.get("LAB_DATA")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty LAB_HOME; nothing from the developer's own environment leaks in."""
    for name in ("LAB_DATA", "LAB_DATABASE_URL", "LAB_ARTIFACTS", "LAB_ENGINE", "LAB_SLOTS", "LAB_TEACHER_CODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LAB_DEVICE", "cpu")
    torch = sys.modules.get("torch")
    threads = torch.get_num_threads() if torch else None
    yield tmp_path / "home"
    if torch and torch.get_num_threads() != threads:  # with other threads sums round differently
        torch.set_num_threads(threads)


@pytest.fixture
def lab_data(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real data sets, for the tests that judge real accuracy."""
    if not REAL_DATA or not Path(REAL_DATA).is_dir():
        pytest.skip("needs real data: set LAB_DATA to a folder with MNIST/raw, FashionMNIST/raw or cifar10.npz")
    monkeypatch.setenv("LAB_DATA", REAL_DATA)
    return Path(REAL_DATA)
