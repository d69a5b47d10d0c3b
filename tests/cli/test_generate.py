"""`generate` writes the same picture every time, and one line for what it cannot make."""

import json
from pathlib import Path

import pytest

from core import paths
from core.cli.main import main
from core.config import RunConfig
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.gan import pair


@pytest.fixture
def model(home: Path) -> str:
    config = RunConfig("noise", "gan-small", kind="gan", latent=16)
    made = pair("gan-small", (3, 32, 32), 16, seed=1)
    tensors = {f"{name}.{key}": v for name, net in made._asdict().items() for key, v in net.state_dict().items()}
    card = Card("tiny", "gan-small", (3, 32, 32), ("picture",), kind="gan", config=config.to_dict())
    checkpoint.write(paths.home() / "checkpoints" / "tiny", tensors, card)
    return "tiny"


def test_the_same_words_give_the_same_bytes(model: str, tmp_path: Path, capsys) -> None:
    one, two = tmp_path / "one.png", tmp_path / "deep" / "two.png"
    words = ["generate", "--model", model, "--seed", "5", "--edit", "3=2.5", "4=-1", "--json", "--out"]
    assert main([*words, str(one)]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["seed"] == 5 and value["edits"] == {"3": 2.5, "4": -1.0} and value["side"] == 32
    assert main([*words, str(two)]) == 0
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--edit", "17"], "--edit is '17'; allowed"),
        (["--edit", "99=1"], "changes index 99; this generator has the indices 0 to 15"),
        (["--edit", "3=nan"], "edits at 3 is nan"),
        (["--edit", "smile=1"], "a direction not known here"),
        (["--label", "seven"], "it knows no classes"),
        (["--seed", "-1"], "seed is -1"),
        (["--times", "99"], "--times is 99"),
        (["--step", "3"], "a model has no snapshots"),
        (["--latent", "nowhere.json"], "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(model: str, tmp_path: Path, capsys, more, said) -> None:
    assert main(["generate", "--model", model, "--out", str(tmp_path / "x.png"), *more]) == 2
    error = capsys.readouterr().err
    assert said in error and len(error.strip().splitlines()) == 1
    assert not (tmp_path / "x.png").exists()


def test_a_classifier_makes_no_pictures(home: Path, tmp_path: Path, capsys) -> None:
    assert main(["generate", "--model", "r1-lenet-mnist", "--out", str(tmp_path / "x.png")]) == 2
    assert "allowed here: a GAN" in capsys.readouterr().err
