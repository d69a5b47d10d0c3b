"""The class's drawings: nothing is lost, nothing is trusted, and the pool is a dataset like any other."""

import io
import json
import time
import zipfile

import numpy as np
import pytest
import torch

from core.data import drawn, registry
from core.errors import LabError
from core.runs import classroom, parcel
from core.runs.database import Database
from core.runs.drawings import Labelled, Pool, pool


@pytest.fixture
def drawings(home):
    with pool() as opened:
        yield opened


def scribble(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (28, 28), dtype=np.uint8)


def fill(drawings: Pool, labels: str = "0123", each: int = 5, owner: str | None = None) -> None:
    drawings.keep_all(
        Labelled(scribble(100 * number + at), label, owner)
        for number, label in enumerate(labels.split() if " " in labels else labels)
        for at in range(each)
    )


def test_a_kept_drawing_comes_back_with_all_that_was_known_of_it(drawings):
    number = drawings.keep(Labelled(scribble(1), "omega", "  Ada  L. ", "AAAA", "omicron"))
    kept = drawings.drawing(number)
    assert (kept.label, kept.owner, kept.ink, kept.answer) == ("omega", "Ada L.", "AAAA", "omicron")
    assert (kept.image == scribble(1)).all() and abs(kept.created - time.time()) < 5


def test_a_restart_loses_no_drawing(home):
    with pool() as first:
        first.keep(Labelled(scribble(1), "7"))
    with pool() as second:
        assert [each.label for each in second.drawings()] == ["7"]


def test_the_same_drawing_is_kept_once(drawings):
    assert drawings.keep(Labelled(scribble(1), "7")) == drawings.keep(Labelled(scribble(1), "7", "Bob"))
    assert drawings.keep(Labelled(scribble(1), "1")) != drawings.keep(Labelled(scribble(1), "7"))
    assert drawings.count() == 2


def test_drawings_come_newest_first_by_label_by_person_and_in_pages(drawings):
    fill(drawings, "01", 3, "Ada")
    fill(drawings, "23", 2, "Bob")
    assert [each.label for each in drawings.drawings()] == list("3322111000")
    assert [each.label for each in drawings.drawings(first=3, count=2)] == ["2", "1"]
    assert len(drawings.drawings(label="1")) == 3 and len(drawings.drawings(owner="Bob")) == 4
    assert drawings.count(label="1", owner="Bob") == 0
    assert drawings.people() == {"Ada": 6, "Bob": 4}


def test_labels_are_counted_digits_first_then_the_greek_alphabet(drawings):
    fill(drawings, "omega alpha 3 cat beta 1", 1)
    assert list(drawings.labels()) == ["1", "3", "alpha", "beta", "omega", "cat"]


def test_a_deleted_drawing_is_gone_and_its_number_is_not_given_again(drawings):
    number = drawings.keep(Labelled(scribble(1), "7"))
    drawings.delete(number)
    with pytest.raises(LabError, match="does not exist"):
        drawings.drawing(number)
    with pytest.raises(LabError, match="does not exist"):
        drawings.delete(number)
    assert drawings.keep(Labelled(scribble(2), "7")) > number


@pytest.mark.parametrize(
    ("image", "label", "said"),
    [
        (np.zeros((28, 28), np.uint8), "7", "nothing on this drawing"),
        (np.ones((27, 28), np.uint8), "7", "28x28"),
        (np.ones((28, 28), np.float32), "7", "float32"),
        (np.ones((28, 28), np.uint8), "   ", "label is ''"),
        (np.ones((28, 28), np.uint8), "x" * 25, "1 to 24"),
        (np.ones((28, 28), np.uint8), "a\x00b", "printed"),
    ],
)
def test_what_is_no_labelled_drawing_is_refused_with_a_sentence(drawings, image, label, said):
    with pytest.raises(LabError, match=said):
        drawings.keep(Labelled(image, label))
    assert drawings.count() == 0


def test_the_stamp_changes_with_every_change(drawings):
    stamps = [drawings.stamp()]
    number = drawings.keep(Labelled(scribble(1), "7"))
    stamps.append(drawings.stamp())
    drawings.delete(number)
    stamps.append(drawings.stamp())
    drawings.keep(Labelled(scribble(2), "7"))
    stamps.append(drawings.stamp())
    assert stamps[1] != stamps[0] and stamps[2] != stamps[1] and stamps[3] not in stamps[:3]


def test_five_thousand_drawings_are_quick(drawings):
    many = [Labelled(scribble(at), str(at % 10), f"child {at % 30}") for at in range(5000)]
    drawings.keep_all(many)
    started = time.perf_counter()
    drawings.keep(Labelled(scribble(9999), "3"))
    assert drawings.count() == 5001 and len(drawings.drawings(first=4000, count=200)) == 200
    drawings.labels(), drawings.people(), drawings.stamp()
    assert time.perf_counter() - started < 0.5  # it takes 0.02 s on a quiet core


