"""Checkpoints come back to the bit, and everything that is wrong with one is said in a sentence."""

# ruff: noqa: E501 - one refusal per line reads best

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from core import paths
from core.errors import LabError
from core.nets import checkpoint, swap
from core.nets.checkpoint import Card, weights_sha256
from core.nets.line import Net, build

ROOT = Path(__file__).resolve().parents[2]
LINE = "conv 4 3x3 p1 | bn | relu | res 8 s2 | gap | dropout 0.2 | linear classes"
CARD = Card("small", LINE, (3, 16, 16), ("ant", "bee", "Ω"), about="A test.", mean=(0.1, 0.2, 0.3), accuracy=0.5)


def trained() -> Net:
    """A network whose weights and running means are no longer the first ones."""
    net = build(LINE, (3, 16, 16), 3, seed=3).to(memory_format=torch.channels_last)
    net(torch.randn(4, 3, 16, 16)).sum().backward()
    with torch.no_grad():
        for weight in net.parameters():
            weight -= 0.1 * weight.grad
    return net


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    checkpoint.save(tmp_path / "small", trained(), CARD)
    return tmp_path / "small"


def refusal(folder: Path) -> str:
    with pytest.raises(LabError) as caught:
        checkpoint.load(folder)
    return str(caught.value)


def recard(folder: Path, **changes: object) -> None:
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, **changes}))


def test_a_network_comes_back_to_the_bit(tmp_path: Path):
    torch.manual_seed(0)
    net = trained()
    card = checkpoint.save(tmp_path / "small", net, CARD)
    back, found = checkpoint.load(tmp_path / "small")
    assert found == card and card.weights_sha256 == weights_sha256(net.state_dict())
    state = net.state_dict()
    assert list(back.state_dict()) == list(state)
    assert all(torch.equal(value, state[key]) for key, value in back.state_dict().items())
    x = torch.randn(2, 3, 16, 16)
    assert torch.equal(back(x), net.to(memory_format=torch.contiguous_format).eval()(x))
    assert not back.training and back.line == LINE and all(p.requires_grad for p in back.parameters())


def test_loading_leaves_everybody_elses_random_numbers_alone(saved: Path):
    before = torch.random.get_rng_state()
    checkpoint.load(saved)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_the_hash_sees_every_bit_name_type_and_shape():
    one = {"b": torch.arange(6.0), "a": torch.ones(2, dtype=torch.bfloat16), "n": torch.tensor(3)}
    same = weights_sha256({"n": torch.tensor(3), "a": one["a"].clone(), "b": torch.arange(6.0)})
    assert weights_sha256(one) == same
    others = (
        {**one, "b": torch.nextafter(one["b"], torch.tensor(9.0))},
        {**one, "b": one["b"].reshape(2, 3)},
        {**one, "b": one["b"].double()},
        {"b": one["b"], "A": one["a"], "n": one["n"]},
    )
    assert len({same, *map(weights_sha256, others)}) == 5


def test_the_hash_does_not_see_the_memory_layout():
    weight = torch.randn(4, 3, 5, 5)
    assert weights_sha256({"w": weight}) == weights_sha256({"w": weight.to(memory_format=torch.channels_last)})


def test_a_card_survives_json_and_keys_of_a_later_version_are_ignored():
    card = replace(CARD, figures={"unseen": 0.93}, reading={"temperature": 1.5}, config={"lr": 0.1, "filters": [1, 2]})
    values = json.loads(card.to_json())
    assert Card.from_json(card.to_json()) == card
    assert Card.from_json(json.dumps({**values, "mood": "sunny"})) == card
    assert "Ω" in card.to_json() and card.to_json().count("\n") > 10  # people read it


