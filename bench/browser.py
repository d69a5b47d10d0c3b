"""A real Chromium for benches: Debian's own, nothing is downloaded."""

import shutil

from core.errors import LabError

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]


def chromium() -> str:
    """Where Chromium is."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise LabError("This bench needs Chromium: apt install chromium (Playwright drives it).")
    return found
