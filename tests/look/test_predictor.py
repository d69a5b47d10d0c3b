"""A drawing gets a calibrated answer, a scribble is refused, and an empty sheet gets a sentence instead of a guess."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torch import Tensor, nn

from core.data import registry
from core.data.ink import plain, prepare
from core.look.predictor import Predictor
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.line import build

DIGITS = tuple("0123456789")


class Says(nn.Module):
    """A network that answers the same logits to everything."""

    def __init__(self, *logits: float) -> None:
        super().__init__()
        self.logits = torch.tensor(logits)

    def forward(self, x: Tensor) -> Tensor:
        return self.logits.expand(len(x), -1)


def card(classes: tuple[str, ...] = DIGITS, shape: tuple[int, int, int] = (1, 28, 28), **reading: float) -> Card:
    channels = shape[0]
    return Card("test", "", shape, classes, mean=(0.13,) * channels, std=(0.31,) * channels, reading=dict(reading))


def seven(side: int = 280, at: tuple[int, int] = (80, 60), size: int = 130) -> np.ndarray:
    picture = Image.new("L", (side, side), 255)
    points = [(at[0], at[1]), (at[0] + 0.6 * size, at[1]), (at[0] + 0.2 * size, at[1] + size)]
    ImageDraw.Draw(picture).line(points, 0, max(2, size // 10), "curve")
    return np.asarray(picture)


def test_the_answer_is_the_softmax_of_the_networks_logits() -> None:
    net = build("conv 4 3x3 | relu | flatten | linear classes", (1, 28, 28), 10, seed=3)
    predictor = Predictor(net, card())
    answer = predictor.read(seven())
    x = torch.from_numpy(prepare(seven()).image)[None, None].float() / 255
    expected = torch.softmax(net((x - 0.13) / 0.31)[0], 0).detach()
    assert answer.label == DIGITS[int(expected.argmax())]
    assert dict(answer.top) == pytest.approx(
        {name: float(p) for name, p in zip(DIGITS, expected, strict=True)}, abs=1e-5
    )
    assert [chance for _, chance in answer.top] == sorted((chance for _, chance in answer.top), reverse=True)
    assert sum(chance for _, chance in answer.top) == pytest.approx(1, abs=1e-5)


def test_a_temperature_makes_the_answer_less_sure_but_not_another_one() -> None:
    hot, plain_one = (
        Predictor(Says(2, 1, 0), card(("a", "b", "c"), temperature=2.0)),
        Predictor(Says(2, 1, 0), card(("a", "b", "c"))),
    )
    assert hot.read(seven()).label == plain_one.read(seven()).label == "a"
    assert hot.read(seven()).probability == pytest.approx(math.e / (math.e + math.sqrt(math.e) + 1))


def test_little_evidence_for_every_class_is_refused() -> None:
    classes = ("a", "b")
    poor = Predictor(Says(-4, -5), card(classes, known_at=1.0, known_spread=2.0)).read(seven())
    evidence = math.log(math.exp(-4) + math.exp(-5))
    assert poor.reject == pytest.approx(1 / (1 + math.exp(-(1.0 - evidence) / 2)))
    assert poor.refused and "None of these" in poor.sentence
    rich = Predictor(Says(9, 1), card(classes, known_at=1.0, known_spread=2.0)).read(seven())
    assert rich.reject < 0.05 and not rich.refused


def test_a_run_that_never_learned_to_refuse_is_never_refused() -> None:
    answer = Predictor(Says(1, 0), card(("a", "b"))).read(seven())
    assert not answer.refused
    assert answer.reject == pytest.approx(1 - answer.probability)


def test_an_empty_sheet_gets_a_sentence_and_no_guess() -> None:
    answer = Predictor(Says(9, 0), card(("a", "b"))).read(np.full((280, 280), 255, np.uint8))
    assert answer.label is None and answer.empty and answer.refused
    assert answer.top == [] and answer.probability == 0 and answer.reject == 1
    assert answer.sentence.startswith("There is no ink")


def test_look_alikes_are_named_when_the_second_is_near() -> None:
    near = Predictor(Says(1.5, 0.0, -9), card(("0", "omicron", "pi"))).read(seven())
    assert near.label == "0" and near.unsure_with == "omicron"
    assert "look alike" in near.sentence
    other = Predictor(Says(1.5, 0.0, -9), card(("0", "pi", "omicron"))).read(seven())
    assert other.unsure_with is None  # 18 % for something that looks quite different
    close = Predictor(Says(0.5, 0.0, -9), card(("0", "pi", "omicron"))).read(seven())
    assert close.unsure_with == "pi"


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (1, 64, 64)])
@pytest.mark.parametrize("scale", ["standard", "centred", "unit", "raw"])
def test_every_run_of_the_lab_can_read_a_drawing(shape: tuple[int, int, int], scale: str) -> None:
    net = build("conv 4 3x3 s2 | relu | gap | linear classes", shape, 10)
    about = Card("run", "", shape, DIGITS, mean=(0.5,) * shape[0], std=(0.2,) * shape[0], scale=scale)
    predictor = Predictor(net, about)
    eaten = predictor.eats([prepare(seven()).image])
    assert eaten.shape == (1, *shape)
    low, high = {"standard": (-2.5, 2.5), "centred": (-0.5, 0.5), "unit": (0, 1), "raw": (0, 255)}[scale]
    assert float(eaten.min()) == pytest.approx(low, abs=1e-4)
    assert float(eaten.max()) == pytest.approx(high, rel=0.1)
    assert predictor.read(seven()).label in DIGITS


def test_many_pictures_in_one_go_get_the_same_answers() -> None:
    predictor = Predictor(build("flatten | linear classes", (1, 28, 28), 10), card())
    drawings = [seven(size=size) for size in (60, 100, 150)]
    one_by_one = [predictor.read(each) for each in drawings]
    together = predictor.read_many([prepare(each).image for each in drawings])
    assert [each.label for each in together] == [each.label for each in one_by_one]
    assert [each.probability for each in together] == pytest.approx([each.probability for each in one_by_one], abs=1e-5)
    assert predictor.read_many([]) == []


def test_a_row_is_json() -> None:
    row = Predictor(Says(2, 1, 0), card(("a", "b", "c"))).read(seven()).row("seven.png")
    assert json.loads(json.dumps(row))["file"] == "seven.png"
    assert {"file", "label", "probability", "reject", "top"} <= row.keys()
    assert [label for label, _ in row["top"]] == ["a", "b", "c"]


# --- the shipped models -----------------------------------------------------------------------------------------------

SHIPPED = ("r1-lenet-mnist", "ink-digits", "ink-greek24", "ink34")


def shipped(name: str) -> Predictor:
    if name not in checkpoint.names():
        pytest.skip(f"{name} is not made yet: python -m checkpoints.make.ink")
    return Predictor.load(name)


def test_the_shipped_models_are_small() -> None:
    folders = [checkpoint.find(name) for name in SHIPPED if name in checkpoint.names()]
    assert sum(file.stat().st_size for folder in folders for file in folder.iterdir()) <= 3_000_000


@pytest.mark.parametrize("name", ["ink-digits", "ink34"])
def test_a_seven_is_read_in_every_corner_and_size(name: str) -> None:
    predictor = shipped(name)
    for at, size in (((10, 10), 40), ((200, 180), 70), ((60, 20), 240), ((130, 120), 20)):
        assert predictor.read(seven(at=at, size=size)).label == "7"


@pytest.mark.parametrize("name", ["ink-digits", "ink-greek24", "ink34"])
def test_a_scribble_is_refused(name: str) -> None:
    predictor = shipped(name)
    random = np.random.default_rng(1)
    refused = 0
    for _ in range(20):
        points = [tuple(point) for point in random.uniform(40, 240, (25, 2)).tolist()]
        picture = Image.new("L", (280, 280), 255)
        ImageDraw.Draw(picture).line(points, 0, 6)
        refused += predictor.read(np.asarray(picture)).refused
    assert refused >= 19


def drawings(folder: Path, sources: tuple[str, ...]) -> list[tuple[np.ndarray, str, str]]:
    """Other people's drawings with their label and source, where a data folder holds `ink`."""
    if not (folder / "ink").is_dir():
        pytest.skip("needs other people's ink: a folder `ink` in LAB_DATA")
    found = []
    for source in sources:
        for file in sorted((folder / "ink" / source).rglob("*.png")):
            picture = Image.open(file)
            raw = picture if picture.mode in ("L", "RGB", "RGBA") else picture.convert("RGB")
            found.append((np.asarray(raw), file.parent.name, source))
    return found


