"""The Mistakes page: any network on any test pictures it can read, the label game, and sentences for what cannot be."""

import json

import numpy as np
import pytest
from sqlalchemy import update

from core.config import RunConfig
from core.data import registry
from core.data.drawn import Stroke, pack
from core.data.wrong import flipped
from core.look.confusion import matrix
from core.look.judged import judged
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.line import build
from core.runs import errand as worker
from core.runs import errands, looks
from core.runs.drawings import Labelled, pool
from core.runs.engine import train_now
from core.runs.fixes import LEAVE, Fixes
from core.runs.openings import open_run
from core.runs.store import Store
from core.runs.tables import runs
from core.train import fit_gan
from ui import served, services

TINY = RunConfig("tiny", "conv 4 3x3 | relu | pool 2 | flatten | linear classes", epochs=2, batch_size=16, lr=3e-3)
VIEWS = ("Confusions", "Ten worst", "Classes", "Two networks", "Find wrong labels")


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch) -> None:
    """Only the models that a test makes itself, and no background process."""
    monkeypatch.setattr("core.paths.shipped", lambda: tmp_path / "shipped")
    monkeypatch.setattr(errands, "ensure", lambda: None)


@pytest.fixture
def run(tiny) -> int:
    return train_now(Store(), TINY, lambda fact: None)


def shown(at, key: str) -> dict:
    """What a component was given."""
    for each in at.main:
        if (found := _find(each, key)) is not None:
            return json.loads(found)
    raise AssertionError(f"no component {key!r}")


def _find(block, key):
    proto = getattr(block, "proto", None)
    if proto is not None and type(proto).__name__ == "BidiComponent" and key in proto.id:
        return proto.json if proto.HasField("json") else proto.mixed.json
    for child in getattr(block, "children", {}).values():
        if (found := _find(child, key)) is not None:
            return found
    return None


def fetched(address: str) -> dict:
    """What a browser finds at an address."""
    content = served.content(address.rpartition("/")[2])
    assert content is not None
    return served.unpacked(content)


def said(at) -> str:
    kinds = (at.error, at.warning, at.info, at.success, at.caption, at.markdown)
    return " ".join(str(each.value) for group in kinds for each in group)


def work() -> None:
    """What the background process would do."""
    worker.drain(looks.work, idle=0.01)


def test_without_a_network_the_page_says_what_to_do(open_page):
    at = open_page("mistakes.py")
    assert not at.exception and "Nothing to judge yet" in at.subheader[0].value


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_works(open_page, run, view):
    at = open_page("mistakes.py", run=str(run), look=view)
    assert not at.exception and not at.error


def test_the_browser_gets_the_networks_own_answers(open_page, run):
    at = open_page("mistakes.py", run=str(run))
    told = fetched(shown(at, "mistakes-board")["answers"])
    data = registry.load("tiny")
    known = judged(open_run(Store(), run), data.x_test, data.y_test)
    np.testing.assert_array_equal(told["answers"], known.answers)
    np.testing.assert_array_equal(matrix(told["truth"], told["answers"], 2), matrix(known.truth, known.answers, 2))
    np.testing.assert_allclose(told["losses"], known.losses, rtol=1e-4, atol=1e-6)
    assert at.metric[0].value == f"{int(known.right.sum())} of {len(known)}"  # few pictures: no per cent


def test_the_sheet_holds_the_test_pictures_in_order(open_page, run):
    import io

    from PIL import Image

    at = open_page("mistakes.py", run=str(run))
    sheets = shown(at, "mistakes-board")["sheets"]
    sheet = np.asarray(Image.open(io.BytesIO(served.content(sheets["addresses"][0].rpartition("/")[2]))))
    x = registry.load("tiny").x_test.numpy()
    for i in (0, 7, 15):
        left = i % sheets["columns"] * 12
        top = i // sheets["columns"] * 12
        np.testing.assert_array_equal(sheet[top : top + 12, left : left + 12], x[i, 0])


def test_an_earlier_epoch_gives_other_answers(open_page, run):
    at = open_page("mistakes.py", run=str(run))
    newest = shown(at, "mistakes-board")["answers"]
    at.select_slider(key=f"mistakes-step-{run}").set_value(Store().snapshots(run)[0].step).run()
    assert not at.exception and shown(at, "mistakes-board")["answers"] != newest
    assert at.query_params["epoch"] in ("0", ["0"])


