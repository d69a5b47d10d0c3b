"""The Latent page: any generator of the lab, and sentences for what cannot be shown."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from core import paths
from core.config import RunConfig
from core.data.drawn import Stroke, pack
from core.errors import LabError
from core.latent.atlas import Atlas
from core.latent.directions import regression
from core.latent.latent import Latent
from core.latent.sampler import sampler
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.gan import pair
from core.nets.line import build
from core.runs.engine import train_now
from core.runs.store import Store
from core.train import fit_gan
from ui.components.latent_panel import sent
from ui.parts import latent_atlas, latent_directions, latent_find, latent_picked

VIEWS = ("Atlas", "Directions", "Walks and sums", "Find me", "Through the epochs")
SEVEN = pack([Stroke(600, np.array([[2500, 2000], [7500, 2000], [4500, 8500]], dtype=np.uint16))])
GAN = RunConfig("tiny", "gan-small", epochs=2, batch_size=16, kind="gan", latent=8, lr=2e-4, snapshots=2)


@pytest.fixture(autouse=True)
def nothing_shipped(tmp_path, monkeypatch) -> None:
    """Only the lab's eye and the models that a test makes itself."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "eye").symlink_to(paths.shipped() / "eye")
    monkeypatch.setattr("core.paths.shipped", lambda: folder)


@pytest.fixture
def model(home) -> str:
    config = RunConfig("noise", "gan-small", kind="gan", latent=8)
    made = pair("gan-small", (3, 32, 32), 8, seed=1)
    tensors = {f"{name}.{key}": v for name, net in made._asdict().items() for key, v in net.state_dict().items()}
    ways, _ = regression(sampler("tiny", config, (3, 32, 32), (), tensors), 50)
    tensors |= {f"direction.{name}": way for name, way in ways.items()}
    card = Card("made-up", "gan-small", (3, 32, 32), ("picture",), kind="gan", config=config.to_dict())
    checkpoint.write(paths.home() / "checkpoints" / "made-up", tensors, card)
    return "made-up"


def test_without_a_generator_the_page_says_where_one_comes_from(open_page):
    at = open_page("latent.py")
    assert not at.exception
    assert at.subheader[0].value == "No generator yet"


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws(open_page, model, view):
    at = open_page("latent.py", view=view)
    assert not at.exception and not at.error


def test_the_panels_message_moves_the_picture_and_the_link(open_page, model):
    at = open_page("latent.py")
    box = at.session_state["latent-boxes"][model]
    state = {"seed": 3, "edits": {"2": 1.5}, "moves": {"lightness": 2}}
    at.session_state["latent-panel"] = {"moved": {"n": 1, "generation": box["generation"], "up": True, "state": state}}
    at.run()
    assert not at.exception
    wanted = Latent(3, ((2, 1.5),), moves=(("lightness", 2.0),))
    assert at.session_state["latent-boxes"][model]["latent"] == wanted
    linked = at.query_params["z"]
    assert Latent.from_link(linked if isinstance(linked, str) else linked[0]) == wanted


def frame_at(at) -> int | None:
    """Where the frame among the samples is."""
    (sheet,) = [each for each in at.main.children.values() for each in walked(each) if "latent-samples" in each.id]
    return json.loads(sheet.json if sheet.HasField("json") else sheet.mixed.json)["picked"]


def walked(block):
    proto = getattr(block, "proto", None)
    if proto is not None and type(proto).__name__ == "BidiComponent":
        yield proto
    for child in getattr(block, "children", {}).values():
        yield from walked(child)


def test_the_frame_is_on_the_sample_that_the_picture_began_with_and_on_none_for_a_sum(open_page, model):
    assert frame_at(open_page("latent.py", model=model, z=Latent(3).edit(2, 1.5).to_link())) == 3
    assert frame_at(open_page("latent.py", model=model, z=Latent(3).baked(8).to_link())) is None
    at = open_page("latent.py", model=model)
    assert frame_at(at) == 0
    generation = at.session_state["latent-boxes"][model]["generation"]
    every = {"seed": 0, "edits": {str(index): 0.5 for index in range(8)}}  # Randomise
    at.session_state["latent-panel"] = {"moved": {"n": 1, "generation": generation, "up": True, "state": every}}
    at.run()
    assert not at.exception and frame_at(at) is None


def test_a_message_that_is_none_is_told_and_changes_nothing(open_page, model):
    at = open_page("latent.py")
    box = at.session_state["latent-boxes"][model]
    state = {"seed": 3, "edits": {"99": 1.5}}
    at.session_state["latent-panel"] = {"moved": {"n": 1, "generation": box["generation"], "up": True, "state": state}}
    at.run()
    assert not at.exception
    assert any("indices 0 to 7" in each.value for each in at.warning)
    assert at.session_state["latent-boxes"][model]["latent"] == Latent(0)
    assert sent({"moved": "x"}) is None and sent(None) is None


