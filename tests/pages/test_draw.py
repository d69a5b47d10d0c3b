"""The Draw page: a drawing is read, explained, kept; and nothing that comes in breaks it."""

import io
import json
import types

import numpy as np
import pytest
import streamlit as st
import torch
from PIL import Image
from sqlalchemy import update

from core.config import RunConfig
from core.data import drawn
from core.data.drawn import Stroke
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.line import build
from core.runs.drawings import Labelled, pool
from core.runs.finish import checkpoint_dir
from core.runs.parcel import packed
from core.runs.store import Store
from core.runs.tables import runs
from tests.pages.conftest import words
from ui.parts import models

DIGITS = tuple("0123456789")
ONE = drawn.pack([Stroke(600, np.array([[5000, 2000], [5000, 8000]], np.uint16))])


@pytest.fixture(autouse=True)
def reader(home, monkeypatch):
    """A tiny model that is sure of a 1 for whatever has more ink in the middle column; no shipped model is needed."""
    from core import paths

    monkeypatch.setattr(paths, "shipped", lambda: home / "none")
    models._seen.clear()
    save(home / "checkpoints" / "ink-digits", known_at=0.0)


def save(folder, known_at=None, favourite=1, classes=DIGITS):
    net = build("flatten | linear classes", (1, 28, 28), len(classes))
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
        next(net.parameters())[favourite] = 0.05
    reading = {} if known_at is None else {"known_at": known_at}
    known = {"dataset": "strokes-digits", "scale": "unit", "accuracy": 0.97, "mean": (0.1,), "std": (0.3,)}
    card = Card("ink-digits", net.line, (1, 28, 28), classes, reading=reading, **known)
    checkpoint.save(folder, net, card)


def answer(at):
    """What the answer component was given."""
    component = None
    for each in walk(at._tree):
        proto = getattr(each, "proto", None)
        if proto is not None and getattr(proto, "component_name", "") == "inkling_answer":
            component = proto
    return json.loads(component.json)


def walk(block):
    for child in getattr(block, "children", {}).values():
        yield child
        yield from walk(child)


def draw(at, ink=ONE, n=1, up=True):
    at.session_state["pad"] = {"ink": {"n": n, "up": up, "ink": ink}}
    return at.run()


def photo(shape=(200, 300), marks=((100, 40, 160),)):
    pixels = np.full((*shape, 3), 220, np.uint8)
    for left, top, bottom in marks:
        pixels[top:bottom, left : left + 12] = 30
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def paste(at, data):
    at.session_state["source"] = "photo"
    at.session_state["photo"] = ("The pasted picture", data)
    return at.run()


def test_an_empty_pad_is_an_invitation_and_no_answer(open_page):
    at = open_page("draw.py")
    assert not at.exception
    found = answer(at)
    assert found["state"] == "empty" and found["bars"] == [] and "read while you draw" in found["sentence"]
    assert "None yet. Draw something" in words(at)


def test_a_stroke_is_read_at_once_with_bars_and_the_very_pixels(open_page):
    at = draw(open_page("draw.py"))
    assert not at.exception
    found = answer(at)
    assert found["state"] == "read" and found["sign"] == "1" and found["n"] == 1
    assert found["bars"][0]["name"] == "1" and sum(bar["share"] for bar in found["bars"]) <= 1.001
    assert len(found["seen"]) > 1000 and 0 <= found["reject"] <= 1
    assert "Why this answer?" in words(at) and "20 pixels" in words(at)


def test_a_scribble_is_none_of_these(open_page, home):
    save(home / "checkpoints" / "ink-digits", known_at=50.0)
    models._seen.clear()
    from ui import services

    services._predictor.clear()
    found = answer(draw(open_page("draw.py")))
    assert found["state"] == "refused" and found["sign"] == "?" and found["sentence"] == "None of these"
    assert "nearest would be a 1" in found["detail"]


def test_switching_a_step_off_changes_what_the_network_sees(open_page):
    at = draw(open_page("draw.py"))
    before = answer(at)["seen"]
    at.toggle(key="step-crop").set_value(False).run()
    assert not at.exception and answer(at)["seen"] != before
    next(each for each in at.button if "all steps on" in each.label).click().run()
    assert answer(at)["seen"] == before


