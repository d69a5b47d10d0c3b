"""A real browser on a real server: `app_url` is a lab in a home of its own, `page` a page that watches its console."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from core.paths import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Streamlit asks for these below the page's own address first, and then finds them at the root.
EXPECTED = ("/_stcore/health", "/_stcore/host-config")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_tiny(folder: Path, count: int = 4000) -> None:
    """`tiny.npz`: pictures of 12x12 whose bright half is their class; an epoch takes a moment."""
    luck = np.random.default_rng(0)
    y = luck.integers(0, 2, count)
    x = luck.integers(0, 170, (count, 12, 12))
    x[y == 0, :, :6] += 60
    x[y == 1, :, 6:] += 60
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "tiny.npz", x_train=x.astype(np.uint8), y_train=y, x_test=x[:64].astype(np.uint8), y_test=y[:64])


@pytest.fixture(scope="session")
def lab_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the server under test, with `tiny.npz` in its data folder."""
    folder = tmp_path_factory.mktemp("browser-home")
    write_tiny(folder / "data")
    return folder


@pytest.fixture(scope="session")
def app_url(lab_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the lab, started for this session of tests and ended with its workers afterwards."""
    if not CHROMIUM:
        pytest.skip("needs Chromium: apt install chromium (Playwright drives it, nothing is downloaded)")
    port, said = free_port(), tmp_path_factory.mktemp("browser-log") / "server.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LAB_")}
    environment |= {"LAB_HOME": str(lab_home), "LAB_DEVICE": "cpu"}
    with said.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", server, said)
        yield f"http://127.0.0.1:{port}"
    finally:
        workers = [each for each in psutil.process_iter() if _works_for(each, lab_home)]
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)
        for each in workers:
            each.kill()


def wait_for(address: str, server: "subprocess.Popen[bytes]", said: Path, seconds: float = 90) -> None:
    """Until the server answers; its own words if it does not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"The app did not start:\n{said.read_text(errors='replace')[-2000:]}")


def _works_for(process: psutil.Process, home: Path) -> bool:
    """A worker process of that home, and of no other."""
    try:
        ours = {"core.runs.worker", "core.runs.errand"} & {*process.cmdline()}
        return bool(ours) and process.environ().get("LAB_HOME") == str(home)
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests."""
    if not CHROMIUM:
        pytest.skip("needs Chromium: apt install chromium (Playwright drives it, nothing is downloaded)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, app_url: str) -> Iterator[Any]:
    """A page of 1280x900 on the running lab; an error in its console fails the test."""
    yield from watched(browser.new_context(viewport={"width": 1280, "height": 900}, base_url=app_url))


@pytest.fixture
def phone(browser: Any, app_url: str) -> Iterator[Any]:
    """The same on a phone, 390 wide, with a finger instead of a mouse."""
    size = {"width": 390, "height": 844}
    yield from watched(browser.new_context(viewport=size, has_touch=True, is_mobile=True, base_url=app_url))


def watched(context: Any) -> Iterator[Any]:
    """A page of the context; its console must stay free of errors."""
    said: list[str] = []
    one = context.new_page()
    one.on("pageerror", lambda error: said.append(f"exception: {error}"))
    one.on("console", lambda message: said.append(_told(message)) if message.type == "error" else None)
    yield one
    context.close()
    assert not [text for text in said if text], said


def _told(message: Any) -> str:
    address = message.location.get("url", "")
    expected = address.endswith(EXPECTED) and "404" in message.text
    return "" if expected else f"{message.text} ({address})"
