"""`python -m bench.latent_page`: pictures while a slider moves, and letting go to the last picture, in a real browser.

The clock starts with the browser's own `pointerup` and stops when the panel shows the picture of exactly that message.
"""

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
from core.nets import checkpoint

NAME = "dcgan-anime"
LIMITS = {"pictures_a_second_while_moving": 8, "let_go_to_last_picture_p95_ms": 150}
STEPS, PAUSE = 60, 0.016  # of one move: a second, at the pace of a hand

WATCH = """() => {
  const inside = each => each.shadowRoot ? [each, ...all(each.shadowRoot)] : [each]
  const all = root => [...root.querySelectorAll('*')].flatMap(inside)
  const image = all(document).find(each => each.matches('.panel .face img'))
  window.times = []; window.rates = []
  if (window.watched) return
  window.watched = true
  let down = null, up = null, count = 0, last = null, shown = 0
  image.getRootNode().addEventListener('pointerdown', () => { down = performance.now(); up = null; count = 0 }, true)
  image.getRootNode().addEventListener('pointerup', () => {
    up = performance.now()
    window.rates.push(1000 * count / (up - down))
    // the panel sends the slider's last place as its last message: the last change is its picture
    last = setTimeout(() => { window.times.push(shown - up); up = null }, 700)
  }, true)
  new MutationObserver(() => {
    if (up === null) count++
    else shown = performance.now()
  }).observe(image, { attributes: true, attributeFilter: ['data-seen'] })
}"""


def moves(page: Page, count: int) -> dict[str, float]:
    """Moves the first slider there and back, and gives what the page itself measured."""
    page.evaluate(WATCH)
    slider = page.locator("[data-testid=latent-panel] .row input").first
    for number in range(count):
        box: Any = slider.bounding_box()
        begin, end = (0.5, 0.8) if number % 2 == 0 else (0.8, 0.5)
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + begin * box["width"], middle)
        page.mouse.down()
        for step in range(1, STEPS + 1):
            page.mouse.move(box["x"] + (begin + (end - begin) * step / STEPS) * box["width"], middle)
            time.sleep(PAUSE)
        page.mouse.up()
        page.wait_for_timeout(1500)
    times, rates = sorted(page.evaluate("window.times")), page.evaluate("window.rates")
    return {
        "moves": len(times),
        "pictures_a_second_while_moving": statistics.median(rates),
        "let_go_to_last_picture_p50_ms": statistics.median(times),
        "let_go_to_last_picture_p95_ms": times[min(len(times) - 1, round(0.95 * len(times)))],
    }


def measure(quick: bool = False) -> dict[str, Any]:
    """On a server of its own in an empty home."""
    if NAME not in checkpoint.names("gan"):
        return {"skipped": f"the generator {NAME} is not here"}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LAB_HOME"] = folder
        found = story(folder, 6 if quick else 24)
    return {**{name: round(value, 1) for name, value in found.items()}, "limits": LIMITS}


def story(home: str, count: int) -> dict[str, float]:
    """A visitor opens the page and moves a slider."""
    with served(home) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/latent", wait_until="domcontentloaded")
        page.locator("[data-testid=latent-panel] .row input").first.wait_for(timeout=120_000)
        page.wait_for_timeout(3000)
        moves(page, 2)  # the first ones fill caches
        found = moves(page, count)
        browser.close()
    return found


if __name__ == "__main__":
    print(json.dumps(measure("--quick" in sys.argv), indent=1))
