"""Backbones: torchvision's own networks and answers, and weight files as torch hub keeps them, without a network."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import torch
import torchvision
from safetensors.torch import save_file

from core import paths
from core.errors import LabError
from core.nets import weights
from core.nets.backbones import BACKBONES, backbone, note, stages, trunk
from core.nets.line import build

SMALL = "squeezenet1_1"
HUB = {
    "resnet18": "resnet18-f37072fd.pth",
    "squeezenet1_1": "squeezenet1_1-b8a52dc0.pth",
    "mobilenet_v3_small": "mobilenet_v3_small-047dcff4.pth",
}


@pytest.fixture(autouse=True)
def no_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody's own torch hub is looked into."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "torch" / "hub" / "checkpoints"


def official(name: str, seed: int = 7) -> torch.nn.Module:
    """torchvision's network with its 1,000 classes; its weights are random, as no file is downloaded in a test."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return torchvision.models.get_model(name, weights=None).eval()


def cached(name: str, folder: Path) -> torch.nn.Module:
    """Writes such weights where torch hub would put the downloaded ones."""
    net = official(name)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(net.state_dict(), folder / HUB[name])
    return net


@pytest.mark.parametrize("name", BACKBONES)
def test_the_table_of_backbones_tells_the_truth(name: str):
    facts = backbone(name)
    net = trunk(name, 3).train()
    assert sum(each.numel() for each in net.parameters()) == facts.parameters
    assert next(m for m in net.modules() if isinstance(m, torch.nn.Conv2d)).weight[:, 0].numel() == facts.stem
    assert net(torch.randn(2, 3, facts.smallest, facts.smallest)).shape == (2, facts.features)
    assert len(stages(net)) >= 4
    assert facts.weights in torchvision.models.get_model_weights(name).__members__


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "convnext_tiny", "efficientnet_b0"])
def test_features_are_what_torchvision_gives_its_own_last_layer(name: str):
    theirs = official(name)
    ours = trunk(name, 3).eval()
    last = backbone(name).classifier
    ours.load_state_dict({k: v for k, v in theirs.state_dict().items() if k in ours.state_dict()}, strict=True)
    linear = getattr(theirs, last)
    linear = linear if isinstance(linear, torch.nn.Linear) else linear[-1]
    x = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        assert torch.allclose(linear(ours(x)), theirs(x), atol=1e-5)


