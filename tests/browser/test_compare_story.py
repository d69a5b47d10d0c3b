"""The story of a fair comparison: tick two recipes, read the verdict, look at the bands, follow the link back."""

import pytest
from sqlalchemy import update

from core.config import RunConfig
from core.runs.metrics import Point
from core.runs.store import Store
from core.runs.tables import runs

pytestmark = pytest.mark.browser
BASE = RunConfig("tiny", "r4-relu", epochs=4, train_size=1234)
TABLE = "[data-testid=run-table]"
CURVES = ".st-key-compare-curves"


@pytest.fixture
def two(lab_home, monkeypatch):
    """Two finished recipes of three seeds each, the second one better for certain."""
    monkeypatch.setenv("LAB_HOME", str(lab_home))
    store, made = Store(), {}
    ids = store.name_ids(["test/accuracy", "train/loss"])
    for lr, best in ((0.003, 0.80), (0.03, 0.90)):
        made[lr] = []
        for seed in range(3):
            run = store.add(BASE.replace(lr=lr, seed=seed), name="compared")
            made[lr].append(run)
            points = [Point("train/loss", step, 2 / step + seed / 50, step / 9) for step in range(1, 200)]
            points += [Point("test/accuracy", 50 * at, best - 0.1 / at + seed / 500, at * 5) for at in range(1, 5)]
            with store.write() as connection:
                store.write_points(connection, run, points, ids)
                done = dict(status="finished", steps_per_epoch=50.0, step=200, steps_total=200, seconds=20.0 + run)
                connection.execute(update(runs).where(runs.c.id == run).values(done))
    yield made
    for run in (each for group in made.values() for each in group):
        store.delete(run)
    store.close()


def traces(page) -> list[dict]:
    told = """each => ({count: each.data.length, axis: each.layout.xaxis.title.text,
      bands: each.data.filter(trace => trace.fill === 'tonexty').length})"""
    return page.evaluate(f"[...document.querySelectorAll('{CURVES} .ink-canvas')].map({told})")


def drawn(page, more_than: int = 0) -> int:
    page.wait_for_function(
        f"document.querySelector('{CURVES} .ink-charts')?.dataset.drawn > {more_than}", timeout=30_000
    )
    return int(page.evaluate(f"document.querySelector('{CURVES} .ink-charts').dataset.drawn"))


def test_tick_two_recipes_read_the_verdict_see_the_bands_and_come_back_by_the_link(page, two):
    page.goto("/compare")
    page.get_by_placeholder("Search").fill("compared lr>0.001")
    page.get_by_placeholder("Search").press("Enter")
    boxes = page.locator(f"{TABLE} tbody tr").get_by_role("checkbox")
    page.locator(f"{TABLE}[data-rows='2']").wait_for(timeout=60_000)
    boxes.nth(0).check()
    page.get_by_text("3 runs compared").wait_for()
    page.locator(f"{TABLE} tbody tr").get_by_role("checkbox").nth(1).check()
    page.get_by_text("lr 0.03 is better than lr 0.003 by").wait_for()

    before = drawn(page)
    assert [(each["count"], each["bands"]) for each in traces(page)] == [(6, 2), (6, 2)]  # low, high and mean of two
    page.get_by_role("radio", name="seconds").click()
    drawn(page, more_than=before)
    page.wait_for_function(
        f"document.querySelector('{CURVES} .ink-canvas').layout.xaxis.title.text.includes('seconds')"
    )

    numbers = sorted(run for group in two.values() for run in group)
    assert f"runs={numbers[0]}-{numbers[-1]}" in page.url and "x=seconds" in page.url
    page.get_by_role("radio", name="Numbers").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Runs (CSV)").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 7 and lines[0].startswith("run,name,recipe")

    link = page.url
    page.goto("about:blank")
    page.goto(link)
    page.get_by_text("lr 0.03 is better than lr 0.003 by").wait_for(timeout=60_000)
    page.get_by_role("button", name="Runs (CSV)").wait_for()
    page.get_by_role("radio", name="Curves").click()
    drawn(page)
    assert traces(page)[0]["axis"].startswith("seconds")


def test_a_chart_is_saved_as_a_picture_and_nothing_scrolls_sideways_on_a_phone(phone, two):
    numbers = sorted(run for group in two.values() for run in group)
    phone.goto(f"/compare?runs={numbers[0]}-{numbers[-1]}")
    drawn(phone)
    wide = "[...document.querySelectorAll('html, .stMain, [data-testid=stMainBlockContainer]')]"
    assert phone.evaluate(f"{wide}.every(each => each.scrollWidth <= innerWidth)")
    with phone.expect_download() as download:
        phone.locator(CURVES).get_by_role("button", name="PNG").first.click()
    assert download.value.suggested_filename == "inkling-curves-test-accuracy.png"
    assert download.value.path().read_bytes()[:4] == b"\x89PNG"
