"""The Inside page: any network of the lab, any moment, any picture; and sentences for what cannot be shown."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from core.config import RunConfig
from core.data.drawn import Stroke, pack
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.line import build
from core.runs.engine import train_now
from core.runs.store import Store
from ui import services

TINY = RunConfig("tiny", "conv 4 3x3 | relu | pool 2 | flatten | linear classes", epochs=2, batch_size=16, lr=3e-3)
DIGITS = tuple("0123456789")
VIEWS = ("Layers", "Filters", "What mattered", "What a filter likes", "Surgery", "Architecture")
SEVEN = pack([Stroke(600, np.array([[2500, 2000], [7500, 2000], [4500, 8500]], dtype=np.uint16))])


@pytest.fixture(autouse=True)
def nothing_shipped(tmp_path, monkeypatch) -> None:
    """Only the models that a test makes itself."""
    monkeypatch.setattr("core.paths.shipped", lambda: tmp_path / "shipped")


@pytest.fixture
def run(tiny) -> int:
    """A small run with a few snapshots."""
    store = Store()
    number = train_now(store, TINY, lambda fact: None)
    assert len(store.snapshots(number)) > 1
    return number


def save_model(home, name: str, line: str, shape=(1, 28, 28), dataset: str = "", classes=tuple("0123456789")) -> None:
    net = build(line, shape, len(classes))
    half = (0.4,) * shape[0]
    card = Card(name, net.line, shape, classes, dataset=dataset, mean=half, std=half)
    checkpoint.save(home / "checkpoints" / name, net, card)


def rows(at, key: str) -> list[dict]:
    """The rows that a wall shows."""
    import json

    for each in at.main:
        found = _find(each, key)
        if found is not None:
            return json.loads(found)["rows"]
    raise AssertionError(f"no wall {key!r}")


def _find(block, key):
    proto = getattr(block, "proto", None)
    if proto is not None and type(proto).__name__ == "BidiComponent" and key in proto.id:
        return proto.json if proto.HasField("json") else proto.mixed.json
    for child in getattr(block, "children", {}).values():
        found = _find(child, key)
        if found is not None:
            return found
    return None


def said(at) -> str:
    return " ".join(str(each.value) for group in (at.error, at.warning, at.info, at.success) for each in group)


def test_without_a_network_the_page_says_what_to_do(open_page):
    at = open_page("inside.py")
    assert not at.exception
    assert "Nothing to look into yet" in at.subheader[0].value


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_a_run_works(open_page, run, view):
    at = open_page("inside.py", run=str(run), look=view)
    assert not at.exception and not at.error
    assert at.session_state["inside-view"] == view


def test_the_wall_has_a_panel_for_every_channel(open_page, run):
    at = open_page("inside.py", run=str(run))
    shown = {row["name"]: row["shape"] for row in rows(at, "inside-wall")}
    assert shown == {
        "picture": [1, 12, 12],
        "layers.0": [4, 10, 10],
        "layers.1": [4, 10, 10],
        "layers.2": [4, 5, 5],
        "layers.4": [2, 1, 1],
        "softmax": [2, 1, 1],
    }


def test_the_maps_on_the_page_are_the_networks(open_page, run):
    from core.look.maps import record
    from core.runs.openings import open_run

    at = open_page("inside.py", run=str(run))
    row = next(each for each in rows(at, "inside-wall") if each["name"] == "layers.0")
    sent = np.frombuffer(base64.b64decode(row["values"]), np.float16).reshape(row["shape"])
    real = record(open_run(Store(), run), services.dataset("tiny").x_test[0])[0].after.numpy()
    np.testing.assert_allclose(sent, real, rtol=1e-3, atol=1e-3)


def test_a_clicked_number_is_worked_out(open_page, run):
    at = open_page("inside.py", run=str(run))
    at.session_state["inside-wall"] = {"pixel": ["layers.2", 1, 2, 3]}
    at.run()
    assert not at.exception
    import json

    sheet = json.loads(next(filter(None, (_find(each, "inside-arithmetic") for each in at.main))))
    row = next(each for each in rows(at, "inside-wall") if each["name"] == "layers.2")
    maps = np.frombuffer(base64.b64decode(row["values"]), np.float16).reshape(row["shape"])
    assert sheet["total"] == pytest.approx(float(maps[1, 2, 3]), rel=2e-3)
    assert sheet["kind"] == "maximum" and sheet["place"] == [1, 2, 3] and sheet["said"].startswith("max(")


@pytest.mark.parametrize("pixel", [["gone", 0, 0, 0], ["layers.0", 99, 0, 0], ["layers.0", 0, -1, 0], "x", [1], None])
def test_a_click_that_fits_no_map_shows_the_first_convolution(open_page, run, pixel):
    at = open_page("inside.py", run=str(run))
    at.session_state["inside-wall"] = {"pixel": pixel}
    at.run()
    assert not at.exception


def test_the_link_restores_run_epoch_view_and_picture(open_page, run):
    first = Store().snapshots(run)[0]
    at = open_page("inside.py", run=str(run), epoch=f"{first.epoch:g}", look="Filters", picture="3")
    assert at.session_state[f"inside-step-{run}"] == first.step
    assert at.session_state["inside-number"] == 3
    assert at.query_params["epoch"] == [f"{first.epoch:.4g}"] or first.epoch == 0


def test_the_epoch_slider_shows_other_weights(open_page, run):
    at = open_page("inside.py", run=str(run), look="Filters")
    newest = rows(at, "inside-kernels")[0]["values"]
    at.select_slider(key=f"inside-step-{run}").set_value(Store().snapshots(run)[0].step).run()
    assert not at.exception
    assert rows(at, "inside-kernels")[0]["values"] != newest


def test_the_next_mistake_is_one(open_page, run):
    from core.runs.openings import open_run

    at = open_page("inside.py", run=str(run), epoch="0")
    at.button(key="inside-wrong").click().run()
    assert not at.exception
    number, data = at.session_state["inside-number"], services.dataset("tiny")
    step = at.session_state[f"inside-step-{run}"]
    answer = int(open_run(Store(), run, step).probabilities(data.x_test[number]).argmax())
    assert answer != int(data.y_test[number]) or "No other mistake" in said(at)


def test_a_class_is_picked(open_page, run):
    at = open_page("inside.py", run=str(run))
    at.selectbox(key="inside-class").set_value("1").run()

    assert int(services.dataset("tiny").y_test[at.session_state["inside-number"]]) == 1


def test_a_drawing_is_shown_to_the_network(open_page, home):
    save_model(home, "digits", "conv 3 5x5 | relu | flatten | linear classes", dataset="mnist")
    at = open_page("inside.py", model="digits")
    at.segmented_control(key="inside-source").set_value("Draw").run()
    assert "need a picture" in said(at)
    at.session_state["pad"] = {"ink": {"n": 1, "up": True, "ink": SEVEN}}
    at.run()
    assert not at.exception and not at.error
    picture = rows(at, "inside-wall")[0]
    pixels = np.frombuffer(base64.b64decode(picture["values"]), np.uint8).reshape(28, 28)
    assert picture["shape"] == [1, 28, 28] and pixels.max() > 200 and not pixels[0].any()


def test_an_uploaded_picture_of_the_wrong_size_and_colour_is_converted_and_that_is_said(open_page, home):
    save_model(home, "grey", "conv 3 5x5 | relu | gap | linear classes", (1, 20, 20))
    at = open_page("inside.py", model="grey")
    at.segmented_control(key="inside-source").set_value("Upload").run()
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 64, 3), dtype=np.uint8)).save(file, "PNG")
    at.get("file_uploader")[0].set_value(("photo.png", file.getvalue(), "image/png")).run()
    assert not at.exception
    words = " ".join(each.value for each in at.caption)
    assert "was 40x64" in words and "made grey" in words


def test_a_file_that_is_no_picture_gets_a_sentence(open_page, home):
    save_model(home, "grey", "conv 3 5x5 | relu | gap | linear classes", (1, 20, 20))
    at = open_page("inside.py", model="grey")
    at.segmented_control(key="inside-source").set_value("Upload").run()
    at.get("file_uploader")[0].set_value(("photo.png", b"%PDF-1.4 nothing", "image/png")).run()
    assert not at.exception and "a PDF" in said(at)


def test_a_net_without_convolutions_shows_its_weights_as_pictures(open_page, home):
    save_model(home, "flat", "flatten | linear classes", dataset="")
    at = open_page("inside.py", model="flat", look="Filters")
    assert "no convolutions" in said(at)
    assert rows(at, "inside-kernels")[0]["shape"] == [10, 28, 28]
    at.segmented_control(key="inside-view").set_value("Surgery").run()
    assert not at.exception and "no convolution to operate on" in said(at)


def test_a_deleted_run_gets_a_sentence_and_the_page_goes_on(open_page, run):
    at = open_page("inside.py", run="99")
    assert not at.exception
    assert "99" in at.warning[0].value
    assert at.selectbox(key="inside-net").value == run


def test_a_run_without_a_snapshot_is_told(open_page, tiny):
    number = Store().add(TINY)
    at = open_page("inside.py", run=str(number))
    assert not at.exception
    assert f"Run {number} is queued and has no snapshot" in said(at)


def test_a_model_that_does_not_exist_is_told(open_page, run):
    at = open_page("inside.py", model="nothing")
    assert not at.exception and "'nothing'" in at.warning[0].value


def test_muting_changes_accuracy_and_answer_and_undo_brings_them_back(open_page, run):
    at = open_page("inside.py", run=str(run), look="Surgery")
    whole = at.metric[0].value
    at.button(key="inside-rank").click().run()
    at.button(key="inside-mute-worst").click().run()
    assert not at.exception and not at.error
    assert "muted" in " ".join(each.value for each in at.markdown)
    assert at.metric[0].delta
    at.button(key="inside-undo").click().run()
    assert at.metric[0].value == whole and not at.metric[0].delta


def blank(home, name: str, count: int, classes: int = 2) -> None:
    """A dataset of black pictures."""
    x, y = np.zeros((count, 28, 28), np.uint8), np.arange(count) % classes
    (home / "data").mkdir(parents=True, exist_ok=True)
    np.savez(home / "data" / f"{name}.npz", x_train=x, y_train=y, x_test=x, y_test=y)


def test_with_few_pictures_surgery_counts_and_praises_nothing_that_has_not_changed(open_page, home):
    blank(home, "few", 3)
    net = build("conv 3 5x5 | relu | flatten | linear classes", (1, 28, 28), 2)
    torch.nn.init.zeros_(net.layers[-1].weight)  # its answer is its bias: no filter can matter
    card = Card("small", net.line, (1, 28, 28), ("0", "1"), dataset="few", mean=(0.4,), std=(0.4,))
    checkpoint.save(home / "checkpoints" / "small", net, card)
    at = open_page("inside.py", model="small", look="Surgery")
    assert at.metric[0].value in ("1 of 3", "2 of 3")
    at.button(key="inside-rank").click().run()
    assert "inside-mute-worst" not in [each.key for each in at.button]
    assert any("No filter of this layer does damage" in each.value for each in at.caption)
    next(each for each in at.button if each.label == "Mute").click().run()
    assert not at.exception and at.metric[0].delta == "+0 pictures"
    shown = at.metric[0].proto
    assert shown.color == shown.MetricColor.GRAY and shown.direction == shown.MetricDirection.NONE


@pytest.mark.parametrize("view", VIEWS)
def test_a_model_that_learned_from_several_sets_is_shown_pictures_of_one_with_its_classes(open_page, home, view):
    many = "mnist, drawings by other people, strokes"
    save_model(home, "ink", "conv 3 5x5 | relu | flatten | linear classes", dataset=many, classes=(*DIGITS, "alpha"))
    at = open_page("inside.py", model="ink", look=view)
    assert not at.exception and not at.error and at.session_state["inside-source"] == "Draw"
    assert "Test set" not in at.segmented_control(key="inside-source").options
    assert "test set" not in said(at) + " ".join(each.value for each in at.caption)  # there is none to take one of
    blank(home, "mnist", 40, 10)
    services.forget_datasets()
    at = open_page("inside.py", model="ink", look=view)
    assert not at.exception and not at.error and at.session_state["inside-source"] == "Test set"
    assert at.selectbox(key="inside-class").options == ["any class", *DIGITS]
    assert "test picture 0 of mnist" in next(
        each.proto.body for each in at.get("html") if "ink-answer" in each.proto.body
    )
    if view == "Surgery":
        assert at.metric[0].label == "Accuracy on 40 test pictures of mnist" and at.metric[0].value == "4 of 40"


def test_a_stamp_a_scale_and_a_copy_are_cuts(open_page, run):
    at = open_page("inside.py", run=str(run), look="Surgery")
    at.button(key="inside-stamp-blur").click().run()
    next(each for each in at.button if each.label == "Scale").click().run()
    next(each for each in at.button if each.label == "Copy").click().run()
    assert not at.exception
    words = " ".join(each.value for each in at.markdown)
    assert "filter 1 painted" in words and "filter 1 × 2" in words and "becomes a copy of filter 2" in words
    at.segmented_control(key="inside-view").set_value("Filters").run()
    assert "after surgery: 3 cuts" in said(at)


def test_a_factor_typed_just_before_the_press_counts(open_page, run):
    at = open_page("inside.py", run=str(run), look="Surgery")
    at.number_input(key="inside-factor").set_value(5.0)
    next(each for each in at.button if each.label == "Scale").click().run()
    assert "filter 1 × 5" in " ".join(each.value for each in at.markdown)


def test_the_operated_network_is_kept_as_a_model_that_opens_everywhere(open_page, run, home):
    at = open_page("inside.py", run=str(run), look="Surgery")
    next(each for each in at.button if each.label == "Mute").click().run()
    at.text_input(key="inside-name").set_value("Quiet one").run()
    at.button(key="inside-save").click().run()
    assert not at.exception and "quiet-one" in said(at)
    net, card = checkpoint.load(checkpoint.find("quiet-one"))
    assert not net.layers[0].weight[0].any()
    assert card.classes == ("0", "1") and "filter 1 muted" in card.about
    again = open_page("inside.py", model="quiet-one")
    assert not again.exception and again.selectbox(key="inside-net").value == "quiet-one"


def test_a_name_is_taken_as_it_stands_when_save_is_pressed(open_page, run, home):
    at = open_page("inside.py", run=str(run), look="Surgery")
    next(each for each in at.button if each.label == "Mute").click().run()
    at.button(key="inside-save").click().run()
    assert not at.exception and "The name is" in said(at)
    at.text_input(key="inside-name").set_value("first")
    at.button(key="inside-save").click().run()
    assert "Saved as the model 'first'" in said(at)
    at.text_input(key="inside-name").set_value("second")
    at.button(key="inside-save").click().run()
    assert "Saved as the model 'second'" in said(at) and {"first", "second"} <= {*checkpoint.names()}


def test_a_link_wins_over_what_was_open_and_a_choice_wins_over_an_old_link(open_page, run):
    other = train_now(Store(), TINY.replace(seed=1), lambda fact: None)
    third = train_now(Store(), TINY.replace(seed=2), lambda fact: None)
    at = open_page("inside.py", run=str(run))
    at.query_params["run"] = str(other)  # a link of another page
    at.run()
    assert at.selectbox(key="inside-net").value == other and at.query_params["run"] in (str(other), [str(other)])
    at.selectbox(key="inside-net").set_value(third).run()
    assert at.selectbox(key="inside-net").value == third and at.query_params["run"] in (str(third), [str(third)])
    del at.query_params["run"]  # the menu leads here, and another page has opened a run meanwhile
    at.session_state["run"] = run
    at.run()
    assert at.selectbox(key="inside-net").value == run
    del at.query_params["run"]  # the menu again, and nothing else was opened
    at.run()
    assert at.selectbox(key="inside-net").value == run


def test_a_damaged_upload_leaves_the_rest_of_the_page(open_page, run):
    at = open_page("inside.py", run=str(run), look="Architecture")
    at.segmented_control(key="inside-source").set_value("Upload").run()
    at.get("file_uploader")[0].set_value(("photo.png", b"no picture", "image/png")).run()
    assert not at.exception and "photo.png" in at.error[0].value
    assert at.segmented_control(key="inside-view").value == "Architecture"


@pytest.mark.parametrize("name", ["", "../up", "a" * 41, "UPPER and space!"])
def test_a_name_that_is_none_is_refused(name):
    from core.errors import LabError
    from core.look.keeping import named

    with pytest.raises(LabError, match="The name is"):
        named(name, [])


def test_a_taken_name_is_refused():
    from core.errors import LabError
    from core.look.keeping import named

    with pytest.raises(LabError, match="taken"):
        named("ink-34", ["ink-34"])


@pytest.mark.parametrize("view", VIEWS)
def test_a_backbone_is_shown_block_by_block(open_page, home, view):
    save_model(home, "deep", "resnet18 | linear classes", (3, 32, 32))
    at = open_page("inside.py", model="deep", look=view)
    at.segmented_control(key="inside-source").set_value("Upload").run()
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(file, "PNG")
    at.get("file_uploader")[0].set_value(("photo.png", file.getvalue(), "image/png")).run()
    assert not at.exception and not at.error
    if view == "Layers":
        assert len(at.selectbox(key="inside-block").options) == 10
        at.selectbox(key="inside-block").set_value(at.selectbox(key="inside-block").value).run()
        assert sum(row["shape"][0] for row in rows(at, "inside-wall")) < 600
    torch.manual_seed(0)