def test_a_backbone_in_a_line_has_a_seed_like_every_other_net():
    one, same, other = (build(SMALL, (3, 32, 32), 4, seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(one[key], same[key]) for key in one)
    assert any(not torch.equal(one[key], other[key]) for key in one)


@pytest.mark.parametrize("name", HUB)
def test_weights_in_torch_hubs_layout_are_poured_into_the_trunk(name: str):
    theirs = cached(name, weights.folder())
    assert weights.ready(name)
    net = build(f"{name} pretrained", (3, 64, 64), 5)
    assert net.line == f"{name} pretrained | linear classes"
    ours = net.layers[0].state_dict()
    assert ours and all(torch.equal(value, theirs.state_dict()[key]) for key, value in ours.items())
    assert net(torch.randn(2, 3, 64, 64)).shape == (2, 5)


def test_weights_that_torch_hub_already_holds_are_found(no_hub: Path):
    theirs = cached("resnet18", no_hub)
    net = build("resnet18 pretrained", (3, 32, 32), 2)
    assert torch.equal(net.layers[0].conv1.weight, theirs.conv1.weight)


def test_grey_pictures_are_read_as_three_equal_colours():
    theirs = cached("resnet18", weights.folder())
    theirs.fc = torch.nn.Identity()
    net = build("resnet18 pretrained", (1, 48, 48), 2).eval()
    grey = torch.randn(2, 1, 48, 48)
    with torch.no_grad():
        assert torch.allclose(net.layers[0](grey), theirs(grey.repeat(1, 3, 1, 1)), atol=1e-4)


def test_own_weights_come_first_and_may_have_other_classes():
    net = official(SMALL)
    net.classifier[1] = torch.nn.Conv2d(512, 7, 1)
    weights.own(SMALL).parent.mkdir(parents=True)
    save_file(net.state_dict(), weights.own(SMALL))
    assert weights.ready(SMALL)
    ours = build(f"{SMALL} pretrained", (3, 64, 64), 5).layers[0].state_dict()
    assert all(torch.equal(value, net.state_dict()[key]) for key, value in ours.items())


def test_without_a_network_the_choices_are_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(weights, "address", lambda name: f"http://127.0.0.1:9/{HUB[name]}")  # nobody listens there
    assert not weights.ready("resnet18")
    with pytest.raises(LabError) as caught:
        build("resnet18 pretrained", (3, 32, 32), 5)
    sentence = str(caught.value)
    assert "ImageNet weights of resnet18 are not on this machine" in sentence
    assert "connect and try again" in sentence and "without `pretrained`" in sentence
    assert str(weights.own("resnet18")) in sentence
    assert not list((paths.home() / "weights").rglob("*.part"))


def test_a_backbone_without_pretrained_never_asks_for_weights(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(weights, "fetch", None)
    build("resnet18", (3, 32, 32), 5)


@pytest.fixture
def server():
    """A web server of this test's own, with one file to give."""

    class Handler(BaseHTTPRequestHandler):
        body = b""
        status = 200
        promised = 0

        def do_GET(self) -> None:
            self.send_response(self.status)
            self.send_header("Content-Length", str(self.promised or len(self.body)))
            self.end_headers()
            self.wfile.write(self.body)

        def log_message(self, *args: object) -> None:
            pass

    http = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    yield Handler, f"http://127.0.0.1:{http.server_port}/"
    http.shutdown()
    thread.join()
    http.server_close()


def test_a_download_reports_its_progress_and_is_checked(server, tmp_path: Path):
    handler, url = server
    handler.body = bytes(range(256)) * 10_000
    digest = hashlib.sha256(handler.body).hexdigest()[:8]
    told: list[float] = []
    target = tmp_path / "w" / f"net-{digest}.pth"
    weights.fetch(url + target.name, target, "net", lambda text, share: told.append(share))
    assert target.read_bytes() == handler.body
    assert told == sorted(told) and told[-1] == 1.0 and len(told) > 1
    with pytest.raises(LabError, match=f"arrived damaged: SHA-256 starts {digest}, wanted 0000abcd"):
        weights.fetch(url, tmp_path / "w" / "net-0000abcd.pth", "net")
    assert [path.name for path in (tmp_path / "w").iterdir()] == [target.name]


def test_a_broken_download_leaves_nothing_behind(server, tmp_path: Path):
    handler, url = server
    handler.body, handler.promised = b"half", 8
    with pytest.raises(LabError, match="arrived damaged"):
        weights.fetch(url, tmp_path / "net-0000abcd.pth", "net")
    handler.status = 404
    with pytest.raises(LabError, match="cannot be reached"):
        weights.fetch(url, tmp_path / "net-0000abcd.pth", "net")
    assert not list(tmp_path.glob("net*"))


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"PK\x03\x04 half a zip"])
def test_a_damaged_weight_file_is_named(damage: bytes):
    weights.folder().mkdir(parents=True)
    (weights.folder() / HUB[SMALL]).write_bytes(damage)
    with pytest.raises(LabError, match="the file is damaged"):
        build(f"{SMALL} pretrained", (3, 64, 64), 5)


def test_weights_of_another_network_are_refused():
    weights.folder().mkdir(parents=True)
    torch.save(official("mobilenet_v3_small").state_dict(), weights.folder() / HUB[SMALL])
    with pytest.raises(LabError, match="are not those of squeezenet1_1"):
        build(f"{SMALL} pretrained", (3, 64, 64), 5)


def test_a_pickle_in_the_place_of_weights_runs_nothing(tmp_path: Path):
    class Bomb:
        def __reduce__(self) -> tuple:
            import os

            return os.mkdir, (str(tmp_path / "boom"),)

    weights.folder().mkdir(parents=True)
    torch.save({"features.0.weight": Bomb()}, weights.folder() / HUB[SMALL])
    with pytest.raises(LabError, match="the file is damaged"):
        build(f"{SMALL} pretrained", (3, 64, 64), 5)
    assert not (tmp_path / "boom").exists()


def test_small_pictures_get_a_note():
    text = note("resnet18", (3, 32, 32))
    assert text and "of 32x32 only 1x1 is left" in text and "`resize 96`" in text
    assert note("resnet18", (3, 224, 224)) is None


def test_an_unknown_backbone_is_refused():
    with pytest.raises(LabError, match="Did you mean 'resnet50'"):
        backbone("resnet51")