def test_the_pool_is_a_dataset_like_any_other(drawings):
    assert registry.state("class-drawings") == "absent" and "class-drawings" in registry.names()
    fill(drawings, "7 alpha 1 cat", 10)
    data = registry.load("class-drawings")
    assert registry.state("class-drawings") == "ready" and "labelled" in registry.about("class-drawings")
    assert data.classes == ("1", "7", "alpha", "cat") and data.shape == (1, 28, 28)
    assert len(data.x_test) == 8 and len(data.x_train) == 32
    assert (torch.bincount(data.y_test) == 2).all()
    pairs = {(each.image.tobytes(), each.label) for each in drawings.drawings()}
    for x, y in ((data.x_train, data.y_train), (data.x_test, data.y_test)):
        assert {(a.numpy().tobytes(), data.classes[int(b)]) for a, b in zip(x, y, strict=True)} <= pairs


def test_the_dataset_is_as_fresh_as_the_pool(drawings):
    fill(drawings, "01", 5)
    assert len(registry.load("class-drawings").x_train) == 8
    number = drawings.keep(Labelled(scribble(7), "0"))
    assert len(registry.load("class-drawings").x_train) == 9
    drawings.delete(number)
    assert len(registry.load("class-drawings").x_train) == 8


def test_too_few_drawings_say_what_is_missing(drawings):
    fill(drawings, "1", 5)
    drawings.keep(Labelled(scribble(77), "7"))
    assert registry.state("class-drawings") == "absent"
    with pytest.raises(LabError, match=r"1 \(5\), 7 \(1\); needed: two labels"):
        registry.load("class-drawings")


def test_with_five_people_whole_people_are_held_out(drawings):
    for person in range(6):
        drawings.keep_all(Labelled(scribble(10 * person + at), str(at % 2), f"p{person}") for at in range(10))
    kept = drawings.drawings()
    test = classroom.held_out([each.label for each in kept], [each.owner for each in kept])
    away = {each.owner for each, held in zip(kept, test, strict=True) if held}
    assert len(away) == 2 and not away & {each.owner for each, held in zip(kept, test, strict=True) if not held}


def test_a_parcel_brings_every_drawing_to_another_lab_once(drawings, tmp_path):
    ink = drawn.pack([drawn.Stroke(500, np.array([[1, 2], [3, 4]], np.uint16))])
    drawings.keep(Labelled(scribble(1), "omega", "Ada", ink, "psi"))
    fill(drawings, "01", 3)
    other = Pool(Database(f"sqlite:///{tmp_path / 'other.sqlite'}"))
    parcelled = parcel.packed(drawings)
    assert parcel.open_parcel(other, parcelled) == parcel.Opened(7, 7)
    assert parcel.open_parcel(other, parcelled) == parcel.Opened(7, 0)
    first = next(each for each in other.drawings() if each.label == "omega")
    assert (first.owner, first.ink, first.answer) == ("Ada", ink, "psi") and (first.image == scribble(1)).all()


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name.replace("_", "."), data)
    return file.getvalue()


def array(images: np.ndarray, **how: object) -> bytes:
    file = io.BytesIO()
    np.save(file, images, **how)
    return file.getvalue()


ONE = array(scribble(1)[None])
ROW = {"label": "7"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.4 not a zip", "cannot be opened"),
        (zipped(other_txt=b"hello"), "holds other.txt"),
        (zipped(drawings_json=b"[", images_npy=ONE), "no readable JSON"),
        (zipped(drawings_json=b'{"a": 1}', images_npy=ONE), "no list"),
        (zipped(drawings_json=json.dumps([ROW, ROW]).encode(), images_npy=ONE), "lists 2 drawings but holds 1"),
        (zipped(drawings_json=json.dumps([{}]).encode(), images_npy=ONE), "label is ''"),
        (zipped(drawings_json=json.dumps([{**ROW, "ink": "%%"}]).encode(), images_npy=ONE), "damaged"),
        (zipped(drawings_json=json.dumps([ROW]).encode(), images_npy=array(np.zeros((1, 5, 5), np.uint8))), "shape"),
        (
            zipped(drawings_json=json.dumps([ROW]).encode(), images_npy=array(np.array([{}]), allow_pickle=True)),
            "cannot be read",
        ),
        (zipped(drawings_json=b"[]", images_npy=b"\0" * (90 << 20)), "unpacks to more than"),
    ],
)
def test_a_parcel_that_is_none_is_refused_whole(drawings, data, said):
    with pytest.raises(LabError, match=said):
        parcel.open_parcel(drawings, data)
    assert drawings.count() == 0
