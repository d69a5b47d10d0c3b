"""The story of a face: pick one, move the first named direction, see the hair change, open the link again."""

import base64
import io
import re
import time

import numpy as np
import pytest
from PIL import Image

from core.nets import checkpoint

pytestmark = pytest.mark.browser
PANEL = "[data-testid=latent-panel]"


def picture(page) -> np.ndarray:
    """The pixels that the panel shows."""
    source = page.locator(f"{PANEL} img").get_attribute("src")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))).convert("RGB")).astype(float)


def settled(page) -> np.ndarray:
    """The picture once it no longer changes."""
    before, end = picture(page), time.monotonic() + 20
    while time.monotonic() < end:
        time.sleep(0.6)
        now = picture(page)
        if np.array_equal(now, before):
            return now
        before = now
    raise AssertionError("the picture never came to rest")


def hair(pixels: np.ndarray) -> float:
    return float(pixels[3:18, 14:50].mean())


def test_a_face_is_picked_changed_and_opened_again_from_its_link(page, app_url):
    if "dcgan-anime" not in checkpoint.names("gan"):
        pytest.skip("the generator dcgan-anime is not here")
    page.goto("/latent")
    page.locator(PANEL).wait_for(timeout=60_000)
    sheet = page.locator("[data-testid=contact-sheet] img")
    box = sheet.bounding_box()
    before = settled(page)
    sheet.click(position={"x": box["width"] * 5.5 / 8, "y": box["height"] * 0.5 / 8})  # seed 5
    page.get_by_text(re.compile("^seed 5")).first.wait_for(timeout=20_000)
    face = settled(page)
    assert not np.array_equal(face, before)

    slider = page.get_by_role("slider", name="hair lightness")
    place = slider.bounding_box()
    middle = (place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    seen = set()
    for i in range(20):
        page.mouse.move(middle[0] + place["width"] * 0.3 * (i + 1) / 20, middle[1])
        page.wait_for_timeout(60)
        seen.add(page.locator(f"{PANEL} img").get_attribute("data-seen"))
    page.mouse.up()
    assert len(seen) >= 3, "the picture did not follow the moving slider"
    lighter = settled(page)
    assert hair(lighter) > hair(face) + 10

    page.wait_for_url(re.compile("z=~"), timeout=20_000)
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    page.locator(PANEL).wait_for(timeout=60_000)
    assert np.array_equal(settled(page), lighter)
    assert float(page.get_by_role("slider", name="hair lightness").input_value()) > 1

    page.get_by_role("button", name="Reset").click()
    page.wait_for_timeout(800)
    assert np.array_equal(settled(page), face)
    page.get_by_role("button", name="Undo").click()
    page.wait_for_timeout(800)
    assert np.array_equal(settled(page), lighter)
