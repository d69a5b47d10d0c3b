"""A bias for each character of the model of both alphabets, fitted on some writers and judged on the others."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from checkpoints.make.judge import CLEAR, Answers

OF_MNIST, MOUSE = 0.1, 0.3  # what a digit of MNIST, and a letter by one of the few mouse hands, counts beside a drawing


def fairly(rows: list[Answers]) -> list[Answers]:
    """Each group's answers with the biases that the other groups ask for."""
    return [shifted(row, fair_biases([other for other in rows if other is not row])) for row in rows]


def fair_biases(rows: list[Answers]) -> Tensor:
    """What is added to each of the 34 logits, so that neither alphabet pays much for being joined with the other: MNIST
    has a thousand zeros for every omicron that somebody drew. From drawings by unseen hands and every other test digit.
    """
    logits, labels, weights = [], [], []
    for place, row in enumerate(rows):
        clear = np.isin(row.people.source, CLEAR)
        digits = slice(2 * place, None, 2 * len(rows))  # each of those digits is answered by one group's network
        logits += [row.drawn[clear], row.mnist[digits]]
        labels += [row.people.labels[clear], row.digits.labels[digits]]
        weights += [np.where(row.people.source[clear] == "greek24-mouse", MOUSE, 1.0)]
        weights += [np.full(len(labels[-1]), OF_MNIST)]
    x, y = torch.cat(logits), torch.tensor(np.concatenate(labels))
    weight = torch.tensor(np.concatenate(weights), dtype=torch.float32)
    biases = torch.zeros(x.shape[1], requires_grad=True)
    optimiser = torch.optim.LBFGS([biases], max_iter=200)

    def loss() -> Tensor:
        optimiser.zero_grad()
        found = (weight * F.cross_entropy(x + biases, y, reduction="none")).sum() + biases.square().sum()
        found.backward()
        return found

    optimiser.step(loss)
    return biases.detach()


def shifted(of: Answers, biases: Tensor) -> Answers:
    """The answers with biases; of MNIST only the half that the biases were not fitted on."""
    digits = of.digits.where(np.arange(len(of.digits)) % 2 == 1)
    return Answers(of.people, of.drawn + biases, digits, of.mnist[1::2] + biases, of.none + biases)
