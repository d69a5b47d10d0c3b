"""A click in the confusion matrix and a step of the time machine, with 10,000 pictures, measured in a real browser."""

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from bench.browser import FLAGS, chromium
from bench.pages import served
from core.config import RunConfig
from core.data import registry
from core.look.judged import judged
from core.runs.engine import train_now
from core.runs.openings import open_run
from core.runs.store import Store

LIMITS = {"click_ms": 300.0, "step_ms": 300.0, "judge_s": 1.0}
COUNT = 10_000  # test pictures
RUN = RunConfig("digits", "r1-lenet", epochs=1, batch_size=256, optimiser="muon", lr=0.01, nesterov=True, dropout=0.1)

FIND = """() => {
  const both = each => each.shadowRoot ? [each, ...inside(each.shadowRoot)] : [each]
  const inside = root => [...root.querySelectorAll('*')].flatMap(both)
  window.found = name => inside(document).find(each => each.dataset?.testid === name)
  window.drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
}"""
CLICKS = """async count => {
  const matrix = found('matrix'), list = found('strip'), taken = []
  const box = matrix.getBoundingClientRect()
  const cell = (box.width - 27) / 10
  for (let k = 0; k < count; k++) {
    const [row, column] = [k % 10, (k % 10 + 1 + Math.floor(k / 10)) % 10]
    const begun = performance.now()
    const place = { clientX: box.left + 26 + (column + 0.5) * cell, clientY: box.top + 24 + (row + 0.5) * cell }
    matrix.dispatchEvent(new MouseEvent('click', { bubbles: true, ...place }))
    await drawn()
    taken.push(performance.now() - begun)
    if (list.dataset.count === undefined) throw new Error('no pictures')
  }
  return taken
}"""
STEPS = """async () => {
  const machine = found('machine'), slider = machine.querySelector('input'), taken = []
  for (const way of [1, -1]) {
    for (let k = 0; k <= Number(slider.max); k++) {
      const begun = performance.now()
      slider.value = way > 0 ? k : Number(slider.max) - k
      slider.dispatchEvent(new Event('input', { bubbles: true }))
      await drawn()
      taken.push(performance.now() - begun)
    }
  }
  return taken
}"""


def measure(quick: bool = False) -> dict[str, Any]:
    """Milliseconds from the click or the slider's move until the browser has drawn what follows, and what it costs
    to judge a network on all pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        os.environ["LAB_HOME"] = folder
        os.environ.pop("LAB_DATA", None)
        write_data(Path(folder) / "data")
        store = Store()
        run = train_now(store, RUN, lambda fact: None)
        seconds = judging(store, run)
        with served(folder) as (address, _):
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
            clicks = click(page, address, run, 10 if quick else 40)
            steps, made = scrub(page, address, run)
            browser.close()
    return {
        "ours": middle(clicks),
        "limit": LIMITS["click_ms"],
        "click_ms": middle(clicks),
        "click_p95_ms": high(clicks),
        "step_ms": middle(steps),
        "step_p95_ms": high(steps),
        "film_s": round(made, 1),
        "judge_s": round(seconds, 3),
        "pictures": COUNT,
        "limits": LIMITS,
        "load": round(os.getloadavg()[0], 1),
    }


def write_data(folder: Path) -> None:
    """Ten kinds of noise that a network can tell apart, as many as MNIST has for testing."""
    luck = np.random.default_rng(0)
    masks = luck.integers(0, 2, (10, 28, 28)) * 60
    sets = {}
    for name, count in (("train", 12_000), ("test", COUNT)):
        y = luck.integers(0, 10, count)
        sets[f"x_{name}"] = (luck.integers(0, 180, (count, 28, 28)) + masks[y]).clip(0, 255).astype(np.uint8)
        sets[f"y_{name}"] = y
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "digits.npz", **sets)


def judging(store: Store, run: int) -> float:
    """Seconds for all test pictures, once it is warm."""
    opened, data = open_run(store, run), registry.load("digits")
    judged(opened, data.x_test[:500], data.y_test[:500])
    begin = time.perf_counter()
    judged(opened, data.x_test, data.y_test)
    return time.perf_counter() - begin


def click(page: Page, address: str, run: int, count: int) -> list[float]:
    page.goto(f"{address}/mistakes?run={run}")
    page.locator("[data-testid=board][data-state=ready]").wait_for(timeout=120_000)
    time.sleep(2)
    page.evaluate(FIND)
    page.evaluate(CLICKS, 3)  # the sheets come
    found: list[float] = page.evaluate(CLICKS, count)
    return found


def scrub(page: Page, address: str, run: int) -> tuple[list[float], float]:
    begin = time.perf_counter()
    page.goto(f"{address}/time?run={run}")
    page.locator("[data-testid=machine][data-state=ready]").wait_for(timeout=600_000)
    page.get_by_text("meanwhile").wait_for(state="detached", timeout=600_000)
    made = time.perf_counter() - begin
    time.sleep(2)
    page.evaluate(FIND)
    found: list[float] = page.evaluate(STEPS)
    return found, made


def middle(taken: list[float]) -> float:
    return round(statistics.median(taken), 1)


def high(taken: list[float]) -> float:
    return round(sorted(taken)[min(len(taken) - 1, int(0.95 * len(taken)))], 1)


if __name__ == "__main__":
    print(json.dumps(measure("--quick" in sys.argv), indent=1))