@pytest.mark.parametrize("view", ["nearest", "mattered", "rivals"])
def test_every_closer_look_opens(open_page, view, monkeypatch):
    from ui import services

    small = registry_set()
    monkeypatch.setattr(services, "dataset", lambda name: small)
    at = draw(open_page("draw.py", closer=view))
    assert not at.exception
    expected = {"nearest": "training pictures of", "mattered": "covered once", "rivals": "No run has finished"}
    assert expected[view] in words(at) + "".join(each.value for each in at.info)


def registry_set():
    from core.data.dataset import made
    from core.data.strokes import draw_set

    x, y = draw_set(60, 0, DIGITS)
    return made("strokes-digits", (x, y), (x[:10], y[:10]), DIGITS)


def finish(store, run):
    from sqlalchemy import update

    from core.runs.tables import runs

    with store.write() as connection:
        connection.execute(update(runs).where(runs.c.id == run).values(status="finished"))


def test_all_runs_answer_side_by_side_sorted_by_the_learning_rate(open_page):
    store = Store()
    for rate, favourite in ((0.1, 7), (0.001, 1), (0.01, 1)):
        run = store.add(RunConfig("strokes-digits", "flatten | linear classes", lr=rate), name=f"lr {rate:g}")
        save(checkpoint_dir(run), favourite=favourite)
        finish(store, run)
    at = draw(open_page("draw.py", closer="rivals"))
    assert not at.exception
    page = words(at)
    places = [page.index(f"· lr {rate}") for rate in ("0.001", "0.01<", "0.1")]
    assert places == sorted(places)
    assert page.count("unlike most") == 1 and "2 of 3 runs say 1" in page


def test_runs_that_never_learned_the_character_do_not_count(open_page):
    store = Store()
    for name, classes, favourite in (("ones", DIGITS, 1), ("letters", ("alpha", "beta"), 0), ("few", ("2", "3"), 0)):
        run = store.add(RunConfig("strokes-digits", "flatten | linear classes"), name=name)
        save(checkpoint_dir(run), classes=classes, favourite=favourite)
        finish(store, run)
    page = words(draw(open_page("draw.py", closer="rivals", model="ink-digits")))
    assert "1 of 1 runs say 1. 2 have never learned 1" in page and "unlike most" not in page
    assert "cannot read digits" in page and "does not know 1" in page


def test_a_run_whose_checkpoint_is_damaged_is_left_out_of_all_runs(open_page):
    test_all_runs_answer_side_by_side_sorted_by_the_learning_rate(open_page)
    (checkpoint_dir(1) / "weights.safetensors").write_bytes(b"no weights")
    models._loaded.cache_clear()
    at = draw(open_page("draw.py", closer="rivals"))
    assert not at.exception and not at.warning and "2 of 2 runs say 1" in words(at)


def test_a_run_can_be_the_reader_and_says_when_it_cannot_refuse(open_page):
    test_all_runs_answer_side_by_side_sorted_by_the_learning_rate(open_page)
    at = draw(open_page("draw.py", model="run"))
    found = answer(at)
    assert (
        found["reject"] is None
        and "cannot refuse" in found["verdict"]
        and len(at.selectbox(key="draw-run").options) == 3
    )


def finished(name: str, favourite: int = 1, net: str = "flatten | linear classes", **config) -> int:
    """A run that can be chosen as the reader."""
    store = Store()
    run = store.add(RunConfig("strokes-digits", net, **config), name=name)
    save(checkpoint_dir(run), favourite=favourite)
    with store.write() as connection:
        connection.execute(update(runs).where(runs.c.id == run).values(status="finished"))
    return run


def test_a_generator_never_reads_and_a_link_to_it_is_told(open_page):
    reader, gan = finished("reader", 7), finished("a generator", kind="gan", net="gan-small")
    at = draw(open_page("draw.py", model="run"))
    assert not at.exception and not at.warning and answer(at)["sign"] == "7"
    assert [each.split(" ")[0] for each in at.selectbox(key="draw-run").options] == [str(reader)]
    at = open_page("draw.py", model="run", run=str(gan))
    assert f"Run {gan} trains a generator, which reads no drawings" in at.warning[0].value
    assert answer(draw(at))["sign"] == "7"


