"""The heat map lights up where the answer really hangs, in the colour of its sign."""

import numpy as np
import torch

from core.look.heat import heat, paint
from core.look.predictor import Predictor
from core.nets.card import Card
from core.nets.line import build


def reader() -> Predictor:
    """Says `yes` for ink at rows and columns 8 to 12, and `no` for ink at 18 to 22."""
    net = build("flatten | linear classes", (1, 28, 28), 2)
    weight = torch.zeros(2, 28, 28)
    weight[0, 8:12, 8:12] = 0.2
    weight[1, 18:22, 18:22] = 0.2
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
        next(net.parameters()).copy_(weight.flatten(1))
    return Predictor(net, Card("tiny", net.line, (1, 28, 28), ("yes", "no"), scale="unit", mean=(0.1,), std=(0.3,)))


def test_only_the_place_that_matters_is_orange():
    image = np.full((28, 28), 200, np.uint8)
    found = heat(reader(), image, "yes").astype(int)
    assert found.shape == (28, 28, 3)
    warm = found[..., 0] - found[..., 2]
    assert warm[9:11, 9:11].min() > 100 and abs(warm[0:4, 20:28]).max() == 0
    assert np.unravel_index(warm.argmax(), warm.shape)[0] in range(6, 14)


def test_what_speaks_against_the_answer_is_blue():
    mattered = np.zeros((28, 28), np.float32)
    mattered[3, 3], mattered[20, 20] = 1.0, -1.0
    found = paint(mattered, np.zeros((28, 28), np.uint8)).astype(int)
    assert found[3, 3, 0] > found[3, 3, 2] and found[20, 20, 2] > found[20, 20, 0]
    assert (found[10, 10] == 0).all()


def test_a_map_without_anything_is_the_drawing_itself():
    image = np.full((28, 28), 255, np.uint8)
    assert (paint(np.zeros((28, 28), np.float32), image) == 70).all()
