"""The Transfer page: every view draws, counts truly, and answers what cannot be with a sentence."""

import io

import numpy as np
import pytest
from PIL import Image

from core.config import RunConfig
from core.data import own, own_pictures, registry
from core.data.drawn import Stroke, pack
from core.runs import teaching
from core.runs.drawings import Labelled, pool
from core.runs.engine import train_now
from core.runs.store import Store
from tests.pages.conftest import words

SEVEN = pack([Stroke(600, np.array([[2500, 2000], [7500, 2000], [4500, 8500]], dtype=np.uint16))])


def drawing(shape: int, seed: int) -> np.ndarray:
    """A bar that lies or stands, a little different each time."""
    luck = np.random.default_rng(100 * shape + seed)
    image = np.zeros((28, 28), np.uint8)
    at, wide = luck.integers(11, 16), luck.integers(2, 5)
    image[at : at + wide, 4:24] = 255
    return np.ascontiguousarray(image.T if shape else image)


def draw_some(*labels: str, count: int = 5) -> None:
    with pool() as drawings:
        drawings.keep_all(Labelled(drawing(i, seed), label) for i, label in enumerate(labels) for seed in range(count))


def button(at, label):
    return next(each for each in at.button if each.label == label)


def test_the_page_begins_with_how_teaching_goes(open_page):
    at = open_page("transfer.py")
    assert not at.exception and "1. Name" in words(at)
    assert button(at, "Teach").disabled


def test_classes_are_named_and_a_name_twice_is_a_sentence(open_page):
    at = open_page("transfer.py")
    at.text_input(key="teach-new").set_value("star, house, Star").run()
    assert not at.exception and "'Star' is there already" in at.error[0].value
    assert at.session_state["teach-names"] == ["star", "house"] and "star,house" in at.query_params["classes"]
    at.text_input(key="teach-new").set_value("x" * 60).run()
    assert "allowed: 1 to 24" in at.error[0].value
    assert button(at, "Teach").disabled and "Draw star and house at least 2 times" in words(at)


def test_a_drawing_is_kept_with_the_name_that_is_tapped(open_page):
    at = open_page("transfer.py", classes="star,house")
    at.session_state["pad"] = {"ink": {"n": 1, "up": True, "ink": SEVEN}}
    at.run()
    at.pills(key="teach-tap").set_value("star").run()
    assert not at.exception
    with pool() as drawings:
        assert drawings.labels() == {"star": 1}


def test_teach_queues_a_run_that_learns_reads_and_refuses(open_page):
    draw_some("flat", "tall")
    at = open_page("transfer.py", classes="flat,tall")
    assert not button(at, "Teach").disabled
    button(at, "Teach").click().run()
    store = Store()
    (run,) = store.runs()
    assert run.status == "queued" and run.config == teaching.recipe(["flat", "tall"]) and run.tags == ("taught",)
    number = train_now(store, run.config, lambda fact: None)
    at.session_state["teach-run"] = number
    at.run()
    assert not at.exception and "Learned in" in words(at)
    from ui.parts import models

    model = models.of_run(store.run(number))
    assert model.predictor.rejects and model.classes == ("flat", "tall")
    said = model.predictor.read_many([drawing(0, 50), drawing(1, 50)])
    assert [each.label for each in said] == ["flat", "tall"] and not any(each.refused for each in said)
    noise = np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8)
    assert model.predictor.read_many([noise])[0].refused


@pytest.mark.parametrize(("counts", "said"), [({"a": 5}, "two classes"), ({"a": 5, "b": 1}, "Draw b at least 2 times")])
def test_what_cannot_be_taught_yet_is_said(counts, said):
    assert said in teaching.ready(counts)


def test_r1s_counter_stands_on_the_page(open_page):
    at = open_page("transfer.py", transfer="retrain")
    assert not at.exception
    assert {each.label: each.value for each in at.metric} == {
        "Frozen": "21,330",
        "Trainable": "153",
        "Share that learns": "0.7 %",
    }