def test_a_clicked_cell_stands_in_the_link_and_the_link_opens_it(open_page, run):
    at = open_page("mistakes.py", run=str(run), cell="1-0")
    assert shown(at, "mistakes-board")["start"] == [1, 0]
    from ui.components.mistakes_board import cell

    assert cell({"cell": [1, None]}, 2) == (1, None)
    for wrong in ([2, 0], [-1, 0], "x", [0], [None, None], None, [0.5, 1]):
        assert cell({"cell": wrong}, 2) is None


@pytest.mark.parametrize("link", ["9-9", "x-1", "--", "-", "²-1"])
def test_a_damaged_link_to_a_cell_opens_none(open_page, run, link):
    at = open_page("mistakes.py", run=str(run), cell=link)
    assert not at.exception and shown(at, "mistakes-board")["start"] is None


def test_tsne_is_made_in_the_background_and_then_shown(open_page, run):
    at = open_page("mistakes.py", run=str(run))
    at.segmented_control(key="mistakes-map").set_value("t-SNE").run()
    assert len(shown(at, "mistakes-board")["maps"]) == 1
    work()
    at.run()
    assert not at.exception
    assert [each["name"] for each in shown(at, "mistakes-board")["maps"]] == ["PCA", "t-SNE"]
    assert fetched(shown(at, "mistakes-board")["maps"][1]["address"])["places"].shape == (16, 2)