def test_a_damaged_checkpoint_is_told_without_a_folder_of_the_server(open_page, home):
    run = finished("broken")
    (checkpoint_dir(run) / "weights.safetensors").write_bytes(b"no weights")
    at = open_page("draw.py", model="run")
    assert not at.exception and not at.info and "checkpoint of run 1 cannot be read" in at.warning[0].value
    assert str(home) not in words(at) + "".join(each.value for each in at.warning)
    at.segmented_control(key="model").set_value("ink-digits").run()
    assert answer(draw(at))["sign"] == "1" and not at.warning


def linked(at, name: str) -> str:
    value = at.query_params.get(name, "")
    return value if isinstance(value, str) else value[0]


def test_the_run_that_reads_stands_in_the_address_and_a_link_opens_it(open_page):
    first, second = finished("first", 3), finished("second", 5)
    at = open_page("draw.py", model="run")
    assert linked(at, "run") == str(second)
    at.selectbox(key="draw-run").set_value(first).run()
    assert linked(at, "run") == str(first) and answer(draw(at))["sign"] == "3"
    assert at.session_state["run"] == first
    again = open_page("draw.py", model="run", run=str(first))
    assert answer(draw(again))["sign"] == "3" and linked(again, "run") == str(first)
    again.query_params["run"] = str(second)  # another link in the same visit
    assert answer(draw(again, n=2))["sign"] == "5"
    again.segmented_control(key="model").set_value("ink-digits").run()
    assert not linked(again, "run") and answer(again)["sign"] == "1"


def test_a_link_opens_a_run_that_is_older_than_the_list(open_page, monkeypatch):
    first = finished("first", 3)
    finished("second", 5)
    monkeypatch.setattr("ui.lab.LISTED", 1)
    at = draw(open_page("draw.py", run=str(first)))
    assert not at.exception and answer(at)["sign"] == "3" and linked(at, "model") == "run"
    assert len(at.selectbox(key="draw-run").options) == 2


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"model": "ink-99"}, "asks for the network 'ink-99', which this lab does not have"),
        ({"model": "run"}, "no run of this lab can read drawings yet"),
        ({"model": "run", "run": "99"}, "Run 99 does not exist"),
        ({"model": "run", "run": "twelve"}, "asks for the run 'twelve'; allowed: the number of a run"),
    ],
)
def test_a_link_to_a_network_that_cannot_read_is_told_once(open_page, link, said):
    at = open_page("draw.py", **link)
    assert not at.exception and [said in each.value for each in at.warning] == [True]
    assert not linked(at, "run") and answer(draw(at))["sign"] == "1" and not at.warning


def test_without_any_model_the_page_says_where_to_get_one(open_page, home, monkeypatch):
    import shutil

    shutil.rmtree(home / "checkpoints")
    models._seen.clear()
    at = open_page("draw.py")
    assert not at.exception and any("no network to read with" in each.value for each in at.info)


def test_one_tap_keeps_the_drawing_with_its_label_and_frees_the_pad(open_page):
    at = open_page("draw.py")
    at.text_input(key="visitor").set_value("Ada").run()
    draw(at)
    at.button_group(key="keep").set_value("7").run()
    assert not at.exception
    with pool() as drawings:
        (kept,) = drawings.drawings()
    assert (kept.label, kept.owner, kept.answer, kept.ink) == ("7", "Ada", "1", ONE)
    assert answer(at)["state"] == "empty" and any("Kept as 7" in each.value for each in at.toast)
    assert at.session_state["drawing"]["ink"] == ""


def fill(count=3):
    with pool() as drawings:
        rng = np.random.default_rng(0)
        drawings.keep_all(
            Labelled(rng.integers(1, 255, (28, 28), dtype=np.uint8), str(at % 10), f"p{at % 3}", ONE)
            for at in range(count)
        )


