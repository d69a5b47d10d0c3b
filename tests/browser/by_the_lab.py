"""A run that the stories need: trained by the lab's own worker, in the server's home."""

import time
from pathlib import Path

import pytest

from core.config import RunConfig
from core.runs.store import Store


def trained_by_the_lab(config: RunConfig, name: str, app_url: str, browser, home: Path) -> int:
    """The number of a finished run; an open page sees to it that a worker lives."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAB_HOME", str(home))
        store = Store()
        number = store.add(config, name)
        page = browser.new_page(base_url=app_url)
        page.goto(f"/train?run={number}")
        end = time.monotonic() + 240
        while store.run(number).status in ("queued", "running") and time.monotonic() < end:
            time.sleep(0.3)
        page.close()
        assert store.run(number).status == "finished"
    return number