def test_what_is_on_the_pad_is_a_star_on_the_map(open_page, home):
    (home / "data").mkdir(parents=True, exist_ok=True)
    x = np.random.default_rng(0).integers(0, 255, (40, 28, 28), dtype=np.uint8)
    y = np.arange(40) % 10
    np.savez(home / "data" / "mnist.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    save_model(home, "digits")
    at = open_page("mistakes.py", model="digits")
    assert shown(at, "mistakes-board")["stars"] == []
    seven = pack([Stroke(600, np.array([[2500, 2000], [7500, 2000], [4500, 8500]], dtype=np.uint16))])
    at.session_state["pad"] = {"ink": {"n": 1, "up": True, "ink": seven}}
    at.run()
    assert not at.exception
    stars = shown(at, "mistakes-board")["stars"]
    assert len(stars) == 1 and stars[0]["text"].startswith("your drawing, read as")


def test_the_drawings_kept_under_my_nickname_are_stars_too(open_page, home):
    from core.runs.drawings import Labelled, Pool

    (home / "data").mkdir(parents=True, exist_ok=True)
    x = np.random.default_rng(0).integers(0, 255, (40, 28, 28), dtype=np.uint8)
    y = np.arange(40) % 10
    np.savez(home / "data" / "mnist.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    save_model(home, "digits")
    pool = Pool(Store())
    pool.keep(Labelled(x[0], "3", "Ada"))
    pool.keep(Labelled(x[1], "4", "Bob"))
    at = open_page("mistakes.py", model="digits")
    at.session_state["visitor"] = "Ada"
    at.run()
    assert not at.exception
    assert [each["text"][:8] for each in shown(at, "mistakes-board")["stars"]] == ["3 by Ada"]


def save_model(home, name: str, classes=tuple("0123456789"), dataset: str = "mnist") -> None:
    net = build("conv 3 5x5 | relu | pool 4 | flatten | linear classes", (1, 28, 28), len(classes))
    checkpoint.save(
        home / "checkpoints" / name,
        net,
        Card(name, net.line, (1, 28, 28), classes, dataset=dataset, mean=(0.4,), std=(0.4,)),
    )


def test_two_networks_are_laid_side_by_side(open_page, run):
    other = train_now(Store(), TINY.replace(seed=1), lambda fact: None)
    at = open_page("mistakes.py", run=str(run), look="Two networks", **{"with": str(other)})
    assert not at.exception and not at.warning
    given = shown(at, "mistakes-side")
    told, data = fetched(given["answers"]), registry.load("tiny")
    known = judged(open_run(Store(), other), data.x_test, data.y_test)
    np.testing.assert_array_equal(told["answers2"], known.answers)
    assert given["titles"] == [f"run {run}", f"run {other}"]
    assert "disagree" in given["said"] or "exactly the same pictures" in given["said"]
    assert "Asked together" in given["said"]


def test_networks_of_other_classes_are_not_mixed(open_page, run, home):
    x = np.zeros((30, 12, 12), np.uint8)
    np.savez(home / "data" / "three.npz", x_train=x, y_train=np.arange(30) % 3, x_test=x, y_test=np.arange(30) % 3)
    other = train_now(Store(), TINY.replace(dataset="three", epochs=1), lambda fact: None)
    at = open_page("mistakes.py", run=str(run), look="Two networks", **{"with": str(other)})
    assert not at.exception and "answers with other classes (0, 1, 2) than run" in said(at)


def test_two_networks_begin_with_one_that_answers_with_the_same_classes(open_page, run, home):
    fitting = train_now(Store(), TINY.replace(seed=1), lambda fact: None)
    x = np.zeros((30, 12, 12), np.uint8)
    np.savez(home / "data" / "three.npz", x_train=x, y_train=np.arange(30) % 3, x_test=x, y_test=np.arange(30) % 3)
    train_now(Store(), TINY.replace(dataset="three", epochs=1), lambda fact: None)
    at = open_page("mistakes.py", run=str(run), look="Two networks")
    assert not at.warning and at.selectbox(key="mistakes-with").value == fitting


def test_a_run_deleted_while_it_is_looked_at_is_told_and_the_page_goes_on(open_page, run):
    second = train_now(Store(), TINY.replace(seed=1), lambda fact: None)
    at = open_page("mistakes.py", run=str(second))
    Store().delete(second)
    at.run()
    assert not at.exception and f"Run {second}" in said(at)
    assert at.selectbox(key="mistakes-net").value == run


def test_the_ten_worst_show_the_chance_that_the_loss_is_of():
    from core.look.judged import Judged
    from core.look.worst import worst
    from ui.parts.mistakes_worst import bars

    chances = np.array([[0.5, 0.3, 0.1996, 0.0004]])
    found = Judged(np.array([3]), chances, -np.log(chances[:, 3]), np.zeros((1, 2)))
    (each,) = worst(found, 1, 3)
    text = bars(each, list("abcd"))
    assert text.count("<div") == 4 and "<div class=true><span>d</span>" in text and "&lt; 0.1 %" in text
    (each,) = worst(Judged(np.array([1]), chances, -np.log(chances[:, 1]), np.zeros((1, 2))), 1, 3)
    assert bars(each, list("abcd")).count("<div") == 3


def test_a_network_that_still_learns_is_not_laid_beside_by_itself(open_page, run):
    from core.runs.engine import train_now as again

    other = again(Store(), TINY.replace(seed=1), lambda fact: None)
    begun = again(Store(), TINY.replace(seed=2), lambda fact: None)
    with Store().write() as connection:
        connection.execute(update(runs).where(runs.c.id == begun).values(status="running"))
    at = open_page("mistakes.py", run=str(run), look="Two networks")
    assert at.selectbox(key="mistakes-with").value == other


@pytest.mark.parametrize("page", ["mistakes.py", "time.py", "inside.py", "train.py"])
def test_a_link_to_a_run_that_is_no_number_is_told(open_page, run, page):
    at = open_page(page, run="twelve")
    assert not at.exception and "asks for the run 'twelve'; allowed: the number of a run" in at.warning[0].value
    assert at.query_params.get("run") in (str(run), [str(run)], None)


def test_a_link_to_a_run_that_is_gone_is_told(open_page, run):
    at = open_page("mistakes.py", run="99")
    assert not at.exception and "Run 99 does not exist" in said(at)


def test_a_run_without_a_snapshot_is_told(open_page, run):
    waiting = Store().add(TINY)
    at = open_page("mistakes.py", run=str(waiting))
    assert not at.exception and f"Run {waiting} is queued and has no snapshot to judge" in said(at)


def test_snapshots_whose_files_are_gone_are_told(open_page, run):
    for moment in Store().snapshots(run):
        moment.path.unlink()
    at = open_page("mistakes.py", run=str(run))
    assert not at.exception and "its files are gone" in said(at)


def test_a_corrupt_snapshot_is_a_sentence(open_page, run):
    Store().snapshots(run)[-1].path.write_bytes(b"nothing")
    at = open_page("mistakes.py", run=str(run))
    assert not at.exception and "cannot be read" in said(at)


def test_a_dataset_that_is_absent_now_is_told(open_page, run, home):
    (home / "data" / "tiny.npz").unlink()
    at = open_page("mistakes.py", run=str(run))
    assert not at.exception and "'tiny', which is not on this machine now" in said(at)


def teach() -> int:
    """A run on a handful of the class's drawings."""
    luck = np.random.default_rng(1)
    for label in ("star", "house"):
        with pool() as drawings:
            for _ in range(5):
                drawings.keep(Labelled(luck.integers(0, 255, (28, 28)).astype(np.uint8), label))
    services.forget_datasets()
    return train_now(Store(), TINY.replace(dataset="class-drawings:star,house", snapshots=2), lambda fact: None)


@pytest.mark.parametrize("view", VIEWS[:4])
def test_a_taught_run_is_judged_on_the_drawings_that_were_held_out(open_page, home, view):
    taught = teach()
    at = open_page("mistakes.py", look=view)
    assert not at.exception and not at.error and at.selectbox(key="mistakes-net").value == taught
    assert at.selectbox(key="mistakes-set").value == "class-drawings:star,house"
    assert " of " in at.metric[0].value  # few drawings are kept aside: counted, not in per cent


def test_a_taught_run_is_played_and_one_whose_drawings_are_gone_is_told_and_not_the_first(open_page, run):
    taught = teach()
    at = open_page("time.py")
    work()
    at.run()
    assert not at.exception and not at.error and at.selectbox(key="mistakes-net-run").value == taught
    assert len(fetched(shown(at, "time-player")["film"])["truth"]) == 2
    with pool() as drawings:
        for each in drawings.drawings(label="star"):
            drawings.delete(each.id)
    at = open_page("mistakes.py", run=str(taught))
    assert f"Run {taught} learned star, house from the class's drawings. Judging it needs 2" in at.error[0].value
    for page, key in (("mistakes.py", "mistakes-net"), ("time.py", "mistakes-net-run")):
        at = open_page(page)
        assert not at.exception and not at.error and at.selectbox(key=key).value == run


def test_a_run_that_trains_a_generator_is_not_offered_and_a_link_to_it_is_told(open_page, run, monkeypatch):
    monkeypatch.setattr(fit_gan, "SAMPLES", 50)  # pictures that are looked at again and again while it trains
    config = RunConfig("tiny", "gan-small", epochs=1, batch_size=32, kind="gan", latent=8, lr=2e-4, snapshots=2)
    gan = train_now(Store(), config, lambda fact: None)
    at = open_page("mistakes.py")
    assert not at.exception and not at.error and at.selectbox(key="mistakes-net").value == run
    assert len(at.selectbox(key="mistakes-net").options) == 1
    at = open_page("mistakes.py", run=str(gan))
    assert not at.exception and not at.error and "trains a generator" in at.warning[0].value


def test_a_dataset_with_other_classes_now_is_told(open_page, run, home):
    x = np.zeros((30, 12, 12), np.uint8)
    y = np.arange(30) % 2
    np.savez(home / "data" / "tiny.npz", x_train=x, y_train=y, x_test=x, y_test=y, classes=["cat", "dog"])
    at = open_page("mistakes.py", run=str(run))
    assert not at.exception and "learned the classes 0, 1 of 'tiny'" in said(at) and "now has cat, dog" in said(at)


def test_a_dataset_with_more_classes_now_does_not_fit_a_run_without_checkpoint(open_page, run, home):
    import shutil

    shutil.rmtree(home / "runs" / str(run) / "checkpoint")
    x = np.zeros((30, 12, 12), np.uint8)
    np.savez(home / "data" / "tiny.npz", x_train=x, y_train=np.arange(30) % 3, x_test=x, y_test=np.arange(30) % 3)
    at = open_page("mistakes.py", run=str(run))
    assert not at.exception and f"Run {run} does not fit tiny as it is now" in said(at)


def test_a_slow_network_is_judged_on_some_pictures_first_and_on_all_later(open_page, run, monkeypatch):
    monkeypatch.setattr("ui.parts.mistakes_answers.affordable", lambda opened, count: 10)
    at = open_page("mistakes.py", run=str(run))
    assert len(fetched(shown(at, "mistakes-board")["answers"])["truth"]) == 10
    work()
    at.run()
    assert not at.exception and len(fetched(shown(at, "mistakes-board")["answers"])["truth"]) == 16


def test_a_slow_judging_that_failed_is_told_and_can_be_tried_again(open_page, run, monkeypatch):
    monkeypatch.setattr("ui.parts.mistakes_answers.affordable", lambda opened, count: 10)
    open_page("mistakes.py", run=str(run))
    request = next(errands.desk().glob("*.json"))
    request.with_suffix(".error").write_text("Enough.")
    request.unlink()
    at = open_page("mistakes.py", run=str(run))
    assert not at.exception and "Enough." in said(at)
    at.button(key=f"again-{request.stem}").click().run()
    work()
    at.run()
    assert not at.exception and len(fetched(shown(at, "mistakes-board")["answers"])["truth"]) == 16


@pytest.fixture
def hunted(tiny) -> int:
    config = TINY.replace(epochs=6, train_size=50, wrong_labels=0.1, seed=5)
    return train_now_tagged(config)


def train_now_tagged(config) -> int:
    from core.runs.foreground import train

    store = Store()
    number = store.add(config, "label game", tags=["label-game"], status="paused")
    train(store, number)
    return number


def test_a_game_is_queued_with_a_secret_seed(open_page, run):
    at = open_page("mistakes.py", look="Find wrong labels")
    at.button(key="game-start").click().run()
    assert not at.exception
    game = Store().runs()[0]
    assert game.config.wrong_labels == 0.02 and "label-game" in game.tags and game.config.seed


def test_the_game_shows_the_labels_that_the_network_was_told(open_page, hunted):
    at = open_page("mistakes.py", look="Find wrong labels")
    given = shown(at, "mistakes-hunt")
    told = fetched(given["answers"])
    data, config = registry.load("tiny"), Store().run(hunted).config
    secret = flipped(config, data.y_train, 2)
    for place, number in enumerate(told["pictures"].tolist()):
        assert told["truth"][place] == secret.get(number, int(data.y_train[number]))
    assert len(secret) == 5 and given["marks"] == {}


def test_a_game_that_was_trained_once_more_was_not_handed_in(open_page, hunted):
    from core.runs.foreground import train

    store = Store()
    again = store.clone(hunted, seed=6)
    with store.write() as connection:
        connection.execute(update(runs).where(runs.c.id == again).values(status="paused"))
    assert train(store, again) == "finished"
    at = open_page("mistakes.py", look="Find wrong labels", run=str(hunted))
    assert at.selectbox(key="mistakes-game").value == hunted
    assert not at.exception and "Missed" not in said(at) and "answers" not in " ".join(b.label for b in at.button)


def test_what_people_say_survives_a_reload_and_is_scored_after_handing_in(open_page, hunted):
    data, config = registry.load("tiny"), Store().run(hunted).config
    secret = flipped(config, data.y_train, 2)
    found, missed = list(secret)[:3], list(secret)[3:]
    at = open_page("mistakes.py", look="Find wrong labels")
    clean = next(i for i in fetched(shown(at, "mistakes-hunt")["answers"])["pictures"].tolist() if i not in secret)
    fixes = Fixes(Store())
    for picture in found:
        fixes.say(hunted, picture, int(data.y_train[picture]))
    fixes.say(hunted, clean, 1 - int(data.y_train[clean]))
    fixes.say(hunted, missed[0], LEAVE)
    at = open_page("mistakes.py", look="Find wrong labels")  # a new visitor, or the same one after a reload
    assert set(shown(at, "mistakes-hunt")["marks"]) == {str(each) for each in [*found, clean, missed[0]]}
    at.button(key="game-hand-in").click().run()
    assert not at.exception
    child = Store().runs()[0]
    assert child.parent == hunted and child.config.seed == config.seed
    finish(child.id)
    at = open_page("mistakes.py", look="Find wrong labels")
    assert not at.exception and not at.error
    figures = {each.label: each.value for each in at.metric}
    assert figures["Found"] == "3 of 5" and figures["Missed"] == "2" and figures["False alarms"] == "1"
    assert "On the clean test set" in figures


def finish(number: int) -> None:
    from core.runs.foreground import train

    store = Store()
    store.ask(number, "pause")
    train(store, number)


@pytest.mark.parametrize("mark", [[10**9, 1], [1, 99], ["x", 1], [1], None, [0, "1"], [0, -7]])
def test_a_mark_that_fits_nothing_is_not_written_down(hunted, home, mark, monkeypatch):
    import streamlit as st

    from ui.parts import mistakes_hunt

    monkeypatch.setattr(st, "session_state", {"mistakes-hunt": {"mark": mark}})
    mistakes_hunt._mark(hunted, {0: 0, 1: 1}, 2)
    assert Fixes(Store()).of(hunted) == {}


def test_a_picture_is_sent_to_the_inside_page_with_its_network_and_moment(open_page, run):
    first = Store().snapshots(run)[0]
    at = open_page("mistakes.py", run=str(run), epoch="0")
    at.session_state["mistakes-go"] = 3
    at.session_state["inside-number"] = 3
    at.run()
    assert not at.exception
    assert at.session_state["inside-number"] == 3 and at.query_params["picture"] in ("3", ["3"])
    assert at.session_state[f"inside-step-{run}"] == first.step
