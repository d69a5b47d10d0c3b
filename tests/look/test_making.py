"""The script that makes the shipped models still runs, from the first drawing to the last card."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from checkpoints.make import ink
from checkpoints.make.biases import fair_biases, fairly
from checkpoints.make.gather import DIGITS, GREEK, LABELS, Pool
from checkpoints.make.judge import Answers, joined_answers
from checkpoints.make.keep import Kept
from core.data.strokes import draw_set
from core.look.predictor import Predictor
from core.nets import checkpoint
from core.nets.line import build

WRITERS = 5


def drawings(folder: Path) -> Path:
    """A folder as the script wants it: each character by three hands, in each of the sources."""
    pictures, labels = draw_set(8 * WRITERS * len(LABELS), seed=2, classes=LABELS)
    of = {name: iter(pictures[labels == place, 0].numpy()) for place, name in enumerate(LABELS)}
    places = [f"digits/writer{writer:02d}/{name}/1" for writer in range(WRITERS) for name in DIGITS]
    for writer in range(WRITERS):
        places += [f"greek/writer{writer:02d}/{name}/1" for name in GREEK[:3]]
        for source in ("greek24", "greek24-mouse", "greek24-pen"):
            places += [f"{source}/{name}/drawer{writer:02d}" for name in GREEK]
    for place in places:
        file = folder / f"{place}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        name = next(part for part in file.relative_to(folder).parts if part in LABELS)
        Image.fromarray(255 - next(of[name])).resize((112, 112)).save(file)
    return folder


def digits(folder: Path) -> Path:
    """MNIST's files, with strokes in them."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part, count in (("train", 3000), ("t10k", 1500)):
        x, y = draw_set(count, seed=count, classes=DIGITS)
        (raw / f"{part}-images-idx3-ubyte").write_bytes(bytes(16) + x.numpy().tobytes())
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(bytes(8) + y.numpy().astype(np.uint8).tobytes())
    return folder


def answers(seed: int, omicrons: float, count: int = 400) -> Answers:
    """Answers of a network for which every omicron is nearly as much a 0, and more so the lower `omicrons` is."""
    luck = np.random.default_rng(seed)
    labels = luck.choice([LABELS.index(name) for name in ("0", "3", "omicron", "psi")], count)
    zero, omicron = LABELS.index("0"), LABELS.index("omicron")
    logits = luck.normal(0, 0.3, (count, len(LABELS))).astype(np.float32)
    logits[np.arange(count), labels] += 6
    logits[labels == omicron, zero] += 6
    logits[:, omicron] += omicrons * (labels == omicron)
    pictures, names = np.zeros((count, 28, 28), np.uint8), np.full(count, "greek24")
    people, rows = Pool(pictures, labels, names, names), torch.from_numpy(logits)
    digits = Pool(pictures, np.where(labels < 10, labels, 3), names, names)
    sure = F.one_hot(torch.from_numpy(digits.labels), len(LABELS)).float() * 6
    return Answers(people, rows, digits, sure, rows)


def right(of: Answers, name: str) -> float:
    mine = of.people.labels == LABELS.index(name)
    return float((of.drawn[mine].argmax(1).numpy() == LABELS.index(name)).mean())


def test_a_bias_for_each_character_helps_letters_that_digits_shout_down():
    rows = [answers(seed, omicrons=-0.3) for seed in range(3)]
    before, after = joined_answers(rows), joined_answers(fairly(rows))
    assert right(before, "omicron") < 0.4 < 0.6 < right(after, "omicron")
    assert all(right(after, name) > 0.97 for name in ("0", "3", "psi"))
    assert len(after.digits) == len(before.digits) / 2, "the digits that had a say are not judged"


def test_a_hand_has_no_say_in_its_own_biases():
    odd, *others = rows = [answers(0, omicrons=-4.0), answers(1, omicrons=0.0), answers(2, omicrons=0.0)]
    assert torch.equal(fairly(rows)[0].drawn, odd.drawn + fair_biases(others))
    assert not torch.allclose(fair_biases(rows), fair_biases(others), atol=0.1)


@pytest.mark.slow
def test_the_ink_models_are_made_from_beginning_to_end(tmp_path, capsys):
    out, cache = tmp_path / "out", tmp_path / "cache"
    told = ["--quick", "--ink", str(drawings(tmp_path / "ink")), "--data", str(digits(tmp_path / "data"))]
    ink.main([*told, "--cache", str(cache), "--out", str(out)])
    for name, classes in (("ink-digits", DIGITS), ("ink-greek24", GREEK), ("ink34", LABELS)):
        net, card = checkpoint.load(out / name)
        assert card.classes == classes and net.classes == len(classes)
        assert card.reading.keys() == {"temperature", "known_at", "known_spread"}
        judged = [each for figure, each in card.figures.items() if figure.startswith("unseen writers, ")]
        assert judged and all(each["of"] >= 9 for each in judged)
        assert Predictor(net, card).rejects
    first = (out / "ink34" / "card.json").read_text()
    ink.main([*told, "--cache", str(cache), "--out", str(out)])  # now everything is kept
    assert (out / "ink34" / "card.json").read_text() == first


def test_a_try_never_overwrites_the_shipped_models(tmp_path, capsys):
    with pytest.raises(SystemExit):
        ink.main(["--quick", "--ink", str(tmp_path), "--data", str(tmp_path)])
    assert "--out" in capsys.readouterr().err


def test_a_kept_network_opens_after_its_class_has_changed(tmp_path):
    net = build("flatten | linear classes", (1, 28, 28), 3, seed=4)
    kept = Kept(tmp_path)("net", lambda: (net, 1.5))
    assert kept[1] == 1.5 and kept[0].line == net.line
    for name, weights in net.state_dict().items():
        assert (kept[0].state_dict()[name] == weights).all()
    assert b"Net" not in (tmp_path / "net.pickle").read_bytes()  # the class itself is not in the file
