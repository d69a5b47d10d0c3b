"""The story of the Reports page in a real browser: full at once, run again, own results join, compare."""

import numpy as np
import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def digits(lab_home):
    """A very small stand-in for MNIST, so that `Run quick` takes seconds and nothing is downloaded."""
    luck = np.random.default_rng(0)
    y = luck.integers(0, 10, 1200)
    x = luck.integers(0, 90, (1200, 28, 28))
    for each, label in zip(x, y, strict=True):
        each[2 * label : 2 * label + 8, 4:24] += 120
    x = x.astype(np.uint8)
    file = lab_home / "data" / "mnist.npz"
    np.savez(file, x_train=x[:1000], y_train=y[:1000], x_test=x[1000:], y_test=y[1000:])
    yield
    file.unlink()


def test_a_class_runs_an_experiment_again(page, app_url, digits) -> None:
    page.goto(f"{app_url}/reports?report=R1")
    card = page.locator("[data-testid=stVerticalBlock]").filter(has=page.locator("#r1-kernel")).last
    card.locator(".ink-rep .row.probe, .ink-rep .row").first.wait_for(timeout=60_000)
    assert "96 %" in card.locator(".ink-rep").inner_text()
    assert page.get_by_text("± 0.", exact=False).first.is_visible(), "measured runs came with the lab"
    page.locator(".st-key-again-r1-kernel-full button").first.click()
    mine = page.get_by_text("Runs of this lab (2)")
    mine.wait_for(timeout=120_000)
    mine.click()
    page.get_by_role("link", name="r1-kernel 5x5, seed 0").wait_for()
    page.locator(".st-key-again-r1-kernel-full").first.wait_for()
    page.get_by_role("link", name="Compare these runs").first.click()
    page.wait_for_url("**/compare?runs=*")


def test_a_phone_shows_every_figure(phone, app_url) -> None:
    phone.goto(f"{app_url}/reports?report=R1")
    phone.locator(".ink-rep .row").first.wait_for(timeout=60_000)
    wide = phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 390
    assert phone.locator(".ink-rep [data-label=claimed]").first.is_visible()