def accuracy(predictor: Predictor, rows: list[tuple[np.ndarray, str, str]]) -> float:
    answers = predictor.read_many([prepare(raw).image for raw, _, _ in rows])
    return sum(answer.label == label for answer, (_, label, _) in zip(answers, rows, strict=True)) / len(rows)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("ink-digits", 0.995), ("ink34", 0.985), ("r1-lenet-mnist", 0.985)])
def test_the_digits_of_mnist_are_read(lab_data: Path, name: str, least: float) -> None:
    predictor, data = shipped(name), registry.load("mnist")
    right = 0
    for start in range(0, 10_000, 1000):
        images = [prepare(each[0]).image for each in data.x_test[start : start + 1000].numpy()]
        truth = data.y_test[start : start + 1000].tolist()
        right += sum(
            answer.label == str(label) for answer, label in zip(predictor.read_many(images), truth, strict=True)
        )
    assert right / 10_000 >= least


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "sources", "least"),
    [
        ("ink-digits", ("digits",), 0.99),
        ("ink-greek24", ("greek", "greek24", "greek24-mouse"), 0.97),
        ("ink34", ("digits", "greek", "greek24", "greek24-mouse"), 0.95),
    ],
)
def test_the_drawings_it_learned_from_are_read_and_hardly_refused(
    lab_data: Path, name: str, sources: tuple[str, ...], least: float
) -> None:
    predictor, rows = shipped(name), drawings(lab_data, sources)
    assert accuracy(predictor, rows) >= least
    refused = [predictor.read(raw).refused for raw, _, _ in rows[::5]]
    assert sum(refused) / len(refused) <= 0.03


