"""Drawing in a real browser: with the mouse, a finger and the keyboard; read while the pen moves; nothing gets lost."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from core.data import drawn
from core.runs.drawings import Labelled, pool
from core.runs.parcel import packed
from tests.browser.conftest import CHROMIUM, FLAGS, watched

pytestmark = pytest.mark.browser
SEVEN = [(0.3, 0.25), (0.5, 0.24), (0.7, 0.25), (0.6, 0.45), (0.5, 0.65), (0.43, 0.8)]
ONE = [(0.5, 0.15), (0.5, 0.4), (0.5, 0.65), (0.5, 0.88)]


def opened(page, query=""):
    page.goto(f"/draw{query}")
    page.get_by_test_id("answer").wait_for(timeout=60_000)
    expect(page.get_by_test_id("answer")).to_have_attribute("data-state", "empty")
    return page


def spots(page, path):
    pad = page.get_by_test_id("ink-pad").locator("canvas")
    expect(pad).to_have_count(1, timeout=60_000)  # the pad of the page before may be there for a moment
    box = pad.bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in path]


def draw(page, path=SEVEN, up=True):
    (x, y), *rest = spots(page, path)
    page.mouse.move(x, y)
    page.mouse.down()
    for x, y in rest:
        page.mouse.move(x, y, steps=4)
    if up:
        page.mouse.up()


def touch(page, path=SEVEN):
    """Real touches: the finger goes down, moves and is lifted."""
    finger = page.context.new_cdp_session(page)
    kinds = ["touchStart", *["touchMove"] * (len(path) - 1)]
    for kind, (x, y) in zip(kinds, spots(page, path), strict=True):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def reads(page, sign):
    expect(page.get_by_test_id("answer").locator(".big")).to_have_text(sign, timeout=15_000)


def kept(page):
    return page.evaluate("sessionStorage.getItem('inkling-drawing')")


def test_a_stroke_of_the_mouse_is_read_without_any_button(page):
    opened(page)
    draw(page)
    reads(page, "7")
    expect(page.get_by_test_id("answer").locator(".bars li").first).to_contain_text("7")
    expect(page.get_by_text("Why this answer?")).to_be_visible()


def test_the_answer_comes_while_the_pen_still_moves(page):
    opened(page)
    draw(page, up=False)
    reads(page, "7")
    page.mouse.up()


def test_while_the_pen_moves_the_page_does_not_run_and_then_it_does(page):
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    opened(page)
    page.wait_for_timeout(500)
    before = len(sent)
    draw(page, up=False)
    reads(page, "7")
    assert len(sent) == before
    page.mouse.up()
    expect(page.get_by_text("Why this answer?")).to_be_visible()
    assert len(sent) > before


def test_where_the_quick_way_is_blocked_the_page_reads_while_the_pen_moves(page):
    page.add_init_script(
        """const open = window.fetch, blocked = to => String(to).includes("/lab/read/")
        window.fetch = (to, ...how) => blocked(to) ? Promise.reject(Error("no")) : open(to, ...how)"""
    )
    opened(page)
    draw(page, up=False)
    page.mouse.move(*spots(page, [(0.42, 0.82)])[0])
    reads(page, "7")
    page.mouse.up()
    expect(page.get_by_text("Why this answer?")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("answer")).to_have_attribute("data-state", "empty")


def test_a_finger_draws_on_a_phone_and_the_page_does_not_scroll(phone):
    opened(phone)
    phone.evaluate("window.scrolled = 0; document.addEventListener('scroll', () => window.scrolled++, true)")
    touch(phone)
    reads(phone, "7")
    assert phone.evaluate("window.scrolled") == 0
    width = phone.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    box = phone.get_by_test_id("answer").locator(".big").bounding_box()
    assert box["y"] + box["height"] < 844  # pad and answer are on one screen


def test_undo_redo_clear_and_their_keys(page):
    opened(page)
    draw(page, ONE)
    reads(page, "1")
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("answer")).to_have_attribute("data-state", "empty")
    page.keyboard.press("Control+Shift+z")
    reads(page, "1")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("answer")).to_have_attribute("data-state", "empty")
    page.get_by_role("button", name="Undo").click()
    reads(page, "1")


def test_the_keyboard_alone_can_draw(page):
    opened(page)
    pad = page.get_by_test_id("ink-pad").locator("canvas")
    pad.focus()
    for key in ["ArrowUp"] * 12 + ["Space"] + ["ArrowDown"] * 24 + ["Space"]:
        pad.press(key)
    reads(page, "1")


def test_a_drawing_survives_a_reload_and_a_page_switch(page):
    opened(page)
    draw(page)
    reads(page, "7")
    ink = kept(page)
    page.wait_for_load_state("networkidle")  # else the old page asks for pictures that the server has let go of
    page.reload()
    reads(page, "7")
    page.get_by_role("button", name="Undo").click()  # the stroke that came back
    expect(page.get_by_test_id("answer")).to_have_attribute("data-state", "empty")
    page.get_by_role("button", name="Redo").click()
    reads(page, "7")
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="Home").click()
    page.get_by_role("link", name="Draw").first.click()
    reads(page, "7")
    assert kept(page) == ink and len(drawn.unpack(ink)) == 1


def test_the_pad_sends_every_stroke_where_it_was_drawn_and_as_wide(page):
    opened(page)
    page.get_by_label("Pen width").first.fill("300")
    draw(page, ONE)
    page.get_by_label("Pen width").first.fill("900")
    draw(page, [(0.1, 0.1), (0.9, 0.1)])
    first, second = drawn.unpack(kept(page))
    assert (first.width, second.width) == (300, 900)
    assert first.points[0] == pytest.approx((5000, 1500), abs=30)
    assert second.points[-1] == pytest.approx((9000, 1000), abs=30)


def test_one_tap_keeps_the_drawing_for_the_class(page):
    opened(page)
    draw(page)
    reads(page, "7")
    page.get_by_test_id("stButtonGroup").filter(has_text="What is it?").get_by_text("7", exact=True).click()
    expect(page.get_by_text("Kept as 7")).to_be_visible(timeout=15_000)
    expect(page.get_by_test_id("answer")).to_have_attribute("data-state", "empty")
    sheet = page.get_by_test_id("contact-sheet").locator("img")
    sheet.click(position={"x": 8, "y": 8})
    page.get_by_role("button", name="Delete it").click(timeout=15_000)
    expect(page.get_by_text("is deleted")).to_be_visible(timeout=15_000)


def test_a_stroke_begun_while_the_drawing_before_is_being_kept_is_not_lost(page):
    opened(page)
    draw(page)
    reads(page, "7")
    (x, y), *rest = spots(page, ONE)
    page.get_by_test_id("stButtonGroup").filter(has_text="What is it?").get_by_text("7", exact=True).click()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*rest[0], steps=4)
    expect(page.get_by_text("Kept as 7")).to_be_visible(timeout=15_000)
    for x, y in rest[1:]:
        page.mouse.move(x, y, steps=4)
    page.mouse.up()
    reads(page, "1")
    (only,) = drawn.unpack(kept(page))
    assert only.points[0] == pytest.approx((5000, 1500), abs=30)
    assert only.points[-1] == pytest.approx((5000, 8800), abs=30)
    page.get_by_test_id("contact-sheet").locator("img").click(position={"x": 8, "y": 8})
    page.get_by_role("button", name="Delete it").click(timeout=15_000)  # the stories after this one count drawings
    expect(page.get_by_text("is deleted")).to_be_visible(timeout=15_000)


def test_a_pasted_picture_is_read(page):
    opened(page)
    page.evaluate(
        """async () => {
            const canvas = new OffscreenCanvas(240, 240), pen = canvas.getContext('2d')
            pen.fillStyle = '#ddd'; pen.fillRect(0, 0, 240, 240)
            pen.fillStyle = '#234'; pen.fillRect(110, 40, 18, 160)
            const file = new File([await canvas.convertToBlob()], 'note.png', { type: 'image/png' })
            const clipboardData = new DataTransfer()
            clipboardData.items.add(file)
            document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
        }"""
    )
    expect(page.get_by_test_id("text")).to_have_text("1", timeout=20_000)
    assert "source=photo" in page.url


def test_a_whole_line_on_the_full_canvas_is_split_and_read(page):
    page.goto("/draw?source=full")
    canvas = page.locator("canvas.upper-canvas")
    canvas.wait_for(timeout=60_000)
    box = canvas.bounding_box()
    for left, text in ((150, "1"), (450, "1 1"), (700, "1 1 1")):
        page.mouse.move(box["x"] + left, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + left, box["y"] + 300, steps=8)
        page.mouse.up()
        expect(page.get_by_test_id("text")).to_have_text(text, timeout=20_000)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_test_id("text")).to_have_text("1 1", timeout=20_000)
    page.get_by_role("button", name="Redo").first.click()
    expect(page.get_by_test_id("text")).to_have_text("1 1 1", timeout=20_000)
    page.reload()
    expect(page.get_by_test_id("text")).to_have_text("1 1 1", timeout=60_000)
    stranger = page.context.new_page()  # another tab begins with an empty sheet
    stranger.goto("/draw?source=full")
    stranger.locator("canvas.upper-canvas").wait_for(timeout=60_000)
    expect(stranger.get_by_test_id("text")).to_have_count(0)
    stranger.close()


def ones(count=3):
    """A photo of several ones, as a file for the page."""
    pixels = np.full((300, 200 * count, 3), 214, np.uint8)
    for each in range(count):
        pixels[50:250, 200 * each + 90 : 200 * each + 108] = 40
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return {"name": "ones.png", "mimeType": "image/png", "buffer": file.getvalue()}


def menu(page, number, choice):
    page.get_by_label(f"What is character {number}?").click()
    page.get_by_role("option", name=choice, exact=True).click()


def test_an_uploaded_photo_is_read_corrected_and_kept_at_once(page):
    page.goto("/draw?source=photo")
    upload = page.get_by_test_id("stFileUploader").locator("input[type=file]").first
    upload.wait_for(state="attached", timeout=60_000)
    upload.set_input_files(ones())
    expect(page.get_by_test_id("text")).to_have_text("1 1 1", timeout=20_000)
    page.get_by_text("Keep them for the class").click()
    page.get_by_label("What is character 3?").wait_for(timeout=15_000)
    menu(page, 2, "7")
    menu(page, 3, "skip")
    page.get_by_role("button", name="Keep these 2").click(timeout=15_000)
    expect(page.get_by_text("2 new drawings kept")).to_be_visible(timeout=15_000)
    expect(page.get_by_test_id("contact-sheet").locator("img")).to_have_attribute(
        "alt", "2 of 2 drawings of the class, newest first"
    )
    for _ in range(2):
        page.get_by_test_id("contact-sheet").locator("img").click(position={"x": 8, "y": 8})
        page.get_by_role("button", name="Delete it").click(timeout=15_000)
        expect(page.get_by_role("button", name="Delete it")).to_have_count(0, timeout=15_000)


def test_a_file_that_is_no_picture_gets_a_sentence(page):
    page.goto("/draw?source=photo")
    upload = page.get_by_test_id("stFileUploader").locator("input[type=file]").first
    upload.wait_for(state="attached", timeout=60_000)
    upload.set_input_files({"name": "notes.png", "mimeType": "image/png", "buffer": b"%PDF-1.7 hello"})
    expect(page.get_by_text("notes.png is a PDF")).to_be_visible(timeout=15_000)


def test_a_zip_of_drawings_comes_in_through_the_page(page, tmp_path, monkeypatch):
    monkeypatch.setenv("LAB_HOME", str(tmp_path))  # another lab than the one under test
    with pool() as drawings:
        image = np.zeros((28, 28), np.uint8)
        image[4:24, 12:15] = 255
        drawings.keep_all([Labelled(image, "1"), Labelled(image, "iota")])
        parcel = packed(drawings)
    opened(page)
    page.get_by_role("button", name="Import").click()
    file = page.locator("[data-testid=stPopoverBody] input[type=file]")
    file.wait_for(state="attached", timeout=15_000)
    file.set_input_files({"name": "class.zip", "mimeType": "application/zip", "buffer": parcel})
    expect(page.get_by_text("2 new drawings out of 2")).to_be_visible(timeout=15_000)


def test_the_full_canvas_fits_a_phone_and_a_finger_writes_on_it(phone):
    phone.goto("/draw?source=full")
    canvas = phone.locator("canvas.upper-canvas")
    canvas.wait_for(timeout=60_000)
    box = canvas.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["width"] > 300
    width = phone.evaluate("[document.querySelector('[data-testid=stMain]').scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    finger = phone.context.new_cdp_session(phone)
    for left, text in ((0.25, "1"), (0.7, "1 1")):
        path = [(box["x"] + left * box["width"], box["y"] + y * box["height"]) for y in (0.2, 0.35, 0.5, 0.65, 0.8)]
        for kind, (x, y) in zip(["touchStart", *["touchMove"] * 4], path, strict=True):
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        expect(phone.get_by_test_id("text")).to_have_text(text, timeout=20_000)


@pytest.fixture
def camera(browser, app_url):
    """A page in a Chromium of its own, whose camera is Chromium's own test picture."""
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    own = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *fake])
    yield from watched(own.new_context(base_url=app_url, permissions=["camera"]))
    own.close()


def test_the_camera_takes_a_picture_and_the_page_answers(camera):
    camera.goto("/draw?source=photo")
    camera.get_by_text("Use the camera").click(timeout=60_000)
    shot = camera.get_by_role("button", name="Take Photo")
    expect(shot).to_be_enabled(timeout=30_000)
    # the button is enabled before the first picture of the camera is there, and then takes none
    camera.wait_for_function("[...document.querySelectorAll('video')].some(each => each.videoWidth && !each.paused)")
    expect(shot).to_be_in_viewport(ratio=1)
    shot.click()
    expect(camera.get_by_role("button", name="Take another picture")).to_be_visible(timeout=20_000)
    expect(camera.get_by_test_id("text").or_(camera.get_by_text("There is no ink"))).to_be_visible(timeout=20_000)