def test_the_table_says_how_good_the_network_is_on_the_class(open_page):
    with pool() as drawings:
        image = np.zeros((28, 28), np.uint8)
        image[4:24, 13:15] = 255
        drawings.keep(Labelled(image, "1"))
        image[4:24, 12] = 90
        drawings.keep(Labelled(image, "7"))
    at = open_page("draw.py")
    table = at.dataframe[0].value
    assert list(table["Tested on"]) == ["strokes-digits test", "your class's drawings"]
    assert list(table["Right"]) == ["97.00 %", "50.00 %"]


def test_a_picked_drawing_can_be_put_on_the_pad_or_deleted(open_page):
    fill()
    at = open_page("draw.py")
    at.session_state["picked"] = 2
    at.run()
    assert "Drawing **2**" in words(at)
    next(each for each in at.button if each.label == "Put it on the pad").click().run()
    assert at.session_state["drawing"]["ink"] == ONE and answer(at)["sign"] == "1"
    at.button(key="delete").click().run()
    assert not at.exception
    with pool() as drawings:
        assert sorted(each.id for each in drawings.drawings()) == [1, 3]


def test_with_a_teacher_code_other_peoples_drawings_stay(open_page, monkeypatch):
    monkeypatch.setenv("LAB_TEACHER_CODE", "chalk")
    fill()
    at = open_page("draw.py")
    at.session_state["picked"] = 2
    at.run()
    at.button(key="delete").click().run()
    with pool() as drawings:
        assert drawings.count() == 3
    assert any("teacher code is missing" in each.value for each in at.toast)
    at.text_input(key="drawing-code").set_value("chalk").run()
    at.button(key="delete").click().run()
    with pool() as drawings:
        assert drawings.count() == 2


def test_five_thousand_drawings_are_shown_a_page_at_a_time(open_page):
    import time

    fill(5000)
    at = open_page("draw.py")
    started = time.perf_counter()
    at.number_input(key="pool-page").set_value(20).run()
    assert not at.exception and time.perf_counter() - started < 3
    assert len(at.session_state["shown"]) == 192


@pytest.mark.parametrize("ink", ["%%%", "AAAA", "x" * 200_000])
def test_a_tampered_message_gives_a_sentence_and_the_page_lives_on(open_page, ink):
    at = draw(open_page("draw.py"), ink)
    assert not at.exception and any("drawing" in each.value for each in at.warning)
    assert answer(draw(at, ONE, 2))["sign"] == "1"


@pytest.mark.parametrize("message", [None, 7, "text", {"ink": 5}, {"n": "x", "ink": ONE}, []])
def test_a_message_of_another_kind_is_no_message(open_page, message):
    at = open_page("draw.py")
    at.session_state["pad"] = {"ink": message}
    assert not at.run().exception


def test_a_photo_of_several_characters_is_split_and_read(open_page):
    at = paste(open_page("draw.py"), photo(marks=((40, 40, 160), (130, 40, 160), (220, 40, 160))))
    assert not at.exception
    assert "3 characters" in words(at) and "1 1 1" in words(at)


def bomb():
    file = io.BytesIO()
    Image.new("L", (20_000, 20_000)).save(file, "PNG")
    return file.getvalue()


def animation():
    file = io.BytesIO()
    frames = [Image.new("P", (60, 60), shade) for shade in (0, 100, 200)]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


def saved(mode, kind, shape=(60, 60), colour=0):
    file = io.BytesIO()
    Image.new(mode, shape, colour).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7 hello", "is a PDF"),
        (photo()[:90], "damaged"),
        (saved("RGB", "JPEG")[:300], "damaged"),
        (b"", ""),
        (saved("L", "PNG", (1, 1)), "1 x 1"),
        (bomb(), "million"),
        (animation(), ""),
        (saved("CMYK", "JPEG"), ""),
        (saved("I;16", "PNG", colour=3000), ""),
        (saved("RGBA", "PNG"), ""),
        (saved("L", "PNG"), ""),
        (saved("L", "PNG", colour=255), ""),
    ],
    ids=["pdf", "cut png", "cut jpeg", "nothing", "1x1", "bomb", "gif", "cmyk", "16 bit", "clear", "black", "white"],
)
def test_bad_pictures_give_a_sentence_and_the_page_lives_on(open_page, data, said):
    at = paste(open_page("draw.py"), data)
    assert not at.exception
    spoken = "\n".join(each.value for each in [*at.error, *at.info, *at.caption])
    assert said in spoken and spoken
    assert not any('data-testid="text"' in str(each.value) for each in at.markdown)
    at = paste(at, photo())
    assert not at.exception and "1 character" in words(at)


