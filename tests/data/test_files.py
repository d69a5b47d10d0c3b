"""Data files of one's own and damaged ones: read, or refused with a sentence that names the file."""

import gzip
import os
import pickle
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.data import classics, idx, npz, registry, whole
from core.data.classics import CLASSICS, IDX
from core.errors import LabError
from core.paths import ROOT

LUCK = np.random.default_rng(0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder."""
    monkeypatch.setenv("LAB_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(registry, "_loaded", type(registry._loaded)())
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def arrays(**changes: Any) -> dict[str, Any]:
    """A good little colour set, with some arrays replaced; None leaves one out."""
    good = {
        "x_train": LUCK.integers(0, 256, (20, 8, 8, 3), dtype=np.uint8),
        "y_train": np.arange(20) % 4,
        "x_test": LUCK.integers(0, 256, (6, 8, 8, 3), dtype=np.uint8),
        "y_test": np.arange(6) % 4,
    }
    return {key: value for key, value in {**good, **changes}.items() if value is not None}


def put(folder: Path, **changes: Any) -> dict[str, Any]:
    made = arrays(**changes)
    np.savez(folder / "own.npz", **made)
    return made


def idx_bytes(array: np.ndarray) -> bytes:
    return struct.pack(f">{1 + array.ndim}i", {1: 2049, 3: 2051}[array.ndim], *array.shape) + array.tobytes()


def put_idx(folder: Path, name: str = "mnist", packed: bool = False) -> Path:
    """A little set in torchvision's layout."""
    place = folder / CLASSICS[name].folder
    place.mkdir(parents=True)
    for file, count in zip(IDX, (50, 50, 20, 20), strict=True):
        array = LUCK.integers(0, 256, (count, 28, 28)) if "images" in file else np.arange(count) % 10
        content = idx_bytes(array.astype(np.uint8))
        (place / (file + ".gz" if packed else file)).write_bytes(gzip.compress(content) if packed else content)
    return place


def refused(name: str = "own") -> str:
    with pytest.raises(LabError) as caught:
        registry.load(name)
    return str(caught.value)


# what is accepted


def test_an_own_set_is_listed_and_read_as_channels_first_bytes(folder: Path) -> None:
    made = put(folder, classes=np.array(["ant", "bee", "cat", "dog"]))
    assert "own" in registry.names() and registry.state("own") == "ready"
    assert "own.npz" in registry.about("own")
    dataset = registry.load("own")
    assert dataset.shape == (3, 8, 8) and dataset.classes == ("ant", "bee", "cat", "dog")
    np.testing.assert_array_equal(dataset.x_train.numpy(), made["x_train"].transpose(0, 3, 1, 2))
    assert dataset.x_train.is_contiguous() and dataset.x_train.dtype == torch.uint8
    assert dataset.y_train.dtype == torch.int64 and dataset.y_test.tolist() == [0, 1, 2, 3, 0, 1]


@pytest.mark.parametrize("shape", [(8, 9), (8, 9, 1), (1, 8, 9)])
def test_grey_pictures_may_have_a_channel_axis_or_none(folder: Path, shape: tuple[int, ...]) -> None:
    x = LUCK.integers(0, 256, (20, *shape), dtype=np.uint8)
    put(folder, x_train=x, x_test=x[:6])
    dataset = registry.load("own")
    assert dataset.shape == (1, 8, 9) and dataset.classes == ("0", "1", "2", "3")
    np.testing.assert_array_equal(dataset.x_train.numpy().ravel(), x.ravel())


def test_pictures_alone_make_a_set_without_labels(folder: Path) -> None:
    np.savez(folder / "faces.npz", images=LUCK.integers(0, 256, (9, 8, 8, 3), dtype=np.uint8))
    dataset = registry.load("faces")
    assert len(dataset.x_train) == 9 and len(dataset.x_test) == 0
    assert dataset.classes == () and not dataset.labelled


def test_a_classic_set_may_be_given_as_npz_and_keeps_its_class_names(folder: Path) -> None:
    put(folder)
    (folder / "own.npz").rename(folder / "cifar10.npz")
    assert registry.state("cifar10") == "ready" and registry.names().count("cifar10") == 1
    assert registry.load("cifar10").classes[2] == "bird"


def test_torchvisions_layout_is_read(folder: Path) -> None:
    put_idx(folder, "fashion")
    dataset = registry.load("fashion")
    assert len(dataset.x_train) == 50 and dataset.shape == (1, 28, 28) and dataset.classes[9] == "Ankle boot"
    assert registry.load("fashion") is dataset  # kept in memory


def test_a_file_that_is_replaced_is_read_again(folder: Path) -> None:
    put(folder)
    first = registry.load("own")
    put(folder, x_train=np.zeros((20, 8, 8, 3), np.uint8))
    os.utime(folder / "own.npz", (1, 1))
    assert registry.load("own") is not first and int(registry.load("own").x_train.max()) == 0


def test_only_the_last_few_sets_stay_in_memory(folder: Path) -> None:
    for name in "abcde":
        put(folder)
        (folder / "own.npz").rename(folder / f"{name}.npz")
        registry.load(name)
    assert len(registry._loaded) == registry.KEPT


def test_real_mnist_is_read_whole(lab_data: Path) -> None:
    dataset = registry.load("mnist")
    assert (len(dataset.x_train), len(dataset.x_test), dataset.shape) == (60_000, 10_000, (1, 28, 28))
    assert dataset.y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert abs(dataset.mean[0] - 0.1307) < 1e-4 and abs(dataset.std[0] - 0.3081) < 1e-4


def test_listing_the_sets_needs_no_torch() -> None:
    code = (
        "import sys; from core.data import registry as r; print([(n, r.state(n), r.about(n)) for n in r.names()]); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.DEVNULL).returncode == 0


def test_every_built_in_set_says_what_it_is_and_its_licence(folder: Path) -> None:
    for name in registry.ABOUT:
        assert re.search("licence|free for|CC BY|part of the lab", registry.about(name)), name


# what is refused


def test_an_unknown_set_is_refused_with_a_guess(folder: Path) -> None:
    assert "'mnits', which does not exist. Did you mean 'mnist'?" in refused("mnits")
    with pytest.raises(LabError, match="Did you mean 'fashion'"):
        registry.about("fashon")
    assert registry.state("mnits") == "absent"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"y_test": None, "x_test": None}, "lacks x_test, y_test; it holds x_train, y_train"),
        ({"x_train": np.zeros((20, 8, 8, 3), np.float32)}, "x_train is float32; allowed: uint8"),
        ({"x_train": np.zeros((20, 8, 8, 5), np.uint8)}, "x_train has the shape (20, 8, 8, 5); allowed: (N, height"),
        ({"x_train": np.zeros((20, 64), np.uint8)}, "x_train has the shape (20, 64)"),
        ({"y_train": np.arange(19) % 4}, "x_train has 20 pictures but y_train 19 labels"),
        ({"x_test": np.zeros((6, 9, 9, 3), np.uint8)}, "different shapes (3, 8, 8) and (3, 9, 9)"),
        ({"y_train": np.arange(20) * 0.5}, "y_train is float64 of shape (20,); allowed: (N,) whole numbers"),
        ({"y_train": np.arange(20) - 1}, "label -1 is out of range; allowed: 0 to 18"),
        ({"classes": np.array(["a", "b"])}, "label 2 is out of range; allowed: 0 to 1"),
        ({"y_train": np.arange(20) * 1000}, "label 1000 is out of range; allowed: 0 to 999"),
        ({"y_train": np.full(20, 3)}, "all training pictures belong to one class, '3'; allowed: at least two"),
        ({"x_train": np.zeros((0, 8, 8, 3), np.uint8), "y_train": np.zeros(0, int)}, "x_train is empty"),
        ({"x_test": np.zeros((0, 8, 8, 3), np.uint8), "y_test": np.zeros(0, int)}, "x_test is empty"),
    ],
)
def test_a_faulty_own_set_is_refused_with_what_is_wrong_and_what_is_allowed(
    folder: Path, changes: dict[str, Any], words: str
) -> None:
    put(folder, **changes)
    assert words in refused() and "own.npz" in refused() and "allowed" in refused()


