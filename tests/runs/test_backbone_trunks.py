"""Backbones as trunks: each gives its features once, own weights come first, and offline there is a sentence."""

from pathlib import Path

import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torch.nn import functional as F

from core.config import RunConfig
from core.data.dataset import Dataset, made
from core.errors import LabError
from core.nets import weights
from core.nets.backbones import BACKBONES, trunk
from core.nets.line import build
from core.nets.transfer import free
from core.runs import trunks
from core.train.facts import Ended
from core.train.fit import fit

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def no_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


def photos(side: int = 32) -> Dataset:
    luck = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (12, 3, side, side), generator=luck, dtype=torch.uint8)
    y = torch.arange(12) % 2
    x[y == 0] //= 3
    return made("photos", (x[:8], y[:8]), (x[8:], y[8:]), ("dark", "light"))


def put(name: str, **metadata: str) -> torch.nn.Module:
    """Weights of one's own in the lab's home; random, as no test downloads."""
    with torch.random.fork_rng():
        torch.manual_seed(5)
        net = torchvision.models.get_model(name, weights=None).eval()
    weights.own(name).parent.mkdir(parents=True, exist_ok=True)
    save_file(net.state_dict(), weights.own(name), metadata or None)
    return net


@pytest.mark.parametrize("name", [name for name in BACKBONES if name != "resnet152"])
def test_every_backbone_is_a_trunk_that_runs_once(name: str):
    told: list[str] = []
    config = RunConfig("photos", trunk=name, epochs=2, batch_size=4, snapshots=1, head="gap-256", precision="fp32")
    ready = trunks.prepared(config, photos(), None, CPU, lambda what, share: told.append(what))
    features = ready.given["features"]
    assert features.x_train.shape == (8, BACKBONES[name].features) and "looks at every picture once" in told[-1]
    facts = list(fit(ready.config, ready.data, CPU, **ready.given))
    assert isinstance(facts[-1], Ended) and facts[-1].reason == "finished"


def test_resnet152_counts_as_r1_says():
    plan = trunks.plan(RunConfig(trunk="resnet152 pretrained", head="gap-256"), (3, 128, 128), 10)
    assert plan.trainable == 527_114 and plan.frozen == BACKBONES["resnet152"].parameters


def test_own_weights_are_a_trunk_by_their_file(home: Path):
    net = put("squeezenet1_1")
    config = RunConfig("photos", trunk="file:squeezenet1_1")
    given, mine, _ = trunks.start(config, (3, 32, 32), 2)
    assert given.net == "squeezenet1_1 pretrained | linear classes"
    assert torch.equal(mine.layers[0].features[0].weight, net.features[0].weight)


def test_weights_made_by_tensorflow_are_padded_as_there_and_refused_otherwise():
    net = put("mobilenet_v2", padding="tf_same (see the file)")
    given, mine, _ = trunks.start(RunConfig("photos", trunk="mobilenet_v2 pretrained"), (3, 64, 64), 2)
    assert given.net == "mobilenet_v2 same pretrained | linear classes"
    x = torch.randn(1, 3, 64, 64)
    first = F.conv2d(F.pad(x, (0, 1, 0, 1)), net.features[0][0].weight, stride=2)  # right and below only
    assert torch.allclose(mine.layers[0].features[0][0](x), first, atol=1e-6)
    with pytest.raises(LabError, match="Write `mobilenet_v2 same pretrained`"):
        build("mobilenet_v2 pretrained", (3, 64, 64), 2)


@pytest.mark.parametrize("side", [63, 64, 65])
def test_same_padding_gives_as_many_pixels_as_tensorflow(side: int):
    net = trunk("mobilenet_v2", 3, same=True).eval()
    with torch.no_grad():
        assert net.features[0](torch.zeros(1, 3, side, side)).shape[-1] == -(-side // 2)


def test_small_photos_may_be_enlarged_before_a_trunk():
    given, net, _ = trunks.start(RunConfig("photos", trunk="resize 64 | squeezenet1_1"), (3, 32, 32), 2)
    assert given.net == "resize 64 | squeezenet1_1 | linear classes" and net.frozen == 2


def test_without_a_network_the_run_says_what_can_be_done(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(weights, "address", lambda name: "http://127.0.0.1:9/resnet18-f37072fd.pth")
    with pytest.raises(LabError, match=r"are not on this machine.*put your own weights at.*without `pretrained`"):
        trunks.start(RunConfig("photos", trunk="resnet18 pretrained"), (3, 32, 32), 2)


def test_what_is_frozen_rests_dropout_and_batch_norm_alike():
    line = "conv 4 3x3 | bn | dropout2d 0.5 | flatten | linear 6 | dropout 0.5 | linear classes"
    net = free(build(line, (1, 8, 8), 2), RunConfig(trunk="x")).train()
    assert net.frozen == 5 and not net.layers[1].training and not net.layers[2].training
    assert net.layers[5].training  # the head's own dropout works
    x = torch.randn(4, 1, 8, 8)
    assert torch.equal(net.layers[:5](x), net.layers[:5](x))
    everything = build(line, (1, 8, 8), 2).train()
    assert everything.frozen == 0 and everything.layers[2].training