def test_the_link_opens_the_page_as_it_was(open_page):
    at = open_page("draw.py", source="photo")
    assert not at.exception and any(each.label == "Use the camera" for each in at.toggle)


def test_the_drawing_survives_a_page_switch(open_page):
    at = draw(open_page("draw.py"))
    at.switch_page("../pages/home.py").run()
    at.switch_page("../pages/draw.py").run()
    assert answer(at)["sign"] == "1" and at.session_state["drawing"]["ink"] == ONE


def test_ink_over_a_photo_keeps_what_is_darker():
    from ui.parts.line import WIDE, _together
    from ui.parts.sheet import TALL

    behind = Image.new("RGB", (WIDE, TALL), (200, 200, 200))
    ink = np.full((TALL, WIDE), 255, np.uint8)
    ink[50, 60] = 10
    both = _together(behind, ink)
    assert both.shape == ink.shape and both[50, 60] == 10 and both[0, 0] == 200
    assert (_together(behind, None) == 200).all() and _together(None, ink) is ink


def three():
    return photo(marks=((40, 40, 160), (130, 40, 120), (220, 40, 160)))


def found_menus(at):
    return [each for each in at.selectbox if each.label.startswith("What is character")]


def test_found_characters_are_corrected_and_kept_all_at_once(open_page):
    at = paste(open_page("draw.py"), three())
    at.text_input(key="visitor").set_value("Ada").run()
    at.toggle(key="keep-found").set_value(True).run()
    assert not at.exception
    menus = found_menus(at)
    assert [each.value for each in menus] == ["1", "1", "1"]
    menus[1].set_value("7").run()
    assert any(each.label == "Keep these 3" for each in at.button)
    found_menus(at)[2].set_value("").run()
    next(each for each in at.button if each.label == "Keep these 2").click().run()
    assert not at.exception
    with pool() as drawings:
        kept = drawings.drawings()
    assert sorted((each.label, each.owner, each.answer) for each in kept) == [("1", "Ada", "1"), ("7", "Ada", "1")]
    assert any("2 new drawings kept: 2 in all" in each.value for each in at.toast)
    assert not at.toggle(key="keep-found").value and not found_menus(at)


def test_what_was_kept_before_is_not_kept_twice_and_the_page_says_so(open_page):
    at = paste(open_page("draw.py"), three())
    for said in ("2 new drawings kept, 1 were there before: 2 in all", "0 new drawings kept, 3 were there before"):
        at.toggle(key="keep-found").set_value(True).run()
        next(each for each in at.button if each.label == "Keep these 3").click().run()
        assert any(said in each.value for each in at.toast), [each.value for each in at.toast]


def test_with_all_characters_left_out_there_is_nothing_to_keep(open_page):
    at = paste(open_page("draw.py"), photo())
    at.toggle(key="keep-found").set_value(True).run()
    found_menus(at)[0].set_value("").run()
    button = next(each for each in at.button if each.label == "All are skipped")
    assert button.disabled and not at.exception


def test_a_correction_stays_while_another_character_is_added(open_page):
    at = paste(open_page("draw.py"), photo(marks=((40, 40, 160), (130, 40, 120))))
    at.toggle(key="keep-found").set_value(True).run()
    found_menus(at)[0].set_value("7").run()
    paste(at, three())
    assert sorted(each.value for each in found_menus(at)) == ["1", "1", "7"]


def test_a_refused_character_is_left_out_unless_somebody_says_what_it_is(open_page, home):
    save(home / "checkpoints" / "ink-digits", known_at=50.0)
    models._seen.clear()
    from ui import services

    services._predictor.clear()
    at = paste(open_page("draw.py"), photo())
    at.toggle(key="keep-found").set_value(True).run()
    assert [each.value for each in found_menus(at)] == [""]


