"""Few shots: how good is a new head that saw only k pictures of each class? The curve over k, with its spread."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from core.errors import LabError

KS = (1, 2, 3, 5, 7, 9, 12, 15, 20)
DECAY = 1e-2  # pulls the head's weights to zero: with so few pictures there are many heads without a mistake
STEPS = 60  # of L-BFGS over all pictures at once


@dataclass(frozen=True)
class Shot:
    """The accuracies of several draws of k pictures per class."""

    k: int
    accuracies: tuple[float, ...]

    @property
    def mean(self) -> float:
        return sum(self.accuracies) / len(self.accuracies)


def fitted(x: Tensor, y: Tensor, classes: int, decay: float = DECAY) -> tuple[Tensor, Tensor]:
    """Weights (classes, numbers) and biases of the best linear head for features (N, numbers): a convex problem."""
    spread = x.std(0, correction=0).clamp_min(1e-4) if len(x) > 1 else torch.ones(x.shape[1])
    middle = x.mean(0)
    unit = (x - middle) / spread.mean()  # one scale for all: rare directions must not be blown up
    weight = torch.zeros(classes, x.shape[1], requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    solver = torch.optim.LBFGS([weight, bias], max_iter=STEPS, history_size=10, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        solver.zero_grad()
        value = F.cross_entropy(unit @ weight.T + bias, y) + decay * weight.square().sum() / 2
        value.backward()
        return value

    solver.step(loss)
    whole = weight.detach() / spread.mean()
    return whole, bias.detach() - whole @ middle


def curve(
    x: Tensor, y: Tensor, x_test: Tensor, y_test: Tensor, classes: int, ks: Sequence[int] = KS, draws: int = 10
) -> Iterator[Shot]:
    """The shots for every k that the pictures suffice for; `x` is (N, numbers) or (copies, N, numbers)."""
    views = x[None] if x.dim() == 2 else x
    least = int(torch.bincount(y, minlength=classes).min())
    if not least:
        raise LabError("A class has no picture to learn from; allowed: one or more of each class.")
    for k in ks:
        if k > least:
            continue
        found = []
        for seed in range(draws if k < least else 1):
            chosen = drawn(y, k, classes, seed)
            seen = views[:, chosen].flatten(0, 1)
            weight, bias = fitted(seen, y[chosen].repeat(len(views)), classes)
            found.append(float(((x_test @ weight.T + bias).argmax(1) == y_test).double().mean()))
        yield Shot(k, tuple(found))


def drawn(y: Tensor, k: int, classes: int, seed: int) -> Tensor:
    """The places of k pictures of each class, drawn by the seed."""
    luck = torch.Generator().manual_seed(seed)
    places = [(y == label).nonzero().squeeze(1) for label in range(classes)]
    return torch.cat([each[torch.randperm(len(each), generator=luck)[:k]] for each in places])
