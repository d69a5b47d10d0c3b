"""The Reports page: full on first start, runs again what it shows, and takes the lab's own runs in."""

import json
from pathlib import Path

import pytest

from core.config.experiment import quick
from core.config.experiments import EXPERIMENTS
from core.runs import measured
from core.runs.metrics import Point
from core.runs.store import Store
from tests.pages.conftest import words
from ui.parts import reports_rows

SHIPPED = measured.shipped_file()


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A results file of the test's own."""
    file = tmp_path / "results.json"
    file.write_text(SHIPPED.read_text())
    monkeypatch.setattr(measured, "shipped_file", lambda: file)
    return file


def finish(store: Store, config, accuracies: list[float], run: int | None = None) -> int:
    """A finished run of the store with these test accuracies, an epoch each; a new one, or that one."""
    run = store.add(config) if run is None else run
    names = store.name_ids(["test/accuracy", "epoch/train_accuracy"])
    points = [Point(name, 10 * e, value, e) for e, value in enumerate(accuracies, 1) for name in names]
    with store.write() as connection:
        store.write_points(connection, run, points, names)
        connection.exec_driver_sql(
            "UPDATE runs SET status = 'finished', steps_per_epoch = 10, seconds = 5 WHERE id = ?", (run,)
        )
    return run


def test_the_page_is_full_on_first_start(open_page) -> None:
    at = open_page("reports.py")
    assert not at.exception
    text = words(at)
    for each in EXPERIMENTS.values():
        assert f"{each.report} · {each.title}" in text
        assert each.claim in text
    assert "69.03 %" in text and "33.59 %" in text
    assert "80–84 %" in text and "84–91 %" in text, "ranges stay ranges"
    assert "3 seeds" in text, "measured runs came with the lab"


def test_a_link_opens_one_report(open_page) -> None:
    text = words(open_page("reports.py", report="R4"))
    assert "R4 · Three nets on FashionMNIST" in text and "R1 · Dropout" not in text


def test_a_link_to_a_report_that_does_not_exist_shows_all(open_page) -> None:
    at = open_page("reports.py", report="R9")
    assert not at.exception and "R1 · Dropout" in words(at)


def test_run_again_queues_a_tagged_group_once(open_page, no_workers) -> None:
    at = open_page("reports.py", report="R1")
    at.selectbox(key="again-r1-kernel-seeds").set_value(3).run()
    at.button(key="again-r1-kernel-quick").click().run()
    assert not at.exception
    store = Store()
    runs = store.runs()
    rows = {quick(row.config) for row in EXPERIMENTS["r1-kernel"].reported if row.config}
    assert len(runs) == 6 and "ensure" in no_workers
    assert {run.config.replace(seed=0) for run in runs} == rows
    assert all(run.tags == ("quick", "r1-kernel") for run in runs)
    assert "0 of 6 runs done" in words(at)
    at.button(key="again-r1-kernel-quick").click().run()
    assert len(store.runs()) == 6 and "nothing was queued" in words(at)


def test_a_full_run_has_the_recipe_of_the_card(open_page) -> None:
    at = open_page("reports.py", report="R1")
    at.button(key="again-r1-kernel-full").click().run()
    found = {run.config for run in Store().runs()}
    assert found == {row.config for row in EXPERIMENTS["r1-kernel"].reported}


def test_own_runs_join_the_shipped_ones_and_can_be_compared(open_page, shipped: Path) -> None:
    shipped.write_text('{"records": []}')
    store = Store()
    better, worse = (EXPERIMENTS["r1-kernel"].row(name).config for name in ("kernel-5", "kernel-4"))
    assert better is not None and worse is not None
    numbers = [finish(store, better.replace(seed=s), [0.9 + s / 100]) for s in range(3)]
    numbers += [finish(store, worse.replace(seed=s), [0.8 + s / 100]) for s in range(3)]
    at = open_page("reports.py", report="R1")
    text = words(at)
    assert "91.00 ± " in text and "81.00 ± " in text
    assert "+10.00 points" in text
    from ui.parts.reports_run import COMPARE

    if COMPARE:
        links = [each for each in at.main if getattr(each, "type", "") == "page_link"]
        linked = [json.loads(json.dumps(str(each.proto.query_string))) for each in links]
        assert any(all(str(number) in text for number in numbers) for text in linked)


def test_what_ends_while_the_page_is_drawn_is_on_it_without_a_click(
    open_page, no_workers, shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped.write_text('{"records": []}')
    store, config, own = Store(), EXPERIMENTS["r1-kernel"].row("kernel-5").config, measured.own
    waiting = [store.add(config, tags=("r1-kernel",))]

    def read(*told):
        found = own(*told)
        while waiting:
            finish(store, config, [0.1234], waiting.pop())
        return found

    monkeypatch.setattr(measured, "own", read)
    at = open_page("reports.py", report="R1")
    assert "12.34 %" in words(at)
    assert any(each.label == "Runs of this lab (1)" for each in at.expander)


def test_without_any_measurement_the_page_shows_the_claims(open_page, shipped: Path) -> None:
    shipped.unlink()
    at = open_page("reports.py")
    assert not at.exception
    text = words(at)
    assert "69.03 %" in text and "not yet" in text and "Nothing has been measured yet" in text


def test_a_damaged_results_file_is_a_sentence(open_page, shipped: Path) -> None:
    shipped.write_text("{")
    at = open_page("reports.py")
    assert not at.exception and "is no list of measured runs" in words(at)


def test_what_cannot_run_here_says_why(open_page) -> None:
    at = open_page("reports.py", report="R1")
    assert "Not to be run from here. Ten drawings are no training run" in words(at)
    assert not [button for button in at.button if "r1-own-digits" in str(button.key)]


def test_a_deleted_run_is_simply_gone(open_page, shipped: Path) -> None:
    shipped.write_text('{"records": []}')
    store = Store()
    config = EXPERIMENTS["r1-kernel"].row("kernel-5").config
    assert config is not None
    run = finish(store, config, [0.1234])
    assert "12.34 %" in words(open_page("reports.py", report="R1"))
    store.delete(run)
    assert "12.34 %" not in words(open_page("reports.py", report="R1"))


@pytest.mark.parametrize(
    ("seconds", "said"), [(7.04, "7.0 s"), (61, "61 s"), (402, "6:42 min"), (5108, "1 h 25 min"), (119.6, "120 s")]
)
def test_times_are_short(seconds: float, said: str) -> None:
    assert reports_rows.short(seconds) == said


@pytest.mark.parametrize(("share", "said"), [(0.9886, "98.86"), (0.96, "96"), (0.1135, "11.35"), (0.637, "63.7")])
def test_claims_have_as_many_digits_as_the_report(share: float, said: str) -> None:
    assert reports_rows.percents(share) == said


def test_a_row_title_cannot_smuggle_markup() -> None:
    from core.config.experiment import Row
    from core.look.reproduced import Standing

    assert "<b>" not in reports_rows.table([Standing(Row("x", "<b>x</b>", None))], "light").replace("<b class", "")