def test_an_own_set_without_a_single_picture_is_refused(folder: Path) -> None:
    np.savez(folder / "own.npz", images=np.zeros((0, 8, 8), np.uint8))
    assert "images is empty; allowed: at least one picture" in refused()


def test_a_file_that_is_no_npz_is_refused(folder: Path) -> None:
    (folder / "own.npz").write_text("hello")
    assert "own.npz is not a readable npz file" in refused()
    with zipfile.ZipFile(folder / "own.npz", "w") as archive:
        archive.writestr("notes.txt", "hello")
    assert "own.npz" in refused()


def test_a_set_is_written_whole_or_not_at_all_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "new" / "set.npz"
    whole.write(path, arrays(), "mine")
    assert npz.read(path, "mine").classes and [each.name for each in path.parent.iterdir()] == ["set.npz"]
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LabError, match=r"'mine' cannot be stored in .*file"):
        whole.write(tmp_path / "file" / "set.npz", arrays(), "mine")


def test_a_cut_off_npz_is_refused(folder: Path) -> None:
    put(folder)
    content = (folder / "own.npz").read_bytes()
    (folder / "own.npz").write_bytes(content[: len(content) // 2])
    assert "own.npz is not a readable npz file" in refused()


def test_a_pickle_inside_an_npz_is_never_opened(folder: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(folder / "trapped"),)

    np.savez(folder / "own.npz", **arrays(x_train=np.array([Trap()], dtype=object)))
    assert "own.npz is not a readable npz file" in refused()
    assert not (folder / "trapped").exists()


def test_a_cut_off_idx_file_is_refused(folder: Path) -> None:
    place = put_idx(folder)
    whole = (place / IDX[0]).read_bytes()
    for length in (0, 3, 10, 1000, len(whole) - 1):
        (place / IDX[0]).write_bytes(whole[:length])
        assert f"{IDX[0]} is cut off" in refused("mnist") and "Delete the file" in refused("mnist")
    (place / IDX[0]).write_bytes(whole + b"more")
    assert "is too long: 39,220 bytes instead of 39,216" in refused("mnist")


def test_a_file_that_is_no_idx_file_is_refused(folder: Path) -> None:
    place = put_idx(folder)
    (place / IDX[1]).write_bytes(b"<html>no such page</html>")
    assert f"{IDX[1]} is not an idx file" in refused("mnist")


def test_pictures_and_labels_that_do_not_fit_are_refused(folder: Path) -> None:
    place = put_idx(folder)
    (place / IDX[1]).write_bytes(idx_bytes(np.zeros(49, np.uint8)))
    assert "do not fit" in refused("mnist")
    (place / IDX[1]).write_bytes(idx_bytes(np.full(50, 11, np.uint8)))
    assert "label 11 is out of range; allowed: 0 to 9" in refused("mnist")


def test_an_archive_with_a_wrong_checksum_is_refused(folder: Path) -> None:
    put_idx(folder, packed=True)
    assert registry.state("mnist") == "ready"
    assert re.search(r"train-images-idx3-ubyte.gz is damaged: its md5 is \w+; allowed: f68b3c2", refused("mnist"))


def test_a_cut_off_gzip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.gz"
    path.write_bytes(gzip.compress(idx_bytes(LUCK.integers(0, 10, 5000).astype(np.uint8)))[:-50])
    with pytest.raises(LabError, match=r"labels.gz is damaged"):
        idx.read(path)


def test_a_cifar_file_that_is_not_the_published_one_is_never_unpickled(folder: Path) -> None:
    place = folder / "cifar-10-batches-py"
    place.mkdir()
    for file in (*CLASSICS["cifar10"].files, "batches.meta"):
        (place / file).write_bytes(pickle.dumps({"data": 1}))
    assert re.search(r"data_batch_1 is damaged: its md5 is \w+; allowed: c99cafc152", refused("cifar10"))


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="cannot be read"):
        idx.read(tmp_path)  # a folder: even an administrator cannot read it as a file
    with pytest.raises(LabError, match="cannot be read"):
        classics.check_md5(tmp_path / "gone", "")
