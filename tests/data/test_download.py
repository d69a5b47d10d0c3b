"""Downloads against a real server on this machine: broken, wrong, missing, offline."""

import errno
import gzip
import hashlib
import io
import re
import socket
import struct
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from core.data import classics, download, registry
from core.data.classics import CLASSICS, IDX, Archive
from core.errors import LabError


def idx_gz(array: np.ndarray) -> bytes:
    header = struct.pack(f">{1 + array.ndim}i", {1: 2049, 3: 2051}[array.ndim], *array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes(), mtime=0)


LUCK = np.random.default_rng(0)
FILES = {
    f"{IDX[0]}.gz": idx_gz(LUCK.integers(0, 256, (200, 28, 28))),
    f"{IDX[1]}.gz": idx_gz(np.arange(200) % 10),
    f"{IDX[2]}.gz": idx_gz(LUCK.integers(0, 256, (30, 28, 28))),
    f"{IDX[3]}.gz": idx_gz(np.arange(30) % 10),
}


@dataclass
class Shop:
    """What the server offers, how often it breaks off, and what it was asked."""

    files: dict[str, bytes]
    breaks: int = 0  # connections still to be broken off in the middle
    ranges: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """MNIST, small, on a server of our own instead of the published one."""
    shop = Shop(dict(FILES))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            asked = self.headers.get("Range", "")
            shop.asked.append((name, asked))
            if name not in shop.files:
                self.send_error(404)
                return
            body = shop.files[name]
            start = int(asked.split("=")[1].split("-")[0]) if asked and shop.ranges else 0
            if start >= len(body):
                self.send_error(416)
                return
            rest = body[start:]
            self.send_response(206 if start or (asked and shop.ranges) else 200)
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            if shop.breaks and len(rest) > 1000:
                shop.breaks -= 1
                rest = rest[: len(rest) // 2]
            self.wfile.write(rest)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    shop.url = f"http://127.0.0.1:{server.server_port}/"
    archives = tuple(Archive(name, hashlib.md5(body).hexdigest()) for name, body in FILES.items())
    small = replace(CLASSICS["mnist"], mirrors=(shop.url,), archives=archives)
    monkeypatch.setitem(classics.CLASSICS, "mnist", small)
    monkeypatch.setattr(registry, "_loaded", type(registry._loaded)())
    yield shop
    server.shutdown()
    server.server_close()
    thread.join()


def place(home: Path) -> Path:
    return home / "data" / "MNIST" / "raw"


def test_a_dataset_is_downloaded_unpacked_and_loaded_and_the_second_time_is_at_hand(shop: Shop, home: Path) -> None:
    assert registry.state("mnist") == "downloadable"
    told: list[tuple[str, float]] = []
    dataset = registry.load("mnist", lambda what, share: told.append((what, share)))
    assert len(dataset.x_train) == 200 and len(dataset.y_test) == 30 and dataset.classes[3] == "3"
    assert registry.state("mnist") == "ready"
    assert any("downloading train-images-idx3-ubyte.gz" in what and "MB" in what for what, _ in told)
    assert all(0 <= share <= 1 for _, share in told) and told[-1][1] == 1
    assert {path.name for path in place(home).iterdir()} == {*FILES, *IDX}  # no part and no lock is left behind
    asked = len(shop.asked)
    registry._loaded.clear()
    registry.load("mnist")
    assert len(shop.asked) == asked


def test_torchvision_reads_what_was_downloaded(shop: Shop, home: Path) -> None:
    from torchvision.datasets import MNIST

    registry.load("mnist")
    assert len(MNIST(str(home / "data"), train=True)) == 200


def test_a_connection_that_breaks_off_is_resumed_where_it_was(shop: Shop, home: Path) -> None:
    shop.breaks = 2
    assert len(registry.load("mnist").x_train) == 200
    name = f"{IDX[0]}.gz"
    starts = [int(re.findall(r"\d+", asked)[0]) for file, asked in shop.asked if file == name]
    half = len(FILES[name]) // 2
    assert starts == [0, half, half + (len(FILES[name]) - half) // 2]


def test_a_download_goes_on_with_the_part_of_an_earlier_process(shop: Shop, home: Path) -> None:
    name = f"{IDX[0]}.gz"
    place(home).mkdir(parents=True)
    (place(home) / f"{name}.part").write_bytes(FILES[name][:5000])
    registry.load("mnist")
    assert shop.asked[0] == (name, "bytes=5000-")


def test_a_part_that_is_already_whole_is_used(shop: Shop, home: Path) -> None:
    name = f"{IDX[0]}.gz"
    place(home).mkdir(parents=True)
    (place(home) / f"{name}.part").write_bytes(FILES[name])
    assert len(registry.load("mnist").x_train) == 200


def test_a_server_without_ranges_starts_again_and_the_file_is_right(shop: Shop) -> None:
    shop.ranges, shop.breaks = False, 1
    assert len(registry.load("mnist").x_train) == 200


def test_a_connection_that_always_breaks_ends_with_a_sentence_and_keeps_the_part(shop: Shop, home: Path) -> None:
    shop.breaks = 100
    with pytest.raises(LabError, match=r"'mnist' could not be downloaded.*broke off.*'strokes'"):
        registry.load("mnist")
    assert (place(home) / f"{IDX[0]}.gz.part").stat().st_size > len(FILES[f"{IDX[0]}.gz"]) // 2


def test_a_file_with_a_wrong_checksum_is_refused_and_not_kept(shop: Shop, home: Path) -> None:
    shop.files[f"{IDX[1]}.gz"] = b"not what was published"
    with pytest.raises(LabError, match=r"train-labels-idx1-ubyte.gz failed.*wrong file \(md5 [0-9a-f]{32} instead of"):
        registry.load("mnist")
    assert not any(path.name.startswith(f"{IDX[1]}.gz") for path in place(home).iterdir())


def test_a_missing_file_names_the_server_and_what_else_to_do(shop: Shop) -> None:
    del shop.files[f"{IDX[2]}.gz"]
    with pytest.raises(LabError, match=r"t10k-images.*127\.0\.0\.1.*404.*put t10k-images-idx3-ubyte.gz into .*raw"):
        registry.load("mnist")


def test_the_second_mirror_is_asked_when_the_first_one_fails(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    mirrors = (shop.url + "elsewhere/", shop.url)
    monkeypatch.setitem(CLASSICS, "mnist", replace(CLASSICS["mnist"], mirrors=mirrors))
    assert len(registry.load("mnist").x_train) == 200


def test_offline_says_connect_or_put_files_or_use_strokes(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/"
    monkeypatch.setitem(CLASSICS, "kmnist", replace(CLASSICS["kmnist"], mirrors=(nobody,)))
    with pytest.raises(LabError) as caught:
        registry.load("kmnist")
    for words in ("'kmnist'", "Connect to the internet", "put train-images-idx3-ubyte.gz into", "'strokes'", "refused"):
        assert words in str(caught.value)


def test_a_full_disk_is_a_sentence(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download, "_copied", full)
    with pytest.raises(LabError, match=r"disk that holds .*raw is full.*LAB_DATA"):
        registry.load("mnist")


def test_a_folder_without_permission_is_a_sentence(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(download, "_copied", refused)
    with pytest.raises(LabError, match=r"cannot write to .*raw \(Permission denied\).*LAB_DATA"):
        registry.load("mnist")


def test_a_data_folder_that_is_a_file_is_a_sentence(shop: Shop, home: Path) -> None:
    (home / "data").mkdir(parents=True)
    (home / "data" / "MNIST").write_text("in the way")
    with pytest.raises(LabError, match=r"cannot write to .*MNIST"):
        registry.load("mnist")


def test_two_processes_never_write_one_file_at_once(shop: Shop, home: Path) -> None:
    place(home).mkdir(parents=True)
    lock = place(home) / "mnist.lock"
    done = threading.Event()
    with download._alone(lock):
        other = threading.Thread(target=lambda: (registry.load("mnist"), done.set()))
        other.start()
        assert not done.wait(0.3) and shop.asked == []
    other.join(30)
    assert done.is_set()


def test_a_tar_archive_is_unpacked_beside_itself_and_cannot_leave_its_folder(tmp_path: Path) -> None:
    for name, fine in (("inside/data.bin", True), ("../outside.bin", False)):
        path = tmp_path / "box" / "x.tar.gz"
        path.parent.mkdir(exist_ok=True)
        with tarfile.open(path, "w:gz") as archive:
            info = tarfile.TarInfo(name)
            info.size = 3
            archive.addfile(info, io.BytesIO(b"abc"))
        if fine:
            download.unpack(path, path.parent, lambda what, share: None)
            assert (path.parent / name).read_bytes() == b"abc"
        else:
            with pytest.raises(tarfile.TarError):
                download.unpack(path, path.parent, lambda what, share: None)
            assert not (tmp_path / "outside.bin").exists()


def test_the_checksums_and_mirrors_are_torchvisions_own() -> None:
    from torchvision import datasets as tv

    for name, theirs in (("mnist", tv.MNIST), ("fashion", tv.FashionMNIST), ("kmnist", tv.KMNIST)):
        assert [(each.file, each.md5) for each in CLASSICS[name].archives] == theirs.resources
        assert list(CLASSICS[name].mirrors) == theirs.mirrors
    (archive,) = CLASSICS["cifar10"].archives
    assert CLASSICS["cifar10"].mirrors[0] + archive.file == tv.CIFAR10.url and archive.md5 == tv.CIFAR10.tgz_md5
