"""Image folders: found, cut, stored, and one bad file does not stop the rest."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data import folder, registry
from core.errors import LabError

LUCK = np.random.default_rng(0)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with ten red cats and ten blue dogs, wider than high."""
    monkeypatch.setenv("LAB_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(registry, "_loaded", type(registry._loaded)())
    for name, colour in (("cat", (200, 20, 20)), ("dog", (20, 20, 200))):
        (tmp_path / "data" / "pets" / name).mkdir(parents=True)
        for number in range(10):
            picture = Image.new("RGB", (60, 40), colour)
            picture.save(tmp_path / "data" / "pets" / name / f"{number}.{'png' if number % 2 else 'jpg'}")
    return tmp_path / "data" / "pets"


def test_a_folder_of_folders_is_a_dataset(place: Path) -> None:
    assert "pets" in registry.names() and registry.state("pets") == "ready" and str(place) in registry.about("pets")
    data = registry.load("pets")
    assert data.classes == ("cat", "dog") and data.shape == (3, 64, 64)
    assert len(data.x_train) == 16 and data.y_test.tolist() == [0, 0, 1, 1]  # every fifth is for testing
    red, blue = data.x_train[data.y_train == 0].float(), data.x_train[data.y_train == 1].float()
    assert abs(float(red[:, 0].mean()) - 200) < 3 and abs(float(blue[:, 2].mean()) - 200) < 3


def test_train_and_val_folders_are_kept_apart(place: Path) -> None:
    (place / "train").mkdir()
    for name in ("cat", "dog"):
        (place / name).rename(place / "train" / name)
        (place / "val" / name).mkdir(parents=True)
        Image.new("RGB", (30, 30)).save(place / "val" / name / "x.png")
    data = registry.load("pets")
    assert len(data.x_train) == 20 and len(data.x_test) == 2 and int(data.x_test.max()) == 0
    assert data.classes == ("cat", "dog")


def test_the_side_is_asked_for_behind_the_name(place: Path) -> None:
    assert registry.load("pets@32").shape == (3, 32, 32)
    for side in ("7", "257", "large"):
        with pytest.raises(LabError, match=rf"'pets@{side}' is '{side}'; allowed: 8 to 256 pixels"):
            registry.load(f"pets@{side}")


def test_a_bad_file_is_left_out_and_named(place: Path) -> None:
    (place / "cat" / "3.png").write_text("no picture")
    (place / "dog" / "4.jpg").write_bytes((place / "dog" / "4.jpg").read_bytes()[:300])
    (place / "dog" / "notes.txt").write_text("no picture either, but nobody said so")
    data = registry.load("pets")
    assert len(data.x_train) + len(data.x_test) == 18
    assert [fault.split(":")[0] for fault in registry.faults("pets")] == ["cat/3.png", "dog/4.jpg"]
    assert registry.faults("mnist") == []


def test_a_folder_without_one_readable_picture_is_a_sentence(place: Path) -> None:
    for path in place.rglob("*.*"):
        path.write_text("broken")
    with pytest.raises(LabError, match=r"pets has 0 readable training and 0 readable test pictures; allowed: .*0.jpg"):
        registry.load("pets")


def test_a_folder_of_one_class_or_of_no_pictures_is_no_dataset(place: Path) -> None:
    (place.parent / "lonely" / "cat").mkdir(parents=True)
    Image.new("L", (9, 9)).save(place.parent / "lonely" / "cat" / "1.png")
    (place.parent / "texts" / "a").mkdir(parents=True)
    (place.parent / "texts" / "b").mkdir(parents=True)
    (place.parent / "texts" / "a" / "x.txt").write_text("hello")
    assert "lonely" not in registry.names() and "texts" not in registry.names()
    with pytest.raises(LabError, match="'lonely', which does not exist"):
        registry.load("lonely")
    with pytest.raises(LabError, match="does not exist"):
        registry.load("../data/pets")


def test_a_picture_is_cut_square_in_the_middle(tmp_path: Path) -> None:
    wide = np.zeros((40, 80, 3), np.uint8)
    wide[:, 20:60] = 255  # the middle square is white
    Image.fromarray(wide).save(tmp_path / "wide.png")
    seen = folder.picture(tmp_path / "wide.png", 16)
    assert seen[:, 1:-1].min() == 255 and seen.min() > 200  # the very border blends with what lies beyond


def test_grey_pictures_stay_grey_and_what_shows_through_is_white(tmp_path: Path) -> None:
    Image.new("L", (20, 20), 77).save(tmp_path / "grey.png")
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert folder.picture(tmp_path / "grey.png", 8).shape == (8, 8)
    clear = folder.picture(tmp_path / "clear.png", 8)
    assert clear.shape == (8, 8, 3) and clear.min() == 255


def test_a_photo_is_turned_as_the_camera_meant_it(tmp_path: Path) -> None:
    half = np.zeros((32, 32, 3), np.uint8)
    half[:16] = 255  # white above, but the camera was turned by 180 degrees
    exif = Image.Exif()
    exif[0x0112] = 3
    Image.fromarray(half).save(tmp_path / "turned.jpg", exif=exif, quality=95)
    seen = folder.picture(tmp_path / "turned.jpg", 16)
    assert seen[:6].max() < 30 and seen[10:].min() > 225


def test_a_gigantic_picture_is_refused_before_it_is_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_PIXELS", 1000)
    with pytest.raises(LabError, match=r"60 x 40 pixels are too many"):
        registry.load("pets")


def test_the_stored_copy_is_used_until_a_picture_comes_and_mended_when_damaged(place: Path, home: Path) -> None:
    first = registry.load("pets")
    (stored,) = (home / "data" / "folders").iterdir()
    registry._loaded.clear()
    before = stored.stat().st_mtime_ns
    registry.load("pets")
    assert stored.stat().st_mtime_ns == before  # not made again
    stored.write_bytes(b"damaged")
    registry._loaded.clear()
    assert len(registry.load("pets").x_train) == len(first.x_train)
    Image.new("RGB", (20, 20)).save(place / "dog" / "new.png")
    assert len(registry.load("pets").x_train) == 17


def test_animals_10_is_read_as_it_is_packed_and_its_names_are_translated(place: Path) -> None:
    (place / "raw-img").mkdir()
    for italian, name in (("gatto", "cat"), ("cane", "dog")):
        (place / name).rename(place / "raw-img" / italian)
    data = registry.load("pets")
    assert sorted(data.classes) == ["cat", "dog"] and len(data.x_train) == 16
    red = data.x_train[data.y_train == data.classes.index("cat")].float()
    assert abs(float(red[:, 0].mean()) - 200) < 3
