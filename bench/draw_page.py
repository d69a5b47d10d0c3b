"""`python -m bench.draw_page`: pen up to bars, and answers while the pen moves, measured inside a real browser's page.

The clock starts with the browser's own `pointerup` and stops when the page shows the answer to exactly that message;
once on a quiet lab and once while a run trains. On the full canvas: from `pointerup` to the line's new text.
"""

import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.browser import FLAGS, chromium
from bench.pages import served
from core.config import RunConfig
from core.runs.engine import ensure_workers
from core.runs.store import Store

LIMITS = {
    "pen_up_to_bars_p95_ms": 80,
    "while_a_run_trains_p95_ms": 150,
    "answers_a_second_while_moving": 15,
    "line_p50_ms": 300,
}
SEVEN = [(0.3, 0.25), (0.5, 0.24), (0.72, 0.25), (0.6, 0.45), (0.5, 0.65), (0.42, 0.8)]
STEPS, PAUSE = 60, 0.012  # points of one drawing, and seconds between two: 0.7 s, as people write
LONG = RunConfig("strokes-digits", "r1-lenet", epochs=200, batch_size=64, lr=1e-3)

WATCH = """() => {
  const inside = each => each.shadowRoot ? [each, ...all(each.shadowRoot)] : [each]
  const all = root => [...root.querySelectorAll('*')].flatMap(inside)
  const answer = all(document).find(each => each.matches('.answer'))
  const canvas = all(document).find(each => each.matches('.sheet canvas'))
  window.times = []; window.rates = []
  let down = null, up = null, count = 0
  canvas.addEventListener('pointerdown', () => { down = performance.now(); up = null; count = 0 }, true)
  canvas.addEventListener('pointerup', () => {
    up = performance.now()
    if (up - down > 300) window.rates.push(1000 * count / (up - down))
  }, true)
  // the pad sends the lifted pen as its last message: the last change after `pointerup` is its answer
  new MutationObserver(() => {
    if (up === null) { count++; return }
    const now = performance.now() - up
    clearTimeout(window.last)
    window.last = setTimeout(() => { window.times.push(now); up = null; down = null }, 250)
  }).observe(answer, { attributes: true, attributeFilter: ['data-n'] })
}"""


LINE = """() => {
  const canvas = document.querySelector('canvas.upper-canvas') ?? [...document.querySelectorAll('*')]
    .map(each => each.shadowRoot?.querySelector('canvas.upper-canvas')).find(each => each)
  window.times = []
  let up = null
  const text = () => document.querySelector('[data-testid=text]')?.textContent ?? ''
  let before = text()
  canvas.addEventListener('pointerdown', () => { before = text() }, true)
  document.addEventListener('pointerup', () => { up = performance.now() }, true)
  new MutationObserver(() => {
    if (up === null || text() === before) return
    window.times.push(performance.now() - up)
    up = null
  }).observe(document.body, { subtree: true, childList: true, characterData: true })
}"""


def draw(page: Page, box: dict[str, float]) -> None:
    """One seven, at the pace of a hand."""
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
    page.mouse.move(*at[0])
    page.mouse.down()
    each = STEPS // (len(at) - 1)
    for (x0, y0), (x1, y1) in itertools.pairwise(at):
        for step in range(1, each + 1):
            page.mouse.move(x0 + (x1 - x0) * step / each, y0 + (y1 - y0) * step / each)
            time.sleep(PAUSE)
    page.mouse.up()


def strokes(page: Page, count: int) -> dict[str, float]:
    """Draws `count` times and gives what the page itself measured."""
    page.evaluate(WATCH)
    box: Any = page.get_by_test_id("ink-pad").locator("canvas").bounding_box()
    for number in range(count):
        draw(page, box)
        time.sleep(0.6)
        if number % 3 == 2:
            page.get_by_role("button", name="Clear").first.click()
            time.sleep(0.3)
    times, rates = sorted(page.evaluate("window.times")), page.evaluate("window.rates")
    return {
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[min(len(times) - 1, int(0.95 * len(times)))], 1),
        "answers_a_second": round(statistics.median(rates), 1),
        "strokes": len(times),
    }


def line(page: Page, count: int) -> dict[str, float]:
    """Writes ones side by side on the full canvas, and gives how long each took to be read."""
    canvas = page.locator("canvas.upper-canvas")
    canvas.wait_for(timeout=60_000)
    time.sleep(1.5)
    page.evaluate(LINE)
    box: Any = canvas.bounding_box()
    for number in range(count):
        x = box["x"] + box["width"] * (number + 0.5) / count
        page.mouse.move(x, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(x, box["y"] + 300, steps=12)
        page.mouse.up()
        time.sleep(1.0)
    times = sorted(page.evaluate("window.times"))
    return {
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(0.95 * len(times))], 1),
        "strokes": len(times),
    }


def measure(count: int = 40) -> dict[str, Any]:
    """All figures beside their limits, on a lab of its own."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        os.environ["LAB_HOME"] = folder
        with served(folder) as (address, _):
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.goto(f"{address}/draw")
            page.get_by_test_id("ink-pad").wait_for(timeout=60_000)
            time.sleep(2)
            strokes(page, 4)  # the first ones fill caches
            page.reload()
            page.get_by_test_id("ink-pad").wait_for(timeout=60_000)
            time.sleep(1)
            quiet = strokes(page, count)
            page.goto(f"{address}/draw?source=full")
            whole_line = line(page, 20)
            page.goto(f"{address}/draw")
            page.get_by_test_id("ink-pad").wait_for(timeout=60_000)
            trained = _while_training(page, count)
            browser.close()
    load = round(os.getloadavg()[0], 1)
    found = {"quiet": quiet, "a_whole_line": whole_line, "while_a_run_trains": trained}
    return found | {"limits": LIMITS, "cores": os.cpu_count(), "load": load}


def _while_training(page: Page, count: int) -> dict[str, float]:
    """The same while the worker is busy with a long run."""
    store = Store()
    run = store.add(LONG)
    ensure_workers(store)
    end = time.monotonic() + 120
    while store.run(run).step == 0:
        if time.monotonic() > end:
            raise TimeoutError("the run did not start within two minutes")
        time.sleep(0.3)
    page.reload()
    page.get_by_test_id("ink-pad").wait_for(timeout=60_000)
    time.sleep(1)
    found = strokes(page, count)
    store.ask(run, "stop")
    return found


if __name__ == "__main__":
    print(json.dumps(measure(12 if "--quick" in sys.argv else 40), indent=1))
