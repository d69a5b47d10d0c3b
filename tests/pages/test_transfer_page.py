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


def said(at, name):
    """What the address says of a name."""
    value = at.query_params.get(name, "")
    return value if isinstance(value, str) else value[0]


def send(at, key, text):
    """Types a text and presses the button beside it."""
    at.text_input(key=key).set_value(text)
    return at.button(key=f"{key}-send").click().run()


def test_the_page_begins_with_how_teaching_goes(open_page):
    at = open_page("transfer.py")
    assert not at.exception and "1. Name" in words(at)
    assert button(at, "Teach").disabled


def test_classes_are_named_and_a_name_twice_is_a_sentence(open_page):
    at = open_page("transfer.py")
    send(at, "teach-new", "star, house, Star")
    assert not at.exception and "'Star' is there already" in at.error[0].value
    assert at.session_state["teach-names"] == ["star", "house"] and "star,house" in at.query_params["classes"]
    send(at, "teach-new", "x" * 60)
    assert "allowed: 1 to 24" in at.error[0].value
    assert button(at, "Teach").disabled and "Draw “star” and “house” at least 2 times each" in words(at)


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
    assert not button(at, "Teach").disabled and "of 10 drawings" in words(at)
    button(at, "Teach").click().run()
    assert "As soon as it is done" in words(at) and "of 10 drawings" not in words(at)
    assert at.button(key="teach-go").disabled and at.button(key="teach-go").label == "Learning …"
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


def test_an_album_says_in_words_how_many_drawings_there_are(open_page):
    draw_some("flat", count=3)
    page = words(open_page("transfer.py", classes="flat,tall"))
    assert "3 drawings; 2 more would read better" in page and "no drawing yet; 5 read well" in page


def test_names_are_taken_when_they_are_sent_and_not_when_the_text_is_left(open_page):
    at = open_page("transfer.py")
    at.text_input(key="teach-new").set_value("uno, due").run()  # the pointer is down on the button, but not up again
    assert at.session_state["teach-names"] == []
    send(at, "teach-new", "uno, due")
    assert at.session_state["teach-names"] == ["uno", "due"] and not at.error
    at = open_page("transfer.py", transfer="classes")
    at.text_input(key="own-new").set_value("leaves").run()
    assert own.names() == []
    send(at, "own-new", "leaves")
    assert own.names() == ["leaves"] and not at.error and at.selectbox(key="own-set").value == "leaves"
    at.text_input(key="own-class").set_value("oak").run()
    assert own.classes("leaves") == {}
    send(at, "own-class", "oak")
    assert own.classes("leaves") == {"oak": 0} and not at.error


def test_names_just_typed_survive_that_the_drawn_ones_are_offered_no_longer(open_page):
    draw_some("flat")
    at = open_page("transfer.py")
    at.pills(key="teach-own").set_value(["flat"]).run()
    assert at.session_state["teach-names"] == ["flat"]
    at = open_page("transfer.py")
    at.session_state["teach-own"] = ["flat"]
    at.run()
    at.session_state["teach-names"] = ["uno", "due"]
    at.pills(key="teach-own").set_value([]).run()
    assert at.session_state["teach-names"] == ["uno", "due"]


def test_a_reload_finds_the_taught_network_again(open_page):
    draw_some("flat", "tall", "other")
    store = Store()
    taught = store.add(teaching.recipe(["flat", "tall"]), tags=["taught"])
    foreign = store.add(RunConfig("mnist"))
    at = open_page("transfer.py", classes="flat,tall")
    assert "taught" not in at.query_params
    at.session_state["teach-run"] = taught
    at.run()
    assert said(at, "taught") == str(taught)
    at = open_page("transfer.py", classes="flat,tall,other", taught=str(taught))
    assert at.session_state["teach-run"] == taught and "Waiting for a worker" in words(at)
    for classes, run in (("flat,other", taught), ("flat,tall", foreign), ("flat,tall", 999), ("flat,tall", "9" * 30)):
        at = open_page("transfer.py", classes=classes, taught=str(run))
        assert not at.exception and "teach-run" not in at.session_state and "taught" not in at.query_params


def test_a_link_to_teaching_opens_it_from_another_view(open_page):
    registry.make_own("leaves")
    own.add_class("leaves", "oak")
    at = open_page("transfer.py", transfer="classes")
    at.segmented_control(key="own-way").set_value("Drawings").run()
    (link,) = [each.proto for each in at.get("page_link") if "Teach" in each.proto.label]
    assert link.query_string == "transfer=teach"
    at.query_params["transfer"] = "teach"
    at.run()
    assert "1. Name" in words(at) and "transfer" not in at.query_params
    at.segmented_control(key="transfer").set_value("shots").run()
    assert at.session_state["transfer"] == "shots" and said(at, "transfer") == "shots"


