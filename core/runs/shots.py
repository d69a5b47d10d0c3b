"""Shots: the few-shot curve of a trunk on a dataset, from features computed once."""

from collections.abc import Iterable
from dataclasses import replace

import torch
from torch import Tensor

from core.config import RunConfig
from core.data import registry
from core.data.dataset import Dataset
from core.runs import trunks
from core.train.features import Progress, compute
from core.train.fewshot import KS, Shot, curve, drawn

MOST = 40  # pictures of a class to draw from: twice as many as the largest k
TESTED = 2000  # test pictures at most
CHANGES = {"rotate": 12.0, "zoom": 0.12, "shear": 12.0, "shift": 0.05}  # of the copies


def measured(
    trunk: str, dataset: str, copies: int = 0, ks: Iterable[int] = KS, draws: int = 10, progress: Progress | None = None
) -> list[Shot]:
    """For each k the accuracies on all test pictures of heads that saw k pictures of each class."""
    tell = progress or _silent
    data = some(registry.load(dataset, tell))
    config = RunConfig(dataset, trunk=trunk, copies=copies, **(CHANGES if copies else {}))  # type: ignore[arg-type]
    config, net, _ = trunks.start(config, data.shape, len(data.classes))
    seen = compute(net, net.frozen, config, data, torch.device("cpu"), tell)
    views = seen.x_train.flatten(1).view(1 + copies, len(data.y_train), -1)
    test = seen.x_test.flatten(1)
    return list(curve(views, data.y_train, test, data.y_test, len(data.classes), tuple(ks), draws))


def some(data: Dataset) -> Dataset:
    """As many pictures of a large set as the curve needs."""
    least = int(torch.bincount(data.y_train, minlength=len(data.classes)).min())
    x, y = data.x_train, data.y_train
    if least > MOST:
        chosen = drawn(y, MOST, len(data.classes), 0)
        x, y = x[chosen], y[chosen]
    test = _first(len(data.y_test))
    return replace(data, x_train=x, y_train=y, x_test=data.x_test[test], y_test=data.y_test[test])


def _first(count: int) -> Tensor:
    return torch.randperm(count, generator=torch.Generator().manual_seed(0))[:TESTED]


def _silent(what: str, share: float) -> None:
    """Nobody watches."""