def test_a_link_restores_the_picture_and_a_cut_one_is_told(open_page, model):
    latent = Latent(5, ((1, 2.0),))
    at = open_page("latent.py", model=model, z=latent.to_link())
    assert at.session_state["latent-boxes"][model]["latent"] == latent
    at = open_page("latent.py", model=model, z="~abc")
    assert not at.exception
    assert any("Ask for the link again" in each.value for each in at.warning)
    at = open_page("latent.py", model="nobody")
    assert any("'nobody'" in each.value for each in at.warning)


@pytest.mark.parametrize("link", ["run:²", "run:99999999999999999999", "run:1@²", "run:"])
def test_an_address_that_names_no_generator_is_told(open_page, model, link):
    at = open_page("latent.py", model=link)
    assert not at.exception and "does not have" in at.warning[0].value


def test_a_gan_run_is_shown_on_train_and_opened_at_every_moment(open_page, tiny, monkeypatch):
    monkeypatch.setattr(fit_gan, "SAMPLES", 50)  # pictures that are looked at again and again while it trains
    store = Store()
    number = train_now(store, GAN, lambda fact: None)
    assert store.run(number).status == "finished", store.run(number).error
    card = checkpoint.card(paths.home() / "runs" / str(number) / "checkpoint")
    assert card.kind == "gan" and card.shape == (1, 32, 32)
    at = open_page("train.py", run=str(number))
    assert not at.exception and not at.error
    at.button(key="learn-generator").click().run()
    taken = at.session_state["recipe"]["values"]
    assert not at.exception and taken["train_only"] == "generator" and taken["trunk"].startswith(f"run:{number}@")
    at = open_page("latent.py", model=f"run:{number}", view="Through the epochs")
    assert not at.exception and not at.error
    steps = [moment.step for moment in store.snapshots(number)]
    at.select_slider(key=f"latent-step-{number}").set_value(steps[0]).run()
    assert not at.exception
    at = open_page("latent.py", model=f"run:{number}", epoch=str(at.query_params["epoch"][-1]))
    assert at.select_slider(key=f"latent-step-{number}").value == steps[0]
    at = open_page("latent.py", model=f"run:{number}@{steps[0]}")
    assert at.select_slider(key=f"latent-step-{number}").value == steps[0] and not at.warning
    again = train_now(store, GAN.replace(trunk=f"run:{number}", train_only="generator"), lambda fact: None)
    assert store.run(again).status == "finished", store.run(again).error
    wrong = train_now(store, GAN.replace(trunk=f"run:{number}", latent=16), lambda fact: None)
    assert "not those of this pair" in (store.run(wrong).error or "")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "no readable JSON"),
        (b"[]", "no JSON object"),
        (b'{"a": 3}', "no list of numbers"),
        (json.dumps({"a": [1.0] * 7}).encode(), "has 7 numbers; this generator needs 8"),
        (json.dumps({"a": [0.0] * 8}).encode(), "all zeros"),
    ],
)
def test_wrong_directions_are_refused(data, said):
    with pytest.raises(LabError, match=said):
        latent_directions.read(data, 8)


def test_an_upload_that_is_no_picture_is_refused():
    with pytest.raises(LabError, match="no readable picture"):
        latent_find.read(b"not a picture")


def test_a_click_puts_a_picture_to_one_side_another_takes_it_away():
    chosen = {"+": [], "−": []}
    latent_picked.put(chosen, Latent(3), "+")
    latent_picked.put(chosen, Latent(4), "+")
    latent_picked.put(chosen, Latent(3), "−")
    assert chosen == {"+": [Latent(4)], "−": [Latent(3)]}
    latent_picked.put(chosen, Latent(3), "−")
    assert chosen == {"+": [Latent(4)], "−": []}


@pytest.mark.parametrize("way", ["eye", "numbers"])
def test_picked_pictures_become_a_slider_with_a_name(open_page, model, way, monkeypatch):
    monkeypatch.setattr("core.latent.picked.SAMPLES", 100)
    at = open_page("latent.py", view="Directions")
    at.segmented_control(key="latent-method").set_value("picked").run()
    assert not at.exception and any("are the least" in each.value for each in at.info)
    at.session_state["latent-picked"] = {model: {"+": [Latent(1), Latent(2)], "−": [Latent(5)]}}
    at.run()
    at.segmented_control(key="latent-way").set_value(way).run()
    assert not at.exception and not at.error
    at.text_input[0].set_value("green hair")
    next(each for each in at.button if each.label == "Keep").click().run()
    assert not at.exception and list(at.session_state["latent-own"][model]) == ["green hair"]
    assert float(at.session_state["latent-own"][model]["green hair"].norm()) == pytest.approx(1, abs=1e-4)
    first = at.session_state["latent-own"][model]["green hair"].clone()
    at.text_input[0].set_value("green hair")
    next(each for each in at.button if each.label == "Keep").click().run()
    assert "keep a direction named 'green hair' already" in at.error[0].value
    assert at.session_state["latent-own"][model]["green hair"].equal(first)


