"""Home: usable with nothing at all, and honest about what is there."""

import streamlit as st
from streamlit.testing.v1 import AppTest

from core.config import RunConfig
from core.runs.metrics import Point
from core.runs.store import Store
from tests.pages.conftest import words, write_curves
from ui.parts import nickname


def test_an_empty_lab_without_network_shows_what_it_can_do_by_itself(open_page):
    at = open_page("home.py")
    assert not at.exception and not at.error
    said = words(at)
    assert "strokes-digits" in said and "ready" in said
    assert "will be downloaded" in said  # mnist: its state is told, nothing is fetched
    assert "Nothing has been trained here yet" in said and "takes about a minute" not in said
    assert "none yet" in said and "absent" not in said  # of the class's drawings: nothing is wrong with an empty pool
    assert "CPU" in said


def test_a_time_machine_without_a_run_shows_the_way_to_train(open_page):
    at = open_page("time.py")
    assert not at.exception and "Train your first network" in [each.proto.label for each in at.get("page_link")]


def test_the_browser_remembers_the_nickname_and_that_it_was_emptied(open_page, monkeypatch):
    kept = {}
    monkeypatch.setattr(nickname, "name_kept", lambda key, name: kept.update(name=name))
    monkeypatch.setattr(type(st.context), "cookies", {"inkling-name": "Ada%20%CE%B1"})
    at = open_page("home.py")
    assert at.text_input(key="visitor").value == "Ada α" and not kept
    at.text_input(key="visitor").set_value("Bo").run()
    assert kept == {"name": "Bo"}
    at.text_input(key="visitor").set_value("").run()
    assert kept == {"name": ""} and at.text_input(key="visitor").value == ""


def test_a_session_that_never_shows_the_field_knows_the_nickname(monkeypatch):
    monkeypatch.setattr(type(st.context), "cookies", {"inkling-name": "Ada"})
    at = AppTest.from_function(_says_who).run()
    assert at.markdown[0].value == "Ada"


def _says_who():
    import streamlit as st

    from ui.state import visitor

    st.markdown(visitor())


def test_runs_are_listed_with_their_accuracy_and_state(open_page):
    store = Store()
    run = store.add(RunConfig("strokes-digits"), name="first *try*")
    write_curves(store, run)
    said = words(open_page("home.py"))
    assert "90.00 %" in said and "queued" in said and "0 running, 1 waiting, 1 in all" in said


def test_the_accuracy_of_a_run_is_that_of_its_kept_weights_not_of_its_best_moment(open_page):
    store = Store()
    run = store.add(RunConfig("strokes-digits"))
    points = [Point("test/accuracy", step, value, float(step)) for step, value in enumerate((0.5, 0.92, 0.71), 1)]
    ids = store.name_ids(["test/accuracy"])
    with store.write() as connection:
        store.write_points(connection, run, points, ids)
    said = words(open_page("home.py"))
    assert "71.00 %" in said and "92.00 %" not in said


def test_a_home_that_cannot_be_written_is_one_sentence_with_the_way_out(open_page, home):
    home.write_text("a file where the folder should be")
    at = open_page("home.py")
    assert not at.exception
    assert "cannot write" in at.error[0].value and "LAB_HOME" in at.error[0].value


def test_every_page_of_the_table_exists_and_is_linked_from_home(open_page):
    from ui.navigation import PAGES

    at = open_page("home.py")
    labels = [link.value for link in at.page_link]
    for place in PAGES[1:]:
        assert (at, place.file) and any(place.title in label for label in labels)


def test_the_datasets_of_a_busy_school_are_folded_behind_the_first_dozen(open_page, tmp_path, monkeypatch):
    from tests.runs.small import write_npz

    monkeypatch.setenv("LAB_DATA", str(tmp_path / "sets"))
    write_npz(tmp_path / "sets")
    whole = (tmp_path / "sets" / "tiny.npz").read_bytes()
    for number in range(15):
        (tmp_path / "sets" / f"class-{number}.npz").write_bytes(whole)
    at = open_page("home.py")
    assert not at.exception
    assert len(at.expander) == 1 and at.expander[0].label.endswith(" more")
    assert int(at.expander[0].label.split()[0]) >= 4 and "class-14" in words(at)
