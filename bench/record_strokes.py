"""`python -m bench.record_strokes FILE`: draws characters on the ink pad of a real browser and records what it sends.

Every character is a curve of core/data/glyphs.py led by a random hand, put in an awkward place and size with a random
pen, drawn with real mouse events or touches. The file is test data: what people's canvases send, kept small.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from playwright.sync_api import Page, sync_playwright

from bench.browser import FLAGS, chromium
from bench.pages import served
from core.data import strokes
from core.data.glyphs import GLYPHS, glyphs
from ui.components.ink_pad import PEN, STORE

COUNT = 200
SIZES = {"tiny": (0.1, 0.17), "small": (0.2, 0.32), "usual": (0.4, 0.65), "huge": (0.85, 0.96)}
PLACES = ("corner", "edge", "anywhere")
THICKEST = 0.2  # of the character's size: with a thicker pen nobody could read it either
TOUCHED = 4  # every fourth is drawn with a finger


def characters(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """What to draw: a label, the strokes as points of 0..1 on the pad, the pen, and in which setting."""
    chance = torch.Generator().manual_seed(seed)
    names = list(GLYPHS)
    for number in range(count):
        label, setting = names[number % len(names)], list(SIZES)[number // len(names) % len(SIZES)]
        curves = _curves(label, chance)
        low, high = SIZES[setting]
        size = low + (high - low) * _random(chance)
        span = torch.cat(curves).amax(0) - torch.cat(curves).amin(0)
        scale = size / float(span.max())
        place = PLACES[int(_random(chance) * len(PLACES))]
        pen = PEN[0] + (min(PEN[2], THICKEST * size * 10_000) - PEN[0]) * _random(chance)
        pen = max(PEN[0], 50 * round(pen / 50))
        room = (1 - span * scale).clamp_min(0)
        where = torch.tensor([_random(chance), _random(chance)])
        if place != "anywhere":
            where = where.round() if place == "corner" else torch.stack([where[0].round(), where[1]])
        corner = room * (0.02 + 0.96 * where) - torch.cat(curves).amin(0) * scale
        points = [(curve * scale + corner).clamp(0.003, 0.997).tolist() for curve in curves]
        yield {"label": label, "size": setting, "place": place, "pen": pen, "strokes": points}


def _curves(label: str, chance: torch.Generator) -> list[torch.Tensor]:
    ways, weights = glyphs(label)
    way = ways[int(torch.multinomial(torch.tensor(weights), 1, generator=chance))]
    curve = strokes._hand(way, 1, chance)[0]
    return [curve[way.stroke == number] for number in range(int(way.stroke.max()) + 1)]


def _random(chance: torch.Generator) -> float:
    return float(torch.rand(1, generator=chance))


def draw(page: Page, character: dict[str, Any], finger: bool) -> str:
    """Draws it as a person does, and gives the text that the pad kept."""
    page.get_by_role("button", name="Clear").first.click(force=True)
    page.get_by_label("Pen width").first.fill(str(character["pen"]))
    box = page.get_by_test_id("ink-pad").locator("canvas").bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page) if finger else None
    for stroke in character["strokes"]:
        path = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        if touch is None:
            page.mouse.move(*path[0])
            page.mouse.down()
            for x, y in path[1:]:
                page.mouse.move(x, y)
            page.mouse.up()
        else:
            for kind, (x, y) in zip(["touchStart"] + ["touchMove"] * len(path), path, strict=False):
                touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
            touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    return str(page.evaluate(f"sessionStorage.getItem('{STORE}')"))


def record(count: int, seed: int = 3) -> list[dict[str, Any]]:
    """All characters, drawn in one browser on a lab of its own."""
    recorded = []
    with tempfile.TemporaryDirectory() as folder, served(folder) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_context(viewport={"width": 1280, "height": 900}, has_touch=True).new_page()
        page.goto(f"{address}/draw")
        page.get_by_test_id("ink-pad").wait_for(timeout=60_000)
        for number, character in enumerate(characters(count, seed)):
            finger = number % TOUCHED == TOUCHED - 1
            about = {name: character[name] for name in ("label", "size", "place", "pen")}
            recorded.append({**about, "finger": finger, "ink": draw(page, character, finger)})
        browser.close()
    return recorded


if __name__ == "__main__":
    target = Path(sys.argv[1])
    lines = ",\n".join(json.dumps(each) for each in record(COUNT))
    target.write_text(f"[\n{lines}\n]\n")
    print(json.dumps({"recorded": COUNT, "file": str(target), "bytes": target.stat().st_size}))