def pen_line(left, top, bottom, width=14):
    """A straight stroke as the full canvas sends it."""
    box = {"left": left, "top": (top + bottom) / 2, "width": 0, "height": bottom - top, "scaleX": 1, "scaleY": 1}
    path = [["M", left, top], ["Q", left, top, left, (top + bottom) / 2], ["L", left, bottom]]
    kind = {"type": "Path", "originX": "center", "originY": "center", "stroke": "#10161f", "strokeWidth": width}
    return kind | box | {"path": path}


def canvas(at, things, width=960):
    """The full canvas with things on it; the browser has told how wide it is."""
    at.session_state["full-room"] = {"width": width}
    at.run()
    generation = at.session_state["full"].generation
    at.session_state[f"canvas-{generation}"] = {"drawing": {"raw": {"objects": things}, "data": None}}
    return at.run()


def test_a_line_on_the_full_canvas_is_split_read_and_kept_over_a_page_switch(open_page):
    at = canvas(open_page("draw.py", source="full"), [pen_line(x, 60, 300) for x in (150, 450, 700)])
    assert not at.exception and "3 characters" in words(at) and "1 1 1" in words(at)
    at.switch_page("../pages/home.py").run()
    at.switch_page("../pages/draw.py").run()
    assert not at.exception and len(at.session_state["full"].now.objects) == 3


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_in_dark_mode_only_the_look_of_the_full_canvas_changes(open_page, monkeypatch, mode):
    monkeypatch.setattr(type(st.context), "theme", types.SimpleNamespace(type=mode))
    at = open_page("draw.py", source="full")
    styles = [each.proto.body for each in at.get("html")]
    assert any("invert" in style for style in styles) == (mode == "dark")
    assert sum("st-key-full-sheet {" in style for style in styles) == 1  # in both modes: the next style keeps its place


def test_a_line_is_there_again_after_a_reload_of_its_tab_and_only_there(open_page):
    from ui.parts import sheet

    def opened(tab, width=960):
        at = open_page("draw.py", source="full")
        at.session_state["full-tab"] = {"token": tab}
        at.session_state["full-room"] = {"width": width}
        return at.run()

    first, second, odd = "a" * 32, "b" * 32, "../../etc"
    canvas(opened(first), [pen_line(x, 60, 300) for x in (150, 450, 700)])
    again = opened(first)
    assert not again.exception and "1 1 1" in words(again)
    assert not opened(second).session_state["full"].past
    narrow = opened(first, 350).session_state["full"]
    assert narrow.width == 350 and np.nonzero(narrow.now.raw < 128)[1].max() < 350
    assert opened(odd).session_state["full"].tab == ""
    again.button(key="full-Clear").click().run()
    assert sheet._left.get(first).objects == [] and not opened(first).session_state["full"].past


def test_a_photo_that_came_back_can_be_taken_away():
    from ui.parts.sheet import Sheet

    before = Sheet([], [], 600, tab="c" * 32, photo=Image.new("RGB", (600, 380), "white"))
    before.leave()
    after = Sheet([], [])
    after.recall("c" * 32)
    assert after.photo is before.photo and after.width == 600 and not after.past
    after.lay(None)
    after.leave()
    assert after.photo is None and after.generation == 2
    new = Sheet([], [])
    new.recall("c" * 32)
    assert new.photo is None and new.generation == 0


def test_a_stroke_more_undone_or_moved_leaves_the_picture_of_all_strokes():
    from core.data import shapes
    from ui.parts.sheet import State

    size, one, two = (600, 380), pen_line(100, 60, 300), pen_line(200, 60, 300)
    state = State([], None)
    for objects in ([one], [one, two], [one], [two], [two, one | {"left": 300}]):
        state = state.then(objects, size)
        assert state.objects == objects and (state.raw == shapes.picture(objects, size)).all()
    assert state.then([], size).raw is None


