"""The story of a lesson in a real browser: choose, Start, watch, zoom, Stop, Resume, finish."""

import time

import pytest

from core.config import RunConfig
from core.paths import ROOT
from core.runs.store import Store
from ui.components.run_list import HTML

pytestmark = pytest.mark.browser
GRID = "document.querySelector('.ink-grid')"
TINY = RunConfig("tiny", "conv 8 3x3 | relu | pool 2 | flatten | linear classes", epochs=2, batch_size=64, lr=3e-3)


@pytest.fixture
def store(lab_home, monkeypatch):
    """The server's own store."""
    monkeypatch.setenv("LAB_HOME", str(lab_home))
    return Store()


@pytest.fixture
def empty(store):
    """The same without the runs of other stories."""
    for run in store.runs():
        if run.active:
            store.ask(run.id, "stop")
    for run in store.runs():
        while store.run(run.id).active:
            time.sleep(0.1)
        store.delete(run.id)
    return store


def points(page) -> int:
    return int(page.evaluate(f"{GRID}?.dataset.points ?? 0"))


def wait_for_points(page, more_than: int = 0, seconds: float = 60) -> None:
    page.wait_for_function(f"{GRID}?.dataset.points > {more_than}", timeout=1000 * seconds)


def ranges(page, panel: str = "loss") -> list[list[float]]:
    chart = f"document.querySelector('.ink-{panel} .ink-canvas')"
    return page.evaluate(f"[{chart}.layout.xaxis.range, {chart}.layout.yaxis.range]")


def drag(page, panel: str = "loss") -> None:
    """Zooms into the middle of a chart."""
    box = page.locator(f".ink-{panel} .nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.8, steps=6)
    page.mouse.up()


def choose(page, label: str, option: str) -> None:
    box = page.get_by_test_id("stSelectbox").filter(has=page.get_by_text(label, exact=True)).locator("input")
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).click()


def test_choose_a_preset_start_watch_zoom_stop_resume_and_finish(page, empty):
    store = empty
    page.goto("/train")
    page.get_by_text("Your first run").wait_for(timeout=60_000)
    choose(page, "Preset", "R4: FashionMNIST, linear + ReLU")
    page.get_by_text("r4-relu").first.wait_for()
    choose(page, "Dataset", "tiny")
    page.get_by_text("r4-relu on tiny, 10 epochs").wait_for()
    page.get_by_label("Epochs", exact=True).fill("60")
    page.get_by_label("Epochs", exact=True).press("Enter")
    page.get_by_text("60 epochs").wait_for()

    page.get_by_role("button", name="Start").click()
    wait_for_points(page)
    run = int(page.url.partition("run=")[2].partition("&")[0])
    assert [each.id for each in store.runs()] == [run]
    wait_for_points(page, more_than=points(page))  # the curve moves
    drag(page)
    page.wait_for_function("document.querySelector('.ink-axes [title^=Forget]').hidden === false")
    before, seen = ranges(page), points(page)
    wait_for_points(page, more_than=seen)  # and the zoom stays while it does
    assert ranges(page) == before
    assert ranges(page, "accuracy")[0] == before[0]  # the other charts follow along

    main = page.get_by_test_id("stMainBlockContainer")  # Streamlit has a Stop of its own at the top while a page runs
    main.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Resume").wait_for(timeout=20_000)
    stopped = store.run(run)
    assert stopped.status == "stopped" and 0 < stopped.step < stopped.steps_total

    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Use this recipe").wait_for(timeout=60_000)
    done = store.run(run)
    assert done.status == "finished" and done.step == done.steps_total
    page.get_by_role("group", name="Test pictures with the network's answers").wait_for()
    steps = store.curves([run])[run]["train/loss"].steps
    assert len(set(steps.tolist())) == len(steps)  # resuming doubled nothing


def test_closing_the_tab_changes_nothing_and_reopening_shows_the_run(page, store):
    run = store.add(TINY.replace(epochs=12), name="left alone")
    page.goto(f"/train?run={run}")
    wait_for_points(page)
    page.goto("about:blank")
    end = time.monotonic() + 120
    while store.run(run).status != "finished" and time.monotonic() < end:
        time.sleep(0.2)
    assert store.run(run).status == "finished"
    page.goto(f"/train?run={run}")
    wait_for_points(page)
    page.get_by_text("left alone").first.wait_for()


def test_two_runs_are_laid_over_each_other_and_the_link_says_so(page, store):
    one, two = (store.add(TINY.replace(lr=lr), name=f"lr {lr}") for lr in (1e-3, 1e-2))
    page.goto(f"/train?run={one}")
    page.locator("li[data-status=finished]").nth(1).wait_for(timeout=120_000)
    page.get_by_role("checkbox", name=f"Show the curves of run {two}").check()
    page.wait_for_url(f"**with={two}*")
    page.wait_for_function("document.querySelectorAll('.ink-legend .ink-run').length === 2")
    page.goto(f"/train?run={one}&with={two}")
    page.wait_for_function("document.querySelectorAll('.ink-legend .ink-run').length === 2", timeout=30_000)


def listed(page, steps: str):
    """What `steps` give, with the list of two runs in a bare page: `mount(beside)` shows it and returns its end."""
    source = (ROOT / "ui" / "components" / "run_list.js").read_text()
    look = {"status": "finished", "facts": "", "accuracy": "", "share": None, "light": "#000", "dark": "#fff"}
    data = {"runs": [look | {"id": i, "name": f"run {i}"} for i in (2, 1)], "open": 2, "summary": ""}
    script = f"""async ([source, html, data]) => {{
        const {{ default: list }} = await import("data:text/javascript," + encodeURIComponent(source))
        document.body.innerHTML = html
        const mount = beside => list({{ data: {{ ...data, beside }}, parentElement: document.body,
            setStateValue() {{}}, setTriggerValue() {{}} }})
        {steps}
    }}"""
    return page.evaluate(script, [source, HTML, data])


def test_a_list_that_is_mounted_again_has_every_run_once(page):
    """Streamlit may end a component and begin it again on the same element, mostly where two page runs meet."""
    steps = """const end = mount([]); mount([]); end(); mount([])
        return [...document.querySelectorAll("li .name span")].map(each => each.textContent)"""
    assert listed(page, steps) == ["run 2", "run 1"]


def test_a_tick_stays_when_an_older_message_of_the_page_comes_after_it(page):
    steps = """const tick = () => document.querySelectorAll("input")[1]
        mount([])
        tick().click()
        const seen = [tick().checked]
        for (const beside of [[], [1], []]) { mount(beside); seen.push(tick().checked) }
        return seen"""
    assert listed(page, steps) == [True, True, True, False]  # an older word, the answer, and then another tab's


@pytest.mark.parametrize("address", ["/", "/train"])
def test_nothing_scrolls_sideways_on_a_phone(phone, address):
    phone.goto(address)
    phone.get_by_test_id("stMain").wait_for(timeout=60_000)
    phone.wait_for_timeout(1500)
    wide = "[...document.querySelectorAll('html, .stMain, [data-testid=stMainBlockContainer]')]"
    assert phone.evaluate(f"{wide}.every(each => each.scrollWidth <= innerWidth)")


def test_the_charts_follow_the_dark_theme(browser, app_url, store):
    run = store.add(TINY.replace(epochs=1))
    context = browser.new_context(color_scheme="dark", base_url=app_url)
    page = context.new_page()
    page.goto(f"/train?run={run}")
    wait_for_points(page)
    ink = page.evaluate("document.querySelector('.ink-loss .ink-canvas').layout.font.color")
    assert ink == "#e9e6de"
    context.close()
