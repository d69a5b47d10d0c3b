"""Own classes: what people add is kept, what is bad is told, and nothing is written outside the home."""

import io
import stat
import threading
import zipfile
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from PIL import Image

from core.data import own, own_pictures, own_set, photo, registry, unpacking
from core.data.parting import copies, part
from core.data.unpacking import Folder, in_english, in_zip
from core.errors import LabError


def png(seed: int, side: int = 24, mode: str = "RGB", kind: str = "PNG") -> bytes:
    luck = np.random.default_rng(seed)
    noise = Image.fromarray(luck.integers(0, 256, (6, 6, 3), dtype=np.uint8)).resize(
        (side, side), Image.Resampling.BICUBIC
    )
    file = io.BytesIO()
    noise.convert(mode).save(file, kind, quality=90)
    return file.getvalue()


def packed(files: dict[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    file.seek(0)
    return file


def take(files: dict[str, bytes], loose: str | None = None) -> own_pictures.Added:
    return own_pictures.take_in("pets", in_zip(packed(files), "pets.zip"), loose)


@pytest.fixture(autouse=True)
def pets(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(registry, "_loaded", type(registry._loaded)())
    return registry.make_own("pets")


def everything(home: Path) -> set[Path]:
    return {path for path in home.parent.rglob("*") if path.is_file() and home not in path.parents}


def test_pictures_added_to_classes_are_a_dataset_that_survives_a_restart(home: Path):
    for number, name in enumerate(("cat", "dog")):
        own.add_class("pets", name)
        files = [(f"{i}.png", png(100 * number + i)) for i in range(10)]
        assert own_pictures.add("pets", name, files).new == 10
    assert registry.state("pets") == "ready" and "pets" in registry.names()
    data = registry.load("pets@32")
    assert data.classes == ("cat", "dog") and data.shape == (3, 32, 32)
    assert len(data.y_train) == 16 and np.bincount(data.y_test.numpy()).tolist() == [2, 2]
    own_pictures.add("pets", "cat", [("new.png", png(999))])
    assert len(registry.load("pets@32").y_train) + len(registry.load("pets@32").y_test) == 21


def test_a_bad_file_is_told_with_a_thumbnail_where_it_can_be_seen_and_stops_nothing():
    own.add_class("pets", "cat")
    tiny = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(tiny, "PNG")
    files = [
        ("a.png", png(1)),
        ("b.txt", b"hello"),
        ("c.png", png(2)[:200]),
        ("d.png", tiny.getvalue()),
        ("e.png", png(3)),
    ]
    done = own_pictures.add("pets", "cat", files)
    assert done.new == 2 and [fault.name for fault in done.faults] == ["b.txt", "c.png", "d.png"]
    assert done.faults[2].thumbnail is not None and done.faults[0].thumbnail is None
    assert all(fault.name in fault.why for fault in done.faults)


def test_a_file_that_was_cut_off_and_one_of_one_colour_are_seen():
    own.add_class("pets", "cat")
    red = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(red, "PNG")
    whole = {kind: png(2, 200, kind=kind) for kind in ("PNG", "JPEG", "GIF", "BMP")}
    files = [(kind, data[: int(0.7 * len(data))]) for kind, data in whole.items()]
    cut_off = own_pictures.add("pets", "cat", [*files, ("red.png", red.getvalue())])
    seen = {fault.name: fault.thumbnail for fault in cut_off.faults}
    assert list(seen) == [*whole, "red.png"] and seen["red.png"][0, 0].tolist() == [255, 0, 0]
    for kind in ("PNG", "JPEG", "BMP"):
        there, full = seen[kind], own_pictures.seen(whole[kind])
        top = slice(0, 16) if kind != "BMP" else slice(-16, None)  # its rows go from the bottom up
        assert np.abs(there[top].astype(int) - full[top]).mean() < 12, kind
    assert own_pictures.seen(whole["PNG"][:60]) is None  # a head, and no pixel


def test_a_class_is_made_for_pictures_only():
    done = take({"cat/1.png": png(1), "notes/a.txt": b"x", "notes/b.txt": b"y", "cut/1.png": png(2)[:200]})
    assert own.classes("pets") == {"cat": 1} and len(done.faults) == 3
    done = take({"notes/a.txt": b"x"})
    assert own.classes("pets") == {"cat": 1} and len(done.faults) == 1


def test_a_zip_with_paths_outside_itself_writes_nothing_there(home: Path):
    before = everything(home)
    files = {"../evil/cat.png": png(1), "/etc/cat.png": png(2), "C:/x/cat.png": png(3), "ok/cat.png": png(4)}
    done = take(files)
    assert done.new == 1 and len(done.faults) == 3
    assert all("outside the zip's own folder" in fault.why for fault in done.faults)
    assert everything(home) == before and own.classes("pets") == {"ok": 1}


def test_a_link_in_a_zip_is_left_out():
    file = packed({"cat/a.png": png(1)})
    with zipfile.ZipFile(file, "a") as archive:
        link = zipfile.ZipInfo("cat/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    file.seek(0)
    done = own_pictures.take_in("pets", in_zip(file, "x.zip"))
    assert done.new == 1 and "is a link" in done.faults[0].why


def test_100000_entries_are_refused_in_a_sentence():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(unpacking.MOST_ENTRIES + 1):
            archive.writestr(f"a/{number}", b"")
    file.seek(0)
    with pytest.raises(LabError, match=r"50,001 files; allowed: 50,000"):
        in_zip(file, "many.zip")


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch):
    done = take({"cat/bomb.png": bytes(40_000_000), "cat/a.png": png(1)})
    assert done.new == 1 and "would unpack to 40 MB" in done.faults[0].why
    monkeypatch.setattr(unpacking, "MOST_UNPACKED", 1000)
    with pytest.raises(LabError, match="unpacks to"):
        take({"cat/a.png": png(1)})


def test_a_zip_that_lies_about_its_size_is_read_no_further_than_allowed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(photo, "MOST_BYTES", 3_000)
    source = in_zip(packed({"cat/a.png": png(1)}), "x.zip")
    source._entries["cat/big.png"] = source._entries["cat/a.png"]
    monkeypatch.setattr(photo, "MOST_BYTES", 100)
    with pytest.raises(LabError, match="unpacks to more than"):
        source.read(unpacking.Found("cat/big.png", "cat"))


@pytest.mark.parametrize(
    "prefix", ["", "animals/", "animals/raw-img/", "deep/deeper/deepest/"], ids=["flat", "one", "kaggle", "deep"]
)
def test_nested_folders_name_their_classes(prefix: str):
    names = [f"{part}/{name}/{i}.png" for part in ("train", "val") for name in ("cat", "dog") for i in range(2)]
    files = {f"{prefix}{name}": png(crc32(name.encode()) % 999) for name in names}
    assert take(files).new == 8
    assert own.classes("pets") == {"cat": 4, "dog": 4}


def test_files_in_no_folder_need_a_class():
    with pytest.raises(LabError, match="lie in no folder"):
        take({"a.png": png(1)})
    own.add_class("pets", "cat")
    assert take({"a.png": png(1)}, "cat").new == 1


def test_one_class_only_is_a_sentence():
    take({"cat/1.png": png(1), "cat/2.png": png(2)})
    assert registry.state("pets") == "absent"
    with pytest.raises(LabError, match=r"pictures of cat \(2\) only; needed: pictures of two classes"):
        registry.load("pets")


def test_one_picture_of_each_class_is_a_sentence():
    take({"cat/1.png": png(1), "dog/2.png": png(2)})
    with pytest.raises(LabError, match="none can be kept for testing"):
        registry.load("pets")


def test_sizes_and_modes_may_be_mixed():
    files = {
        "cat/grey.png": png(1, 40, "L"),
        "cat/tall.jpg": png(2, 90, "CMYK", "JPEG"),
        "cat/clear.png": png(3, 64, "RGBA"),
    }
    files |= {"dog/palette.png": png(4, 300, "P"), "dog/bits.png": png(5, 33, "1"), "dog/large.png": png(6, 900)}
    assert take(files).faults == ()
    assert registry.load("pets").shape == (3, 96, 96)


def test_what_is_no_picture_is_told():
    done = take({"cat/a.png": png(1), "cat/notes.txt": b"notes", "cat/x.pdf": b"%PDF-1.4", "__MACOSX/._a": b"x"})
    assert done.new == 1 and [fault.name for fault in done.faults] == ["cat/notes.txt", "cat/x.pdf"]


@pytest.mark.parametrize("name", ["γάτα", "猫", "קט", "Мяу кот", "🐈", "école"])
def test_names_in_any_script(name: str):
    assert take({f"{name}/1.png": png(1), "dog/2.png": png(2)}).new == 2
    assert name in own.classes("pets")


@pytest.mark.parametrize(
    "name", ["", "  ", "../cat", "a/b", "a\\b", ".hidden", "x" * 41, "a\0b", "con|pipe", "..", "a\nb\x07"]
)
def test_a_name_that_cannot_be_one_is_refused(name: str):
    with pytest.raises(LabError, match="The class is"):
        own.add_class("pets", name)
    assert own.classes("pets") == {}


def test_a_class_or_dataset_twice_is_refused():
    own.add_class("pets", "Cat")
    for name in ("Cat", "cat", " CAT "):
        with pytest.raises(LabError, match="'Cat' is there already"):
            own.add_class("pets", name)
    for name in ("pets", "PETS", "mnist"):
        with pytest.raises(LabError, match="taken"):
            registry.make_own(name)


def test_two_teachers_edit_one_dataset_at_once_and_nothing_is_lost():
    own.add_class("pets", "cat")
    wrong: list[BaseException] = []

    def teacher(who: int) -> None:
        try:
            for number in range(20):
                own_pictures.add("pets", "cat", [(f"{number}.png", png(number if number % 2 else 1000 * who + number))])
                try:
                    own.add_class("pets", f"class {number}")
                except LabError as error:
                    assert "there already" in str(error)
        except BaseException as error:  # noqa: BLE001 - a thread's error must reach the test
            wrong.append(error)

    threads = [threading.Thread(target=teacher, args=(who,)) for who in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert own.classes("pets")["cat"] == 30 and len(own.classes("pets")) == 21  # ten are the same picture


def test_deleting_what_somebody_else_has_deleted_is_no_mistake():
    own.add_class("pets", "cat")
    own_pictures.add("pets", "cat", [("a.png", png(1))])
    (path,) = own.pictures("pets", "cat")
    own.remove("pets", "cat", path.name)
    own.remove("pets", "cat", path.name)
    with pytest.raises(LabError, match="does not have"):
        own.remove("pets", "cat", "../../notes.json")
    own.remove("pets", "cat")
    with pytest.raises(LabError, match="The class is 'cat'"):
        own_pictures.add("pets", "cat", [("a.png", png(1))])


def test_a_folder_of_this_machine_is_taken_in_and_left_as_it_is(tmp_path: Path):
    place = tmp_path / "leaves"
    for name in ("oak", "beech"):
        (place / name).mkdir(parents=True)
        (place / name / "1.png").write_bytes(png(len(name)))
    (place / "oak" / "away.png").symlink_to("/etc/passwd")
    done = own_pictures.take_in("pets", Folder(str(place)))
    assert done.new == 2 and "is a link" in done.faults[0].why
    assert sorted(path.name for path in (place / "oak").iterdir()) == ["1.png", "away.png"]
    with pytest.raises(LabError, match="none on this machine"):
        Folder("/no/such/place")


def test_animals_10_speaks_italian_and_is_translated():
    files = {
        f"raw-img/{name}/{i}.png": png(crc32(repr((name, i)).encode()) % 9999)
        for name in unpacking.ITALIAN
        for i in range(2)
    }
    take(files)
    assert sorted(own.classes("pets")) == sorted(unpacking.ITALIAN.values())
    assert in_english(["gatto", "tavolo"]) == {"gatto": "gatto", "tavolo": "tavolo"}  # somebody's own Italian


def test_copies_stay_on_one_side_whatever_the_seed():
    luck = np.random.default_rng(0)
    base = [
        np.asarray(Image.fromarray(luck.integers(0, 256, (6, 6), dtype=np.uint8)).resize((48, 48), 2))
        for _ in range(30)
    ]
    near = [np.clip(each.astype(int) + luck.integers(-2, 3, each.shape), 0, 255).astype(np.uint8) for each in base[:10]]
    pictures = [*base, *base[:5], *near]
    labels = np.array([i % 2 for i in range(30)] + [i % 2 for i in range(5)] + [i % 2 for i in range(10)])
    groups, exact, nearly = copies(pictures)
    assert exact == 5 and nearly == 10 and len(set(groups.tolist())) == 30
    sides = set()
    for seed in range(20):
        parted = part(pictures, labels, seed)
        for group in set(groups.tolist()):
            assert len(set(parted.test[groups == group].tolist())) == 1
        for label in (0, 1):
            assert 0 < parted.test[labels == label].sum() < (labels == label).sum() / 2
        sides.add(parted.test.tobytes())
    assert len(sides) > 10


def test_different_pictures_are_no_copies():
    pictures = [np.asarray(Image.open(io.BytesIO(png(seed))).convert("RGB")) for seed in range(200)]
    assert copies(pictures)[1:] == (0, 0)


def test_a_picture_in_two_classes_is_named():
    same = png(1)
    take({"cat/1.png": same, "dog/1.png": same, "cat/2.png": png(2), "dog/2.png": png(3), "cat/3.png": png(4)})
    ((one, other),) = own_set.facts("pets", lambda what, share: None).mixed
    assert one.startswith("cat/") and other == one.replace("cat/", "dog/") and (own.place("pets") / one).is_file()


def test_several_thousand_pictures_are_taken_in_and_loaded():
    small = [png(seed, 12) for seed in range(40)]
    luck = np.random.default_rng(0)
    files = {}
    for number in range(1500):
        pixels = luck.integers(0, 256, (12, 12, 3), dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", compress_level=0)
        files[f"{'cat' if number % 2 else 'dog'}/{number}.png"] = file.getvalue()
    assert take(files).new == 1500 and small
    data = registry.load("pets@16")
    assert len(data.y_train) == 1200 and len(data.y_test) == 300


def test_a_split_by_another_seed_is_another_split():
    take({f"{name}/{i}.png": png(crc32(repr((name, i)).encode()) % 9999) for name in ("cat", "dog") for i in range(10)})
    first = registry.load("pets@16").x_test
    own.note_split("pets", 7)
    second = registry.load("pets@16").x_test
    assert first.shape == second.shape and not bool((first == second).all())
