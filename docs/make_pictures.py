"""Takes the pages' pictures anew: `python -m docs.make_pictures [NAME …]`, with LAB_DATA for MNIST's digits.

A lab in a home of its own trains a few short runs, then Chromium (Debian's) is led through its pages. The pictures of
the Latent page come from `docs.make_latent` and `checkpoints.make.rivals`.
"""

import json
import math
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.browser import FLAGS, chromium
from bench.pages import served
from core import paths
from core.config import RunConfig, preset
from core.data import drawn, registry
from core.errors import unknown
from core.runs.engine import train_now
from core.runs.store import Store

PICTURES = paths.ROOT / "docs" / "pictures"
RECORDED = json.loads((paths.ROOT / "tests" / "data" / "strokes_recorded.json").read_text())
SEVEN = [(0.22, 0.24), (0.72, 0.2), (0.6, 0.45), (0.42, 0.85)]
TAUGHT = {
    "tent": [(0.5, 0.15), (0.85, 0.8), (0.15, 0.8), (0.5, 0.15)],
    "snail": [(0.5 + 0.012 * i * math.cos(i / 3), 0.5 + 0.012 * i * math.sin(i / 3)) for i in range(34)],
    "wave": [(0.15, 0.3), (0.3, 0.7), (0.45, 0.3), (0.6, 0.7), (0.75, 0.3), (0.88, 0.7)],
}
LETTERS = (44, 58, 54, 66, 78, 92)  # recorded drawings: alpha omicron lambda psi alpha omicron
Point = tuple[float, float]
LINES = [[(x / drawn.UNIT, y / drawn.UNIT) for x, y in stroke.points] for stroke in drawn.unpack(RECORDED[92]["ink"])]


def home(page: Page) -> None:
    page.goto("/")
    page.get_by_text("Datasets").wait_for()


def train(page: Page) -> None:
    page.goto("/train?run=3&with=1,2")
    page.get_by_text("Learning rate").last.wait_for()


def draw(page: Page) -> None:
    _drawn(page, "/draw", [SEVEN])


def draw_dark(page: Page) -> None:
    _drawn(page, "/draw?model=ink34", LINES)


def draw_runs(page: Page) -> None:
    _drawn(page, "/draw?closer=rivals", [SEVEN])
    page.get_by_text("Sorted by").wait_for()


def draw_photo(page: Page) -> None:
    page.goto("/draw?source=photo&model=ink34")
    page.locator("input[type=file]").first.set_input_files(_line())
    page.get_by_test_id("text").wait_for()


def inside(page: Page) -> None:
    page.goto("/inside?model=r1-lenet-mnist")
    page.locator("[data-testid=arithmetic] .said").wait_for()


def transfer(page: Page) -> None:
    """Three things are taught with five drawings each; then a snail is read."""
    luck = random.Random(3)
    page.goto("/transfer")
    field = page.get_by_role("textbox", name="New class")
    field.fill(", ".join(TAUGHT))
    field.press("Enter")
    for name, line in TAUGHT.items():
        for number in range(5):
            tap = page.get_by_role("radio", name=f"{name} · {number}")
            tap.wait_for()
            _pen(page, [_by_hand(line, luck)])
            expect(tap).to_be_enabled()
            tap.click()
            page.get_by_role("radio", name=f"{name} · {number + 1}").wait_for()
            page.get_by_test_id("ink-pad").and_(page.locator(":not(.inked)")).wait_for()
    page.get_by_role("button", name="Teach", exact=True).click()
    page.get_by_text("Learned in").wait_for()
    _pen(page, [_by_hand(TAUGHT["snail"], luck)])
    expect(page.get_by_test_id("answer").locator(".big")).to_have_text("snail")


WIDE, PHONE = (1280, 900), (390, 844)
TAKEN: dict[str, tuple[Callable[[Page], None], tuple[int, int], str]] = {
    "home": (home, WIDE, "light"),
    "train": (train, (1280, 1080), "light"),
    "train-phone": (train, PHONE, "dark"),
    "draw": (draw, (1280, 1180), "light"),
    "draw-phone": (draw, PHONE, "dark"),
    "draw-dark": (draw_dark, WIDE, "dark"),
    "draw-runs": (draw_runs, (1280, 1080), "light"),
    "draw-photo": (draw_photo, (1280, 860), "light"),
    "inside": (inside, (1280, 1010), "light"),
    "transfer": (transfer, WIDE, "light"),
}