def test_every_rung_counts_more_and_start_queues_it(open_page):
    at = open_page("transfer.py", transfer="retrain")
    counts = []
    for rung in ("last", "last-2", "block", "all"):
        at.segmented_control(key="tr-retrain").set_value(rung).run()
        assert not at.exception and not at.error
        counts.append(int(at.metric[1].value.replace(",", "")))
    assert counts == [153, 16_203, 21_223, 21_483]
    button(at, "Start").click().run()
    (run,) = Store().runs()
    assert (
        run.config.retrain == "all"
        and run.config.trunk == "r1-lenet-warped"
        and run.name == "r1-lenet-warped → greek27"
    )


def test_a_trunk_that_does_not_fit_is_a_sentence(open_page, home):
    from core.nets import checkpoint
    from core.nets.card import Card
    from core.nets.line import build

    net = build("conv 2 3x3 | gap | linear classes", (1, 12, 20), 3)
    checkpoint.save(home / "checkpoints" / "wide", net, Card("wide", "", (1, 12, 20), tuple("abc")))
    at = open_page("transfer.py", transfer="retrain")
    at.selectbox(key="tr-trunk").set_value("wide").run()
    assert not at.exception and "only square ones can be resized" in at.error[0].value


def test_a_run_shows_what_moved(open_page, tiny):
    config = RunConfig("tiny", trunk="r1-lenet-mnist", epochs=1, batch_size=16, snapshots=2)
    number = train_now(Store(), config, lambda fact: None)
    at = open_page("transfer.py", transfer="retrain", run=str(number))
    assert not at.exception and any("What has moved" in each.value for each in at.subheader)


def test_the_curve_of_few_shots_is_drawn(open_page, monkeypatch):
    from core.train.fewshot import Shot
    from ui.parts import transfer_shots

    asked = []
    shots = [Shot(1, (0.5, 0.7)), Shot(5, (0.9, 0.95))]
    monkeypatch.setattr(transfer_shots, "measured", lambda *given: asked.append(given) or shots)
    at = open_page("transfer.py", transfer="shots")
    assert not at.exception and asked == [("r1-lenet-warped", "greek27", 0)]


def photo(seed: int) -> bytes:
    file = io.BytesIO()
    luck = np.random.default_rng(seed)
    Image.fromarray(luck.integers(0, 256, (30, 30, 3), dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def test_own_classes_are_made_filled_seen_and_deleted(open_page):
    at = open_page("transfer.py", transfer="classes")
    at.text_input(key="own-new").set_value("leaves").run()
    assert not at.exception and own.names() == ["leaves"]
    at.text_input(key="own-class").set_value("oak, beech, OAK").run()
    assert list(own.classes("leaves")) == ["beech", "oak"] and "'oak' is there already" in at.error[0].value
    for number, name in enumerate(("oak", "beech")):
        own_pictures.add("leaves", name, [(f"{i}.png", photo(10 * number + i)) for i in range(5)])
    at.run()
    assert not at.exception and "5 pictures" in words(at) and "No picture is a copy" in words(at)
    (path, *_) = own.pictures("leaves", "oak")
    at.session_state["own-picked-oak"] = path.name
    at.run()
    next(each for each in at.button if each.label == "Delete this picture").click().run()
    assert own.classes("leaves") == {"beech": 5, "oak": 4} and not at.exception


def test_uploaded_files_are_added_and_bad_ones_listed(open_page):
    registry.make_own("leaves")
    own.add_class("leaves", "oak")
    at = open_page("transfer.py", transfer="classes")
    files = [("a.png", photo(1), "image/png"), ("b.txt", b"no picture", "text/plain")]
    at.get("file_uploader")[0].set_value(files).run()
    button(at, "Add 2 files").click().run()
    assert not at.exception and own.classes("leaves") == {"oak": 1}
    assert "**1** new, **1** left out" in words(at) and "b.txt" in words(at)


def test_a_whole_dataset_is_deleted_only_with_the_teachers_code(open_page, monkeypatch):
    monkeypatch.setenv("LAB_TEACHER_CODE", "secret")
    registry.make_own("leaves")
    own.add_class("leaves", "oak")
    at = open_page("transfer.py", transfer="classes")
    at.checkbox(key="own-all-leaves").set_value(True).run()
    button(at, "Delete the dataset").click().run()
    assert own.names() == ["leaves"] and "teacher code is missing" in at.error[0].value
    at.text_input(key="own-code").set_value("secret").run()
    at.checkbox(key="own-all-leaves").set_value(True).run()
    button(at, "Delete the dataset").click().run()
    assert own.names() == [] and not at.exception
