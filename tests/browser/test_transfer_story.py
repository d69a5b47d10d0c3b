"""Teaching in a real browser: from the Draw page to three classes of one's own, read correctly and opened in Inside."""

import math
import random

import pytest
from playwright.sync_api import expect

from tests.browser.test_draw_story import draw

pytestmark = pytest.mark.browser


def triangle(luck):
    return [(0.5, 0.15), (0.85, 0.8), (0.15, 0.8), (0.5, 0.15)]


def spiral(luck):
    turns = [i / 3 for i in range(34)]
    return [(0.5 + 0.036 * t * math.cos(t), 0.5 + 0.036 * t * math.sin(t)) for t in turns]


def zigzag(luck):
    return [(0.15, 0.3), (0.3, 0.7), (0.45, 0.3), (0.6, 0.7), (0.75, 0.3), (0.88, 0.7)]


SHAPES = {"tent": triangle, "snail": spiral, "wave": zigzag}


def by_hand(shape, luck):
    """The shape as somebody draws it: each time a little different."""
    wide, tall = luck.uniform(0.8, 1.05), luck.uniform(0.8, 1.05)
    return [
        (0.5 + wide * (x - 0.5) + luck.uniform(-0.02, 0.02), 0.5 + tall * (y - 0.5) + luck.uniform(-0.02, 0.02))
        for x, y in SHAPES[shape](luck)
    ]


def test_three_classes_of_ones_own_are_taught_read_and_opened(page):
    luck = random.Random(3)
    page.goto("/draw")
    page.get_by_role("link", name="Teach it something new").click()
    page.get_by_role("textbox", name="New class").fill(", ".join(SHAPES))
    page.get_by_role("textbox", name="New class").press("Enter")
    expect(page.get_by_role("button", name="Teach", exact=True)).to_be_disabled(timeout=60_000)
    tops = []  # a pad that moves while somebody draws loses the stroke
    for shape in SHAPES:
        for number in range(5):
            tap = page.get_by_role("radio", name=f"{shape} · {number}")
            expect(tap).to_be_visible(timeout=60_000)
            draw(page, by_hand(shape, luck))
            expect(tap).to_be_enabled(timeout=60_000)
            tap.click()
            expect(page.get_by_role("radio", name=f"{shape} · {number + 1}")).to_be_visible(timeout=60_000)
            page.get_by_test_id("ink-pad").and_(page.locator(":not(.inked)")).wait_for(timeout=60_000)
            tops.append(page.get_by_test_id("ink-pad").bounding_box()["y"])
    assert len(set(tops)) == 1, tops
    page.get_by_role("button", name="Teach", exact=True).click()
    expect(page.get_by_text("Learned in")).to_be_visible(timeout=120_000)
    for shape in SHAPES:
        draw(page, by_hand(shape, luck))
        expect(page.get_by_test_id("answer").locator(".big")).to_have_text(shape, timeout=60_000)
        page.get_by_role("button", name="Clear").first.click()
        expect(page.get_by_test_id("answer")).to_have_attribute("data-state", "empty", timeout=60_000)
    wide = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    draw(page, by_hand("tent", luck))
    expect(page.get_by_test_id("answer").locator(".big")).to_have_text("tent", timeout=60_000)
    box = page.get_by_test_id("answer").bounding_box()
    assert box["y"] + box["height"] < 844  # a phone shows pad, word and bars at once
    page.set_viewport_size(wide)
    page.get_by_role("link", name="Open it in Inside").click()
    expect(page.get_by_test_id("map-wall").first).to_be_visible(timeout=60_000)
    assert "/inside?run=" in page.url


def press(page, name, milliseconds):
    """A button as a hand presses it: the page hears of the text that was left before the pointer goes up again."""
    box = page.get_by_role("button", name=name, exact=True).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(milliseconds)
    page.mouse.up()


def test_a_name_is_taken_once_however_long_the_button_beside_it_is_pressed(page):
    for milliseconds in (50, 100, 150):
        page.goto("/transfer")
        page.get_by_role("textbox", name="New class").fill("uno, due")
        press(page, "Add", milliseconds)
        expect(page.get_by_text("Draw “uno” and “due” at least 2 times each")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("is there already")).to_have_count(0)
        page.goto("/transfer?transfer=classes")
        expect(page.get_by_role("combobox", name="Dataset")).to_be_visible(timeout=60_000)
        if not page.get_by_role("textbox", name="Its name").count():
            page.get_by_role("combobox", name="Dataset").fill("A new")
            page.keyboard.press("Enter")
        page.get_by_role("textbox", name="Its name").fill(f"leaves {milliseconds}")
        press(page, "Make it", milliseconds)
        page.get_by_role("textbox", name="New class").fill("oak, beech")
        press(page, "Add", milliseconds)
        expect(page.get_by_text("No pictures yet.")).to_have_count(2, timeout=60_000)
        assert f"set=leaves+{milliseconds}" in page.url
        expect(page.get_by_text("which is taken")).to_have_count(0)
        expect(page.get_by_text("is there already")).to_have_count(0)


def test_the_link_from_ones_own_pictures_opens_the_teaching(page):
    page.goto("/transfer?transfer=classes")
    page.get_by_role("combobox", name="Dataset").wait_for(timeout=60_000)
    if page.get_by_role("textbox", name="Its name").count():
        page.get_by_role("textbox", name="Its name").fill("any")
        page.get_by_role("textbox", name="Its name").press("Enter")
    page.get_by_role("radio", name="Drawings", exact=True).click()
    page.get_by_role("link", name="Teach it something new").click()
    expect(page.get_by_role("button", name="Teach", exact=True)).to_be_visible(timeout=60_000)