def test_a_card_has_no_nan_and_no_arrays():
    card = replace(CARD, figures={"loss": float("nan"), "hist": torch.tensor([1, 2])}, seconds=float("inf"))
    values = json.loads(card.to_json())
    assert values["figures"] == {"loss": None, "hist": [1, 2]} and values["seconds"] is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is not readable JSON"),
        ("[1]", "is a JSON list; allowed: an object"),
        ('{"name": "x"}', "has no 'net'"),
        ('{"name": "x", "net": 3}', "net is '3'; allowed: some text"),
        ('{"name": "x", "net": "relu", "shape": [1, 2]}', "shape is '[1, 2]'; allowed: [channels, height, width]"),
        ('{"name": "x", "net": "relu", "shape": [1, 2, 3], "classes": []}', "classes are []; allowed: one or more names"),
        ('{"name": "x", "net": "relu", "shape": [1, 2, 3], "classes": ["a", "a"]}', "each once"),
        ('{"name": "x", "net": "relu", "shape": [1, 2, 3], "classes": "ab"}', "allowed: a list of texts"),
        ('{"name": "x", "net": "relu", "shape": [1, 2, 3], "classes": ["a"], "mean": ["b"]}', "allowed: a list of numbers"),
        ('{"name": "x", "net": "relu", "shape": [1, 2, 3], "classes": ["a"], "accuracy": "high"}', "allowed: a number or null"),
        ('{"name": "x", "net": "relu", "shape": [1, 2, 3], "classes": ["a"], "config": []}', "allowed: a JSON object"),
    ],
)  # fmt: skip
def test_a_wrong_card_is_refused_in_a_sentence(saved: Path, text: str, sentence: str):
    (saved / "card.json").write_text(text)
    assert sentence in refusal(saved)


def test_missing_and_damaged_files_are_refused_in_a_sentence(saved: Path, tmp_path: Path):
    assert "is no checkpoint: it has no card.json" in refusal(tmp_path / "nowhere")
    weights = saved / "weights.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    assert "cannot be read" in refusal(saved) and "damaged" in refusal(saved)
    weights.write_bytes(b"")
    assert "damaged" in refusal(saved)
    weights.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "is not what its card says: SHA-256" in refusal(saved)
    weights.unlink()
    assert "has a card but no weights.safetensors" in refusal(saved)
    (saved / "card.json").write_bytes(b"\xff\xfe\x00")
    assert "card.json cannot be read" in refusal(saved)


def test_weights_that_do_not_fit_the_cards_net_are_refused(saved: Path):
    recard(saved, net=LINE.replace("conv 4", "conv 6"))
    assert "layers.0.bias is 4 float32, the card's net needs 6 float32" in refusal(saved)
    recard(saved, net=LINE.replace("bn | ", ""))
    assert "does not fit" in refusal(saved)
    recard(saved, net=LINE, classes=["a", "b"])
    assert "layers.6.bias is 3 float32, the card's net needs 2 float32" in refusal(saved)
    recard(saved, net="conv 99999 3x3")
    assert "the number of filters is 99999" in refusal(saved)
    recard(saved, net=LINE, classes=["a", "b", "c"], kind="generator")
    assert "holds a generator; allowed here: a classifier" in refusal(saved)


def test_a_pickle_is_never_opened(tmp_path: Path):
    class Bomb:
        def __reduce__(self) -> tuple:
            return os.mkdir, (str(tmp_path / "boom"),)

    folder = tmp_path / "theirs"
    folder.mkdir()
    torch.save({"w": Bomb()}, folder / "model.pth")
    assert "is a pickle" in refusal(folder) and "so the lab never does" in refusal(folder)
    assert "is a pickle" in refusal(folder / "model.pth")
    assert not (tmp_path / "boom").exists()
    (tmp_path / "notes.txt").write_text("hello")
    assert "is a file; allowed: a checkpoint folder" in refusal(tmp_path / "notes.txt")


def test_a_half_written_checkpoint_is_never_seen(saved: Path, monkeypatch: pytest.MonkeyPatch):
    before = weights_sha256(checkpoint.load(saved)[0].state_dict())
    other = build(LINE, (3, 16, 16), 3, seed=9)

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(swap.os, "fsync", full)
    with pytest.raises(LabError, match=r"cannot be saved \(No space left on device\)"):
        checkpoint.save(saved, other, CARD)
    assert weights_sha256(checkpoint.load(saved)[0].state_dict()) == before
    assert [path.name for path in saved.parent.iterdir()] == ["small"]


