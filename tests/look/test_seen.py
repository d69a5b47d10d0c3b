"""A made picture as a classifier wants it: the generator's margin goes, colours and sizes fit, and each is told."""

import numpy as np
import pytest
import torch

from core.look.opened import Opened
from core.look.seen import learned_ink, made_seen
from core.nets.line import build
from core.train.gan_pictures import squared


def network(shape: tuple[int, int, int], dataset: str) -> Opened:
    net = build("conv 2 3x3 | relu | gap | linear classes", shape, 10)
    return Opened("net", net, tuple("0123456789"), dataset, "standard", (0.5,) * shape[0], (0.5,) * shape[0])


@pytest.fixture
def digit() -> torch.Tensor:
    """White ink on black, 28x28."""
    x = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    x[..., 4:24, 12:16] = 255
    return x


def test_a_made_digit_comes_to_the_network_as_a_training_picture_would(digit):
    made = squared(digit)[0, 0].numpy()  # with the margin that the generator learned
    seen, notes = made_seen(network((1, 28, 28), "mnist"), made, True, 28)
    assert torch.equal(seen, digit[0])
    assert notes == ("The generator's margin of 2 pixels was cut off: it learned from 28x28.",)


def test_a_made_face_is_greyed_and_made_small_for_a_network_of_digits():
    face = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    seen, notes = made_seen(network((1, 28, 28), "mnist"), face, False)
    assert seen.shape == (1, 28, 28)
    told = " ".join(notes)
    assert "white characters on black" in told and "made grey" in told and "was 64x64" in told


def test_a_made_face_keeps_its_colours_for_a_network_of_things():
    face = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    seen, notes = made_seen(network((3, 32, 32), "cifar10"), face, False)
    assert seen.shape == (3, 32, 32) and seen.float().std() > 5
    assert notes == ("The picture was 64x64; this network eats 32x32.",)


def test_a_network_as_large_as_the_generator_sees_the_margin_too(digit):
    made = squared(digit)[0, 0].numpy()
    seen, notes = made_seen(network((1, 32, 32), "x"), made, True, 28)
    assert torch.equal(seen[0], torch.from_numpy(made)) and notes == ()


@pytest.mark.parametrize(
    ("dataset", "known"),
    [("mnist", True), ("mnist, drawings by other people, strokes", True), ("class-drawings:star,house", True),
     ("fashion", False), ("anime64 + cifar10 + mnist", False), ("", False)],
)  # fmt: skip
def test_a_network_that_learned_characters_from_several_sets_gets_its_drawings_centred(dataset, known):
    assert learned_ink(network((1, 28, 28), dataset)) == known
