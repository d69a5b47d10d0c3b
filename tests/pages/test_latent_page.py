"""The Latent page: any generator of the lab, and sentences for what cannot be shown."""

import json

import pytest

from core import paths
from core.config import RunConfig
from core.errors import LabError
from core.latent.directions import regression
from core.latent.latent import Latent
from core.latent.sampler import sampler
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.gan import pair
from core.runs.engine import train_now
from core.runs.store import Store
from ui.components.latent_panel import sent
from ui.parts import latent_directions, latent_find

VIEWS = ("Atlas", "Directions", "Walks and sums", "Find me", "Through the epochs")
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


def test_a_gan_run_is_shown_on_train_and_opened_at_every_moment(open_page, tiny):
    store = Store()
    number = train_now(store, GAN, lambda fact: None)
    assert store.run(number).status == "finished", store.run(number).error
    card = checkpoint.card(paths.home() / "runs" / str(number) / "checkpoint")
    assert card.kind == "gan" and card.shape == (1, 32, 32)
    at = open_page("train.py", run=str(number))
    assert not at.exception and not at.error
    at = open_page("latent.py", model=f"run:{number}", view="Through the epochs")
    assert not at.exception and not at.error
    steps = [moment.step for moment in store.snapshots(number)]
    at.select_slider(key=f"latent-step-{number}").set_value(steps[0]).run()
    assert not at.exception
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
