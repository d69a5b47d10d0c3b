"""The four classic sets: where their files lie, where they come from, how they are read."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import LabError

if TYPE_CHECKING:  # the command line asks what is ready without waiting for torch
    from core.data.dataset import Dataset

Progress = Callable[[str, float], None]  # what is being done, and the share done so far


@dataclass(frozen=True)
class Archive:
    """A file to download: its md5 is torchvision's own."""

    file: str
    md5: str


@dataclass(frozen=True)
class Classic:
    """A well-known set in torchvision's layout."""

    folder: str  # inside the data folder
    classes: tuple[str, ...]
    mirrors: tuple[str, ...]
    archives: tuple[Archive, ...]
    files: tuple[str, ...]  # what must lie in the folder once unpacked


IDX = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def _idx(folder: str, classes: str, mirrors: tuple[str, ...], *md5s: str) -> Classic:
    archives = tuple(Archive(f"{file}.gz", md5) for file, md5 in zip(IDX, md5s, strict=True))
    return Classic(folder, tuple(classes.split(",")), mirrors, archives, IDX)


CLASSICS = {
    "mnist": _idx(
        "MNIST/raw",
        "0,1,2,3,4,5,6,7,8,9",
        ("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"),
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    ),
    "fashion": _idx(
        "FashionMNIST/raw",
        "T-shirt,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot",
        ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
    "kmnist": _idx(
        "KMNIST/raw",
        "o,ki,su,tsu,na,ha,ma,ya,re,wo",
        ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
        "bdb82020997e1d708af4cf47b453dcf7",
        "e144d726b3acfaa3e44228e80efcd344",
        "5c965bf0a639b31b8f53240b1b52f4d7",
        "7320c461ea6c1c855c0b718fb2a4b134",
    ),
    "cifar10": Classic(
        "cifar-10-batches-py",
        ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        ("https://www.cs.toronto.edu/~kriz/",),
        (Archive("cifar-10-python.tar.gz", "c58f30108f718f92721af3b95e74349a"),),
        ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"),
    ),
}


def found(classic: Classic, folder: Path) -> list[Path]:
    """The set's files where they lie, plain or gzipped; empty unless all are there."""
    place = folder / classic.folder
    paths = [next((p for p in (place / f, place / f"{f}.gz") if p.is_file()), None) for f in classic.files]
    complete = [path for path in paths if path is not None]
    return complete if len(complete) == len(classic.files) else []


def read(name: str, folder: Path) -> "Dataset":
    """The set from the files in torchvision's layout under that data folder."""
    classic = CLASSICS[name]
    return _cifar(classic, folder) if name == "cifar10" else _mnist_like(name, classic, found(classic, folder))


def _mnist_like(name: str, classic: Classic, paths: list[Path]) -> "Dataset":
    from core.data import idx, npz
    from core.data.dataset import made

    sums = {archive.file: archive.md5 for archive in classic.archives}
    for path in paths:
        if path.suffix == ".gz":
            check_md5(path, sums[path.name])
    arrays = [idx.read(path) for path in paths]
    parts = []
    for x, y, at in ((arrays[0], arrays[1], paths[0]), (arrays[2], arrays[3], paths[2])):
        if x.ndim != 3 or y.ndim != 1 or len(x) != len(y):
            raise LabError(f"{at} and its labels do not fit: shapes {x.shape} and {y.shape}; allowed: as many of each.")
        if len(y) and int(y.max()) >= len(classic.classes):
            raise LabError(f"{at.parent}: label {y.max()} is out of range; allowed: 0 to {len(classic.classes) - 1}.")
        parts.append((npz.pictures(at, "pictures", x), npz.labels(at, "labels", y)))
    return made(name, parts[0], parts[1], classic.classes)


def _cifar(classic: Classic, folder: Path) -> "Dataset":
    """CIFAR-10's files are pickles: they are opened only if they are, byte for byte, the published ones."""
    from torchvision.datasets import CIFAR10

    from core.data import npz
    from core.data.dataset import made

    place = folder / classic.folder
    for file, md5 in [*CIFAR10.train_list, *CIFAR10.test_list, (CIFAR10.meta["filename"], CIFAR10.meta["md5"])]:
        check_md5(place / file, md5)
    parts = []
    for train in (True, False):
        part = CIFAR10(str(folder), train=train)
        parts.append((npz.pictures(place, "pictures", part.data), npz.labels(place, "labels", part.targets)))
    return made("cifar10", parts[0], parts[1], classic.classes)


def check_md5(path: Path, md5: str) -> None:
    """A LabError unless the file is, byte for byte, the published one."""
    try:
        with path.open("rb") as file:
            actual = hashlib.file_digest(file, "md5").hexdigest()
    except OSError as error:
        raise LabError(f"{path} cannot be read ({error.strerror}).") from None
    if actual != md5:
        raise LabError(
            f"{path} is damaged: its md5 is {actual}; allowed: {md5}. Delete the file and load the dataset again."
        )
