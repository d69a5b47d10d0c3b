"""Stories of a face: moved along a direction and opened again from its link; a direction from picked ones; a drawing
that is searched; a walk as a film; the same face inside a classifier."""

import base64
import io
import re
import time

import av
import numpy as np
import pytest
from PIL import Image

from core.latent.latent import Latent
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


@pytest.fixture
def latent(page):
    """The page with the shipped faces."""
    if "dcgan-anime" not in checkpoint.names("gan"):
        pytest.skip("the generator dcgan-anime is not here")
    page.goto("/latent?model=dcgan-anime")
    page.locator(PANEL).wait_for(timeout=60_000)
    return page


def click(page, sheet, place: int) -> None:
    """One of the 64 samples."""
    box = sheet.bounding_box()
    sheet.click(position={"x": box["width"] * (place % 8 + 0.5) / 8, "y": box["height"] * (place // 8 + 0.5) / 8})


def test_picked_pictures_become_a_slider(latent):
    page = latent
    page.get_by_role("radio", name="Directions").click()
    page.get_by_role("radio", name="Picked pictures").click()
    sheet = page.locator("[data-testid=contact-sheet]").nth(1)
    sheet.wait_for(timeout=20_000)
    for place in (1, 2):
        click(page, sheet.locator("img"), place)
        sheet.locator("b.more").nth(place - 1).wait_for(state="attached", timeout=20_000)
    page.get_by_role("radio", name="without it").click()
    page.wait_for_timeout(800)
    click(page, sheet.locator("img"), 8)
    sheet.locator("b.less").wait_for(state="attached", timeout=20_000)
    name = page.get_by_label("Keep it as a slider named")
    name.wait_for(timeout=240_000)
    name.fill("mine")
    page.get_by_role("button", name="Keep", exact=True).click()
    slider = page.get_by_role("slider", name="mine")
    slider.wait_for(timeout=20_000)
    before = settled(page)
    slider.focus()
    for _ in range(10):
        page.keyboard.press("PageUp")
    page.wait_for_timeout(500)
    assert np.abs(settled(page) - before).mean() > 3


def test_a_drawing_is_found_in_there(latent):
    page = latent
    page.get_by_role("radio", name="Find me").click()
    page.get_by_role("radio", name="Draw").click()
    pad = page.locator("[data-testid=ink-pad] canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    for x, y in ((200, 60), (120, 220)):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="Find this drawing").click(timeout=20_000)
    take = page.get_by_role("button", name="Take it into the panel")
    take.wait_for(timeout=90_000)
    before = settled(page)
    take.click()
    page.get_by_text(re.compile("^seed 0, 128 changes")).first.wait_for(timeout=20_000)
    assert not np.array_equal(settled(page), before)


def test_a_walk_is_saved_as_a_film(latent):
    page = latent
    page.get_by_role("radio", name="Walks and sums").click()
    shelf = page.get_by_role("button", name="Put the picture above on the shelf")
    shelf.click()
    page.get_by_text("A walk needs a second picture").wait_for(timeout=20_000)
    click(page, page.locator("[data-testid=contact-sheet] img").first, 9)
    page.get_by_text(re.compile("^seed 9")).first.wait_for(timeout=20_000)
    shelf.click()
    with page.expect_download(timeout=60_000) as taken:
        page.get_by_role("button", name="MP4").click(timeout=30_000)
    with av.open(str(taken.value.path())) as film:
        frames = sum(1 for _ in film.decode(video=0))
    assert taken.value.suggested_filename == "walk.mp4" and frames == 3 * 24


def test_the_very_picture_is_looked_at_inside_a_classifier_and_back(latent):
    page = latent
    click(page, page.locator("[data-testid=contact-sheet] img").first, 5)
    page.get_by_text(re.compile("^seed 5")).first.wait_for(timeout=20_000)
    page.get_by_role("button", name="Look at it inside").click()
    page.wait_for_timeout(1000)
    page.get_by_role("link", name="Open it there").click()
    answer = page.locator("[data-testid=inside-answer]")
    answer.wait_for(timeout=60_000)
    assert "made by dcgan-anime, seed 5" in answer.inner_text()
    assert "made=dcgan-anime" in page.url and "z=5" in page.url
    page.get_by_role("button", name="Another").click()
    page.wait_for_url(lambda address: "z=5" not in address, timeout=20_000)
    seed = re.search(r"z=(\d+)", page.url)[1]
    page.get_by_role("link", name="Move its numbers").click()
    page.get_by_text(re.compile(f"^seed {seed}")).first.wait_for(timeout=60_000)


def test_truncation_rests_where_nothing_of_the_seed_is_left_and_the_sliders_are_dark_on_a_dark_page(page, app_url):
    if "gan-digits" not in checkpoint.names("gan"):
        pytest.skip("the generator gan-digits is not here")
    page.emulate_media(color_scheme="dark")
    page.goto(f"/latent?model=gan-digits&z={Latent(0).baked(128).to_link()}")
    slider, why = page.get_by_role("slider", name="truncation"), page.get_by_text("changes only the seed's own numbers")
    slider.wait_for(timeout=60_000)
    assert slider.is_disabled() and why.is_visible()
    page.locator(f"{PANEL} summary").click()
    page.get_by_role("button", name="Put back").click()
    why.wait_for(state="hidden", timeout=20_000)
    assert slider.is_enabled()

    untouched = page.get_by_role("slider", name="12", exact=True)
    untouched.evaluate("each => { each.value = each.min; each.scrollIntoView({ block: 'center' }) }")
    track = np.asarray(Image.open(io.BytesIO(untouched.screenshot())).convert("L")).astype(int)
    assert track[:, track.shape[1] // 2 :].max() < 180, "the untouched part of the track is white on a dark page"