@pytest.mark.slow
def test_awkward_places_and_sizes_cost_nothing_and_plain_resizing_a_lot(lab_data: Path) -> None:
    predictor, random = shipped("ink-digits"), np.random.default_rng(0)
    rows, naive = [], []
    for raw, label, _ in drawings(lab_data, ("digits",)):
        grey = Image.fromarray(raw).convert("L")
        ground = 255 if np.median(np.asarray(grey)) > 127 else 0
        side = int(random.choice([24, 40, 80, 140]))
        small = grey.resize((side, side), Image.Resampling.LANCZOS)
        sheet = Image.new("L", (320, 320), ground)
        sheet.paste(small, tuple(int(each) for each in random.integers(4, 316 - side, 2)))
        rows.append((np.asarray(sheet), label, ""))
        naive.append(plain(np.asarray(sheet)))
    ours = accuracy(predictor, rows)
    simple = np.mean([a.label == row[1] for a, row in zip(predictor.read_many(naive), rows, strict=True)])
    assert ours >= 0.9
    assert ours >= simple + 0.1


def test_a_few_pictures_are_read_by_one_thread_and_the_threads_come_back():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    seen = []

    class Counting(torch.nn.Module):
        def forward(self, x):
            seen.append(torch.get_num_threads())
            return torch.zeros(len(x), 2)

    try:
        reader = Predictor(Counting(), Card("counting", "", (1, 28, 28), ("a", "b")))
        reader.logits([np.zeros((28, 28), np.uint8)])
        reader.logits([np.zeros((28, 28), np.uint8)] * 100)
        assert seen == [1, 2] and torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