@pytest.mark.parametrize(("counts", "said"), [({"a": 5}, "two classes"), ({"a": 5, "b": 1}, "Draw “b” at least 2")])
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


def test_what_was_typed_just_before_start_is_what_is_retrained(open_page):
    at = open_page("transfer.py", transfer="retrain")
    at.number_input(key="tr-epochs").set_value(7)
    button(at, "Start").click().run()
    (run,) = Store().runs()
    assert run.config.epochs == 7 and run.preset is None


def test_a_recipe_of_ones_own_stays_when_one_looks_elsewhere_and_after_a_reload(open_page):
    at = open_page("transfer.py", transfer="retrain")
    at.selectbox(key="tr-trunk").set_value("r1-lenet-mnist").run()
    at.segmented_control(key="tr-retrain").set_value("last-2").run()
    linked = {name: said(at, name) for name in ("trunk", "task", "learns")}
    assert linked == {"trunk": "r1-lenet-mnist", "task": "greek27", "learns": "last-2"}
    at.segmented_control(key="transfer").set_value("teach").run()
    at.segmented_control(key="transfer").set_value("retrain").run()
    assert (
        at.segmented_control(key="tr-recipe").value == "own" and at.selectbox(key="tr-trunk").value == linked["trunk"]
    )
    at.switch_page("../pages/home.py").run()
    at.switch_page("../pages/transfer.py").run()
    assert (
        at.segmented_control(key="tr-recipe").value == "own" and at.selectbox(key="tr-trunk").value == linked["trunk"]
    )
    button(at, "Start").click().run()
    at = open_page("transfer.py", transfer="retrain", **linked)
    button(at, "Start").click().run()
    for run in Store().runs():
        assert run.preset is None and run.name == "r1-lenet-mnist → greek27" and run.config.retrain == "last-2"
    at.segmented_control(key="tr-recipe").set_value("r1-animals").run()
    assert said(at, "recipe") == "r1-animals" and "trunk" not in at.query_params
    at = open_page("transfer.py", transfer="retrain", recipe="r1-animals", learns="nothing")
    assert not at.exception and at.segmented_control(key="tr-recipe").value == "r1-animals"


def test_a_trunk_that_does_not_fit_is_a_sentence(open_page, home):
    from core.nets import checkpoint
    from core.nets.card import Card
    from core.nets.line import build

    net = build("conv 2 3x3 | gap | linear classes", (1, 12, 20), 3)
    checkpoint.save(home / "checkpoints" / "wide", net, Card("wide", "", (1, 12, 20), tuple("abc")))
    at = open_page("transfer.py", transfer="retrain")
    at.selectbox(key="tr-trunk").set_value("wide").run()
    assert not at.exception and "only square ones can be resized" in at.error[0].value


def test_pictures_without_classes_are_no_task(open_page, tiny, monkeypatch):
    from ui import services

    monkeypatch.setitem(services.FRAMES, "tiny", ((1, 12, 12), 0))
    at = open_page("transfer.py", transfer="retrain", task="tiny")
    assert not at.exception and "stand in no classes" in at.error[0].value
    assert "Start" not in [each.label for each in at.button]


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
    send(at, "own-new", "leaves")
    assert not at.exception and own.names() == ["leaves"]
    send(at, "own-class", "oak, beech, OAK")
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


def upload(at, *seeds):
    return at.get("file_uploader")[0].set_value([(f"{seed}.png", photo(seed), "image/png") for seed in seeds]).run()


def test_the_first_class_that_is_named_is_the_one_that_pictures_go_to(open_page):
    registry.make_own("leaves")
    at = open_page("transfer.py", transfer="classes")
    upload(at, 1, 2)
    assert button(at, "Add 2 files").disabled and "choose it first" in words(at)
    send(at, "own-class", "oak, beech")
    assert at.pills(key="own-label").value == "beech" and not button(at, "Add 2 files").disabled
    button(at, "Add 2 files").click().run()
    assert own.classes("leaves") == {"beech": 2, "oak": 0} and not at.exception


def test_what_cannot_be_added_stays_in_the_uploader(open_page):
    registry.make_own("leaves")
    at = open_page("transfer.py", transfer="classes")
    at.get("file_uploader")[0].set_value([("a.zip", b"no zip at all", "application/zip")]).run()
    button(at, "Add 1 file").click().run()
    assert "is no zip" in at.error[0].value and not button(at, "Add 1 file").disabled


