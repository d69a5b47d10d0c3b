"""The story of mistakes: click a confusion, see its pictures, enlarge one, lasso the map, scrub through a training."""

import numpy as np
import pytest

from core.config import RunConfig
from tests.browser.by_the_lab import trained_by_the_lab

pytestmark = pytest.mark.browser
LINE = "conv 4 3x3 | relu | pool 2 | flatten | linear 12 | relu | linear classes"
SMALL = RunConfig("blots", LINE, epochs=3, batch_size=64, lr=3e-3, snapshots=6)
BOARD, MACHINE = "[data-testid=board][data-state=ready]", "[data-testid=machine][data-state=ready]"
FIND = """() => {
  const both = each => each.shadowRoot ? [each, ...inside(each.shadowRoot)] : [each]
  const inside = root => [...root.querySelectorAll('*')].flatMap(both)
  window.found = name => inside(document).find(each => each.dataset?.testid === name)
}"""


@pytest.fixture(scope="module")
def trained(app_url, browser, lab_home) -> int:
    """Four kinds of blots, hard enough that some are confused, learned by the lab's own worker."""
    luck = np.random.default_rng(0)
    y = luck.integers(0, 4, 2000)
    x = luck.integers(0, 200, (2000, 12, 12))
    for i, label in enumerate(y):
        top, left = 6 * (label // 2), 6 * (label % 2)
        x[i, top : top + 6, left : left + 6] += 22
    np.savez(
        lab_home / "data" / "blots.npz", x_train=x.clip(0, 255).astype(np.uint8), y_train=y,
        x_test=x[:300].clip(0, 255).astype(np.uint8), y_test=y[:300],
    )  # fmt: skip
    return trained_by_the_lab(SMALL, "blots", app_url, browser, lab_home)


def counts(page) -> list[list[int]]:
    """The matrix, read from what the page says about each cell when the arrow keys walk over it."""
    canvas = page.get_by_test_id("matrix")
    canvas.focus()
    rows = []
    for row in range(4):
        line = []
        for column in range(4):
            page.keyboard.press("ArrowRight" if column else ("ArrowDown" if row else "ArrowUp"))
            text = page.locator("[data-testid=board] .sr").inner_text()
            line.append(int(text.split(": ")[1].split(" of ")[0]))
        rows.append(line)
        for _ in range(3):
            page.keyboard.press("ArrowLeft")
    return rows


def test_a_confusion_is_clicked_and_its_pictures_are_seen(page, trained):
    page.goto(f"/mistakes?run={trained}")
    page.locator(BOARD).wait_for(timeout=60_000)
    title, strip = page.get_by_test_id("chosen"), page.get_by_test_id("strip")
    mistakes = int(title.inner_text().split()[0])
    assert mistakes > 0 and int(strip.get_attribute("data-count")) == mistakes
    rows = counts(page)
    assert sum(map(sum, rows)) == 300
    assert sum(rows[i][j] for i in range(4) for j in range(4) if i != j) == mistakes
    truth, answer = max(((i, j) for i in range(4) for j in range(4) if i != j), key=lambda at: rows[at[0]][at[1]])
    box = page.get_by_test_id("matrix").bounding_box()
    cell = (box["width"] - 26 - 1) / 4
    page.mouse.click(box["x"] + 26 + (answer + 0.5) * cell, box["y"] + 24 + (truth + 0.5) * cell)
    many = rows[truth][answer]
    assert title.inner_text() == f"{many} picture{'s' * (many != 1)}: {truth} read as {answer}"
    page.wait_for_url(f"**cell={truth}-{answer}*", timeout=15_000)

    strip.click(position={"x": 20, "y": 20})
    card = page.get_by_test_id("card")
    card.get_by_text(f"It is: {truth}").wait_for(timeout=5_000)
    page.get_by_role("button", name="All mistakes").click()
    assert int(strip.get_attribute("data-count")) == mistakes

    box = page.get_by_test_id("cloud").bounding_box()
    corners = [(0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=5)
    page.mouse.up()
    assert title.inner_text() == "300 pictures inside your line"

    strip.click(position={"x": 20, "y": 20})
    number = card.locator(".note").first.inner_text().split("·")[0].split()[-1]
    card.get_by_text("Look inside with this picture").click()
    page.wait_for_url(f"**/inside**picture={number}*", timeout=30_000)


def test_a_click_in_the_matrix_shows_pictures_at_once(page, trained):
    page.goto(f"/mistakes?run={trained}")
    page.locator(BOARD).wait_for(timeout=60_000)
    page.wait_for_timeout(1000)
    page.evaluate(FIND)
    taken = page.evaluate(
        """async () => {
          const matrix = found('matrix'), title = found('chosen'), taken = []
          const box = matrix.getBoundingClientRect()
          const cell = (box.width - 27) / 4
          for (let k = 0; k < 8; k++) {
            const begun = performance.now()
            const place = [box.left + 26 + (k % 4 + 0.5) * cell, box.top + 24 + (Math.floor(k / 4) + 0.5) * cell]
            matrix.dispatchEvent(new MouseEvent('click', { bubbles: true, clientX: place[0], clientY: place[1] }))
            await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
            taken.push(performance.now() - begun)
          }
          return taken
        }"""
    )
    assert sorted(taken)[len(taken) // 2] < 300, taken


def test_the_time_machine_is_scrubbed_and_played(page, trained):
    page.goto(f"/time?run={trained}")
    page.locator(MACHINE).wait_for(timeout=240_000)  # the film is made by a process that gives way
    machine, told = page.locator(MACHINE), page.get_by_test_id("moment")
    last = int(machine.get_attribute("data-moment"))
    assert last >= 3 and told.inner_text().startswith("epoch 3 ")
    slider = page.get_by_label("Moment of the training")
    slider.focus()
    page.keyboard.press("Home")
    assert told.inner_text().startswith("epoch 0 ") and machine.get_attribute("data-moment") == "0"
    page.wait_for_url("**epoch=0*", timeout=15_000)
    begin = float(told.inner_text().split("·")[-1].split("%")[0])
    page.evaluate(FIND)
    spent = page.evaluate(
        """async () => {
          const machine = found('machine'), slider = machine.querySelector('input'), spent = []
          for (let k = 1; k <= Number(slider.max); k++) {
            const begun = performance.now()
            slider.value = k
            slider.dispatchEvent(new Event('input', { bubbles: true }))
            await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
            spent.push(performance.now() - begun)
          }
          return spent
        }"""
    )
    assert sorted(spent)[len(spent) // 2] < 300, spent
    assert float(told.inner_text().split("·")[-1].split("%")[0]) > begin
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("Number(found('machine').dataset.moment) >= 1", timeout=10_000)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()


def test_on_a_phone_nothing_is_wider_than_the_screen(phone, trained):
    for address in (f"/mistakes?run={trained}", f"/mistakes?run={trained}&look=Classes", f"/time?run={trained}"):
        phone.goto(address)
        phone.get_by_test_id("stSelectbox").first.wait_for(timeout=60_000)
        phone.wait_for_timeout(2000)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
