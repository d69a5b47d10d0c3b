"""The story of a sweep in a real browser: vary a knob, bet and sketch, watch it, see who was right."""

import numpy as np
import pytest
from playwright.sync_api import expect

from core.runs import bets
from core.runs.store import Store

pytestmark = pytest.mark.browser
HANDLES = """[...document.querySelectorAll('*')].flatMap(
    each => each.shadowRoot ? [...each.shadowRoot.querySelectorAll('.handle')] : [])"""


@pytest.fixture
def store(lab_home, monkeypatch):
    """The server's own store, with a second dataset on which a large batch learns nothing in one epoch."""
    monkeypatch.setenv("LAB_HOME", str(lab_home))
    luck = np.random.default_rng(1)
    prototypes, y = luck.integers(0, 255, (4, 8, 8)), luck.integers(0, 4, 900)
    x = np.clip(0.5 * prototypes[y] + luck.normal(60, 40, (900, 8, 8)), 0, 255).astype(np.uint8)
    np.savez(lab_home / "data" / "four.npz", x_train=x[:600], y_train=y[:600], x_test=x[600:], y_test=y[600:])
    return Store()


def choose(page, label: str, option: str) -> None:
    box = page.get_by_test_id("stSelectbox").filter(has=page.get_by_text(label, exact=True)).locator("input")
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).click()


def open_with_dataset(page, name: str) -> None:
    """The server looks for datasets every ten seconds; a story before this one may have made it look just now."""
    for _ in range(15):
        page.goto("/train")
        page.get_by_role("button", name="Vary…").wait_for(timeout=60_000)
        box = page.get_by_test_id("stSelectbox").filter(has=page.get_by_text("Dataset", exact=True)).locator("input")
        box.click()
        box.fill(name)
        page.wait_for_timeout(1_000)
        if page.get_by_role("option", name=name, exact=True).count():
            page.keyboard.press("Escape")
            return
    raise AssertionError(f"the dataset {name} never appeared")


def test_vary_bet_sketch_watch_and_see_who_was_right(page, store):
    open_with_dataset(page, "four")
    choose(page, "Preset", "R4: FashionMNIST, linear + ReLU")
    page.get_by_text("r4-relu").first.wait_for()
    choose(page, "Dataset", "four")
    page.get_by_text("r4-relu on four").wait_for()
    page.get_by_label("Epochs", exact=True).fill("1")
    page.get_by_label("Epochs", exact=True).press("Enter")
    page.get_by_text("1 epoch with").wait_for()

    page.get_by_role("button", name="Vary a knob…").click()  # in the sidebar; the form opens beside Start
    values = page.get_by_label("Values", exact=True)
    values.fill("8, 600")
    values.press("Enter")
    seeds = page.get_by_label("Seeds for each", exact=True)
    seeds.fill("2")
    seeds.press("Enter")
    page.get_by_text("4 runs").wait_for()
    page.get_by_role("button", name="Start sweep").click()
    page.get_by_role("button", name="Place bet").wait_for(timeout=30_000)
    sweep = int(page.url.partition("sweep=")[2])
    assert store.sweep(sweep).status == "betting" and not store.runs(sweep=str(sweep))

    page.get_by_label("Your name (may stay empty)").fill("Ada")
    page.get_by_label("Your name (may stay empty)").press("Enter")
    page.get_by_test_id("stButtonGroup").get_by_text("8", exact=True).click()
    pad = page.locator("svg.sketching")
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 30, box["y"] + 220, steps=8)
    page.mouse.up()
    page.wait_for_function(f"{HANDLES}.every(each => each.getAttribute('aria-valuenow') !== '75.0')")
    page.get_by_label("Expected accuracy for 600 in percent").fill("25")  # typing does the same
    page.get_by_label("Expected accuracy for 600 in percent").press("Enter")
    page.get_by_role("button", name="Place bet").click()
    page.get_by_text("Ada bets on 8 and a sketch.").wait_for()
    (bet,) = bets.placed(store, sweep)
    assert (
        bet.bettor == "Ada" and bet.winner == "8" and bet.sketch["600"] == 0.25 and bet.sketch["8"] not in (0.25, 0.75)
    )

    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_test_id("sweep-chart")).to_have_count(1, timeout=30_000)  # the sketch's goes, the board's comes
    page.get_by_text("4 of 4 runs").wait_for(timeout=120_000)
    page.get_by_text("The verdict").wait_for(timeout=20_000)
    page.reload()  # bets and board are in the store, not in the tab
    page.get_by_text("The bets").wait_for(timeout=60_000)
    (row,) = bets.scored(_outcome(store, sweep), bets.placed(store, sweep))[1]
    page.get_by_role("row", name="Ada").get_by_text(f"sketch {100 * row.error:.1f} off").wait_for()
    means = [point.measured.mean for point in _outcome(store, sweep).points]
    for mean in means:
        page.get_by_test_id("sweep-chart").locator("td.mean", has_text=f"{100 * mean:.2f}").first.wait_for()

    page.get_by_test_id("sweep-chart").locator(".runs button").first.click()  # a seed leads to its run
    page.get_by_role("button", name=f"Sweep {sweep}").wait_for()
    assert "run=" in page.url and "sweep=" not in page.url


def test_a_finger_sketches_on_a_phone_and_nothing_is_too_wide(phone, store):
    from core.config import RunConfig
    from tests.runs.sweep_help import plan

    sweep = store.add_sweep(plan("batch_size=8,600", base=RunConfig("four", "flatten | linear classes")), betting=True)
    phone.goto(f"/train?sweep={sweep}")
    phone.locator("svg.sketching").wait_for(timeout=60_000)
    phone.locator("svg.sketching").scroll_into_view_if_needed()
    box = phone.locator("svg.sketching").bounding_box()
    phone.touchscreen.tap(box["x"] + box["width"] - 60, box["y"] + 200)
    phone.wait_for_function(f"{HANDLES}.some(each => Number(each.getAttribute('aria-valuenow')) < 50)")
    phone.get_by_role("button", name="Place bet").scroll_into_view_if_needed()
    phone.get_by_role("button", name="Place bet").click()
    phone.get_by_text("guest 1 bets on a sketch.").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    store.stop_sweep(sweep)


def _outcome(store, sweep):
    from core.runs.outcome import outcome

    return outcome(store, sweep)


def test_on_a_phone_the_sidebar_makes_way_for_the_sweep_that_was_started_there(phone):
    phone.goto("/train")
    phone.get_by_role("button", name="Vary…").wait_for(timeout=60_000)
    phone.get_by_test_id("stExpandSidebarButton").tap()
    phone.get_by_role("button", name="Vary a knob…").tap()
    phone.get_by_role("button", name="Start sweep").tap()
    phone.get_by_role("button", name="Start without bets").wait_for(timeout=30_000)
    expect(phone.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    phone.get_by_role("button", name="Stop", exact=True).tap()