def test_a_damaged_message_from_the_full_canvas_gets_a_sentence(open_page):
    at = open_page("draw.py", source="full")
    for damaged in ([{"type": "Path"}], [7], [pen_line(1e9, 0, 5)], [pen_line(50, 0, 5) | {"scaleX": "x"}]):
        canvas(at, damaged)
        assert not at.exception and any("canvas is damaged" in each.value for each in at.warning)
    assert not at.session_state["full"].past


def test_a_narrow_screen_gets_a_narrow_canvas_and_the_drawing_shrinks_with_it():
    from ui.parts.sheet import Sheet, State

    stroke, size = pen_line(700, 60, 300), (960, 380)
    kept = Sheet([], [])
    kept.fit(960)
    kept.past = [State.of([stroke], size)]
    kept.fit(960)
    assert kept.generation == 0 and kept.now.objects == [stroke]
    kept.fit(350)
    (small,) = kept.now.objects
    assert kept.width == 350 and kept.generation == 1 and kept.now.raw.shape == (380, 350)
    assert 300 < small["left"] < 350 and small["left"] / small["top"] == pytest.approx(700 / 180)
    assert np.nonzero(kept.now.raw < 128)[1].max() < 350
    kept.fit(840)
    assert kept.now.objects == [small] and kept.width == 840  # it fits as it is


@pytest.mark.parametrize(
    ("message", "width"),
    [
        ({"width": 350}, 350),
        ({"width": 5}, 200),
        ({"width": 10**9}, 960),
        ({"width": "x"}, 777),
        (None, 777),
        ({}, 777),
    ],
)
def test_the_room_on_the_screen_is_kept_within_sense(message, width):
    from ui.components.room import said

    assert said(message, 777, 960) == width


def jpeg(data):
    file = io.BytesIO()
    Image.open(io.BytesIO(data)).save(file, "JPEG", quality=95)
    return file.getvalue()


def test_an_uploaded_photo_is_read_and_a_second_one_takes_its_place(open_page):
    at = open_page("draw.py", source="photo")
    at.file_uploader(key="upload").set_value(("page.png", three(), "image/png")).run()
    assert not at.exception and "3 characters" in words(at)
    at.file_uploader(key="upload").set_value(("one.jpg", jpeg(photo()), "image/jpeg")).run()
    assert not at.exception and "1 character," in words(at)
    at.file_uploader(key="upload").set_value(("notes.png", b"%PDF-1.7 hello", "image/png")).run()
    assert not at.exception and any("notes.png" in each.value for each in at.error)
    at.file_uploader(key="upload").set_value(None).run()
    assert not at.exception and not at.error


def test_the_cameras_picture_is_read(open_page):
    at = open_page("draw.py", source="photo")
    at.toggle(key="use-camera").set_value(True).run()
    at.camera_input(key="camera").set_value(("camera.jpg", jpeg(three()), "image/jpeg")).run()
    assert not at.exception and "1 1 1" in words(at)
    assert not at.camera_input  # it made way: the picture stands there once, with its boxes
    next(each for each in at.button if each.label == "Take another picture").click().run()
    assert at.camera_input(key="camera").proto.label
    at.camera_input(key="camera").set_value(("camera.jpg", jpeg(three())[:300], "image/jpeg")).run()
    assert not at.exception and any("camera's picture" in each.value for each in at.error)


def test_an_exported_zip_comes_in_through_the_page_and_a_bad_one_gets_a_sentence(open_page):
    fill(3)
    with pool() as drawings:
        parcel = packed(drawings)
        for number in (1, 2, 3):
            drawings.delete(number)
        assert not drawings.count()
    at = open_page("draw.py")
    at.file_uploader(key="parcel").set_value(("class.zip", parcel, "application/zip")).run()
    assert not at.exception and any("3 new drawings out of 3" in each.value for each in at.toast)
    with pool() as drawings:
        assert drawings.count() == 3
    at.file_uploader(key="parcel").set_value(("other.zip", b"PK no zip at all", "application/zip")).run()
    assert not at.exception and any("cannot be opened" in each.value for each in at.error)
    with pool() as drawings:
        assert drawings.count() == 3