def test_a_drawing_is_searched_when_the_button_says_so(open_page, model, monkeypatch):
    monkeypatch.setattr("ui.parts.latent_find.found", lambda target, sampler: (Latent(9), float(target.mean())))
    at = open_page("latent.py", view="Find me")
    at.segmented_control(key="latent-find-way").set_value("Draw").run()
    button = next(each for each in at.button if each.label == "Find this drawing")
    assert not at.exception and button.disabled
    at.session_state["pad"] = {"ink": {"n": 1, "up": True, "ink": SEVEN}}
    at.run()
    assert "latent-take-found" not in [each.key for each in at.button]
    next(each for each in at.button if each.label == "Find this drawing").click().run()
    assert not at.exception and not at.error
    at.button(key="latent-take-found").click().run()
    assert at.session_state["latent-boxes"][model]["latent"] == Latent(9)


def test_a_walk_is_offered_as_gif_and_as_film(open_page, model, monkeypatch):
    at = open_page("latent.py", view="Walks and sums")
    at.session_state["latent-shelf"] = {model: [Latent(1), Latent(2)]}
    at.run()
    assert not at.exception and [each.label for each in at.get("download_button")][-2:] == ["GIF", "MP4"]
    monkeypatch.setattr("ui.parts.latent_walk.films", lambda: False)
    at.run()
    assert "MP4" not in [each.label for each in at.get("download_button")]
    assert any("pip install av" in each.value for each in at.caption)


def test_a_newer_address_is_obeyed_and_one_the_page_wrote_is_not_taken_for_one(open_page, model):
    at = open_page("latent.py", model=model, z=Latent(5).to_link())
    box = at.session_state["latent-boxes"][model]
    state = {"seed": 8}
    at.session_state["latent-panel"] = {"moved": {"n": 1, "generation": box["generation"], "up": True, "state": state}}
    at.run()
    assert at.session_state["latent-boxes"][model]["latent"] == Latent(8)
    at.query_params["z"] = Latent(11).to_link()
    at.run()
    assert at.session_state["latent-boxes"][model]["latent"] == Latent(11)


def test_a_made_picture_is_looked_at_inside_a_classifier(open_page, model):
    net = build("conv 2 3x3 | relu | gap | linear classes", (3, 32, 32), 3)
    for name in ("things", "others"):
        card = Card(name, net.line, (3, 32, 32), ("a", "b", "c"), mean=(0.5,) * 3, std=(0.5,) * 3)
        checkpoint.save(paths.home() / "checkpoints" / name, net, card)
    at = open_page("latent.py", model=model)
    assert at.selectbox(key="latent-inside").options == ["model · others", "model · things"]
    at = open_page("inside.py", model="things", made=model, z=Latent(5).edit(2, 1.5).to_link())
    assert not at.exception and not at.error and not at.warning
    assert at.session_state["inside-source"] == "Made"
    assert at.selectbox(key="inside-made-from").value == model
    assert at.session_state["inside-made"][model] == Latent(5, ((2, 1.5),))
    assert "made by made-up, seed 5" in next(
        each.proto.body for each in at.get("html") if "ink-answer" in each.proto.body
    )
    at.button(key="inside-made-next").click().run()
    assert at.session_state["inside-made"][model].seed != 5
    linked = at.query_params["z"]
    assert Latent.from_link(linked if isinstance(linked, str) else linked[0]) == at.session_state["inside-made"][model]
    at.segmented_control(key="inside-source").set_value("Draw").run()
    assert not at.exception and "made" not in at.query_params
    for name, value in (("model", "others"), ("made", model), ("z", "6")):  # another link in the same visit
        at.query_params[name] = value
    at.run()
    assert at.selectbox(key="inside-net").value == "others" and at.session_state["inside-source"] == "Made"
    assert at.session_state["inside-made"][model] == Latent(6)


@pytest.mark.parametrize(("made", "z", "said"), [("nobody", "0", "nobody"), ("made-up", "~abc", "Ask for the link"),
                                                 ("run:x", "0", "allowed: the name of a saved one")])  # fmt: skip
def test_a_link_to_a_made_picture_that_cannot_be_is_told(open_page, model, made, z, said):
    at = open_page("inside.py", made=made, z=z)
    assert not at.exception
    assert any(said in each.value for each in at.warning)


def test_an_atlas_without_ranges_shows_the_rest():
    numbers, nothing = torch.arange(3.0), torch.full((3,), torch.nan)
    found = Atlas(
        ("ink",), torch.zeros(3, 32, 32, dtype=torch.uint8), numbers, numbers[:, None], nothing, nothing, nothing
    )
    assert not {"from", "to", "strain"} & {*latent_atlas.frame(found).columns}
    whole = dataclasses.replace(found, low=-numbers, high=numbers, strain=numbers)
    rows = latent_atlas.frame(whole)
    assert rows["index"].tolist() == [2, 1, 0] and rows["from"].tolist() == [-2, -1, 0]