def test_pictures_for_a_class_that_somebody_else_deletes_wait_for_another_one(open_page):
    registry.make_own("leaves")
    for name in ("beech", "leaf", "oak"):
        own.add_class("leaves", name)
    at = open_page("transfer.py", transfer="classes")
    at.pills(key="own-label").set_value("leaf").run()
    upload(at, 1, 2)
    own.remove("leaves", "leaf")
    button(at, "Add 2 files").click().run()
    assert "The class 'leaf' is gone" in at.warning[0].value and not at.exception
    assert own.classes("leaves") == {"beech": 0, "oak": 0} and at.pills(key="own-label").value is None
    at.run()
    assert "'leaf' is gone" in at.warning[0].value and button(at, "Add 2 files").disabled
    at.pills(key="own-label").set_value("oak").run()
    assert not any("gone" in each.value for each in at.warning)
    button(at, "Add 2 files").click().run()
    assert own.classes("leaves") == {"beech": 0, "oak": 2}


def test_pictures_for_a_dataset_that_somebody_else_deletes_land_in_no_other_one(open_page):
    for name in ("cups", "leaves"):
        registry.make_own(name)
        own.add_class(name, "small")
    at = open_page("transfer.py", transfer="classes", set="leaves")
    upload(at, 1)
    own.delete("leaves")
    button(at, "Add 1 file").click().run()
    assert "The dataset 'leaves' is gone" in at.warning[0].value and "'cups' is open now" in at.warning[0].value
    assert own.classes("cups") == {"small": 0} and button(at, "Add 1 file").disabled
    at.pills(key="own-label").set_value("small").run()
    button(at, "Add 1 file").click().run()
    assert own.classes("cups") == {"small": 1} and not any("gone" in each.value for each in at.warning)
    own.delete("cups")
    assert "The dataset 'cups' is gone" in at.run().warning[0].value and not at.exception
    assert "'old' is gone" in open_page("transfer.py", transfer="classes", set="old").warning[0].value


def test_ones_own_changes_are_no_surprise(open_page):
    for name in ("cups", "leaves"):
        registry.make_own(name)
        own.add_class(name, "small")
        own.add_class(name, "tall")
    at = open_page("transfer.py", transfer="classes", set="leaves")
    at.pills(key="own-label").set_value("tall").run()
    at.text_input(key="own-rename-tall").set_value("high").run()
    assert at.pills(key="own-label").value == "high" and not at.warning
    at.checkbox(key="own-sure-high").set_value(True).run()
    at.button(key="own-gone-high").click().run()
    assert at.pills(key="own-label").value == "small" and not at.warning
    at.selectbox(key="own-set").set_value("cups").run()
    at.checkbox(key="own-all-cups").set_value(True).run()
    button(at, "Delete the dataset").click().run()
    assert own.names() == ["leaves"] and not at.warning and said(at, "set") == "leaves"


def test_a_folder_that_was_taken_in_leaves_no_bar(open_page, tmp_path):
    registry.make_own("leaves")
    (tmp_path / "pictures" / "oak").mkdir(parents=True)
    (tmp_path / "pictures" / "oak" / "1.png").write_bytes(photo(1))
    at = open_page("transfer.py", transfer="classes")
    at.segmented_control(key="own-way").set_value("A folder on this machine").run()
    send(at, "own-path", str(tmp_path / "pictures"))
    assert "**1** new" in words(at) and not at.get("progress") and own.classes("leaves") == {"oak": 1}


def test_a_picture_in_two_classes_is_shown_and_the_wrong_one_deleted(open_page):
    registry.make_own("leaves")
    for name, seeds in {"oak": (1, 2, 3), "beech": (1, 4, 5), "elm": (6,)}.items():
        own.add_class("leaves", name)
        own_pictures.add("leaves", name, [(f"{seed}.png", photo(seed)) for seed in seeds])
    at = open_page("transfer.py", transfer="classes")
    warned = [each.value for each in at.warning]
    assert "1 picture stands in two classes: one is wrong." in warned
    assert any("No picture of elm is kept for testing" in each for each in warned)
    (both,) = {path.name for path in own.pictures("leaves", "oak")} & {
        path.name for path in own.pictures("leaves", "beech")
    }
    at.button(key=f"own-wrong-beech/{both}").click().run()
    assert own.classes("leaves") == {"beech": 2, "elm": 1, "oak": 3} and not at.exception
    assert not any("two classes" in each.value for each in at.warning)


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