def test_a_power_cut_between_the_two_renames_loses_nothing(saved: Path, monkeypatch: pytest.MonkeyPatch):
    before = checkpoint.load(saved)[1]
    renames = []

    def cut(old: Path, new: Path, rename=os.rename) -> None:
        renames.append(old)
        if len(renames) == 2:
            raise KeyboardInterrupt
        rename(old, new)

    monkeypatch.setattr(swap.os, "rename", cut)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save(saved, build(LINE, (3, 16, 16), 3, seed=9), CARD)
    assert not saved.exists()
    assert checkpoint.load(saved)[1] == before
    monkeypatch.undo()
    checkpoint.save(saved, build(LINE, (3, 16, 16), 3, seed=9), CARD)
    assert checkpoint.load(saved)[1] != before


def test_a_checkpoint_is_replaced_as_a_whole(saved: Path):
    new = checkpoint.save(saved, build("flatten | linear classes", (3, 16, 16), 3), replace(CARD, name="other"))
    assert checkpoint.load(saved)[1] == new and new.net == "flatten | linear classes"
    assert sorted(path.name for path in saved.iterdir()) == ["card.json", "weights.safetensors"]


def test_a_card_must_name_as_many_classes_as_the_network_has(tmp_path: Path):
    with pytest.raises(LabError, match="names 2 classes, but the network has 3 outputs"):
        checkpoint.save(tmp_path / "x", trained(), replace(CARD, classes=("a", "b")))


def test_own_checkpoints_are_found_by_name():
    folder = paths.home() / "checkpoints"
    mine = folder / "mine"
    checkpoint.save(mine, trained(), CARD)
    checkpoint.write(folder / "faces", {"w": torch.ones(2)}, replace(CARD, kind="generator"))
    assert "mine" in checkpoint.names() and "faces" in checkpoint.names()
    assert "faces" not in checkpoint.names("classifier") and "faces" in checkpoint.names("generator")
    assert checkpoint.find("mine") == mine
    with pytest.raises(LabError, match="Did you mean 'mine'"):
        checkpoint.find("mina")
    with pytest.raises(LabError, match="which does not exist"):
        checkpoint.find("../checkpoints/mine")


def test_every_shipped_checkpoint_loads():
    for name in checkpoint.names("classifier"):
        net, card = checkpoint.load(checkpoint.find(name))
        assert net(torch.zeros(1, *card.shape)).shape == (1, len(card.classes))


def test_a_backbones_checkpoint_needs_no_download(tmp_path: Path):
    net = build("squeezenet1_1 | linear classes", (1, 64, 64), 2)
    net.line = net.line.replace("squeezenet1_1", "squeezenet1_1 pretrained")
    card = checkpoint.save(tmp_path / "trunk", net, replace(CARD, classes=("a", "b")))
    assert card.net == "squeezenet1_1 | linear classes" and card.shape == (1, 64, 64)
    recard(tmp_path / "trunk", net="squeezenet1_1 pretrained")
    back, _ = checkpoint.load(tmp_path / "trunk")
    assert weights_sha256(back.state_dict()) == card.weights_sha256


def test_names_and_cards_are_read_without_torch():
    checkpoint.save(paths.home() / "checkpoints" / "mine", trained(), CARD)
    code = (
        "import sys; from core.nets import checkpoint as c; from core.nets import named, rewrite, shapes;"
        "print(c.names(), c.card(c.find('mine')).name); assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0 and "'mine'" in done.stdout, done.stderr


def test_tensors_of_any_kind_can_be_kept_with_a_card(tmp_path: Path):
    tensors = {"z": torch.arange(3), "a": torch.randn(2, 2).half()}
    checkpoint.write(tmp_path / "any", tensors, replace(CARD, kind="directions"))
    back, card = checkpoint.read(tmp_path / "any")
    assert card.kind == "directions" and all(torch.equal(back[key], tensors[key]) for key in tensors)


def test_foreign_weights_with_other_names_are_refused(saved: Path):
    tensors = {"w": torch.ones(2)}
    save_file(tensors, saved / "weights.safetensors")
    recard(saved, weights_sha256=weights_sha256(tensors))
    assert "the weights lack 'layers.0.bias', which the card's net needs" in refusal(saved)