def main(names: Sequence[str]) -> None:
    for name in names:
        if name not in TAKEN:
            raise unknown("The picture", name, TAKEN)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LAB_HOME"] = folder
        _train_some()
        with served(folder) as (address, _), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            expect.set_options(timeout=90_000)
            for name in names or TAKEN:
                go, size, scheme = TAKEN[name]
                with _opened(browser, address, size, scheme) as page:
                    go(page)
                    page.mouse.move(2, 400)
                    page.wait_for_timeout(4000)  # until every chart stands
                    page.screenshot(path=PICTURES / f"{name}.png")
                print(f"docs/pictures/{name}.png", file=sys.stderr)
            browser.close()


@contextmanager
def _opened(browser: Browser, address: str, size: tuple[int, int], scheme: str) -> Iterator[Page]:
    width, height = size
    small = width < 500
    context = browser.new_context(
        viewport={"width": width, "height": height}, base_url=address, color_scheme=scheme, is_mobile=small,
        has_touch=small,
    )  # fmt: skip
    context.set_default_timeout(90_000)
    yield context.new_page()
    context.close()


def _train_some() -> None:
    """Three recipes to lay over each other, and the same net at other rates to ask about one drawing."""
    ready = registry.state("mnist") == "ready"
    data = {"dataset": "mnist" if ready else "strokes-digits", "train_size": 15_000}
    plain = preset("r1-lenet").replace(epochs=4, **data)
    quick = RunConfig(net="r1-lenet", epochs=4, batch_size=128, lr=5e-3, **data)
    recipes = {
        "SGD as in the report": plain,
        "AdamW, one cycle": quick,
        "with batch norm": quick.replace(batch_norm=True),
        "a rate of 0.0001": plain.replace(lr=1e-4, epochs=1),
        "a rate of 0.1": plain.replace(lr=0.1, epochs=1),
    }
    for name, config in recipes.items():
        train_now(Store(), config, lambda fact: None, name)


def _drawn(page: Page, address: str, lines: Sequence[Sequence[Point]]) -> None:
    page.goto(address)
    page.get_by_test_id("answer").wait_for()
    page.wait_for_timeout(1500)
    _pen(page, lines)
    page.get_by_text("Why this answer?").wait_for()


def _pen(page: Page, lines: Sequence[Sequence[Point]]) -> None:
    pad = page.get_by_test_id("ink-pad").locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    for line in lines:
        first, *rest = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in line]
        page.mouse.move(*first)
        page.mouse.down()
        for place in rest:
            page.mouse.move(*place, steps=6)
        page.mouse.up()


def _by_hand(line: Sequence[Point], luck: random.Random) -> list[Point]:
    """The line as somebody draws it: each time a little different."""
    wide, tall = luck.uniform(0.8, 1.05), luck.uniform(0.8, 1.05)
    return [
        (0.5 + wide * (x - 0.5) + luck.uniform(-0.02, 0.02), 0.5 + tall * (y - 0.5) + luck.uniform(-0.02, 0.02))
        for x, y in line
    ]


def _line() -> Path:
    """A line of recorded letters on one sheet."""
    import numpy as np
    from PIL import Image

    pictures = [255 - drawn.picture(drawn.unpack(RECORDED[number]["ink"])) for number in LETTERS]
    cut = [each[np.ix_(each.any(1), each.any(0))] for each in pictures]
    side = max(max(each.shape) for each in cut) + 60
    sheet = np.zeros((side, side * len(cut)), np.uint8)
    for place, each in enumerate(cut):
        top, left = (side - each.shape[0]) // 2, place * side + (side - each.shape[1]) // 2
        sheet[top : top + each.shape[0], left : left + each.shape[1]] = each
    file = Path(os.environ["LAB_HOME"]) / "line.png"
    Image.fromarray(255 - sheet).save(file)
    return file


if __name__ == "__main__":
    main(sys.argv[1:])
