"""Wrong labels: a share of the training labels is flipped on purpose; people may put labels right again."""

from collections.abc import Mapping

import torch
from torch import Tensor

from core.config import RunConfig
from core.errors import LabError

SALT = 7_368_787  # so that the flips have nothing to do with the order of the pictures


def used(config: RunConfig, count: int) -> Tensor:
    """The numbers of the training pictures that a run learns from, in the order in which it holds them."""
    if config.train_size and config.train_size < count:
        return torch.randperm(count, generator=torch.Generator().manual_seed(config.seed))[: config.train_size]
    return torch.arange(count)


def flipped(config: RunConfig, labels: Tensor, classes: int) -> dict[int, int]:
    """Number of a training picture -> the wrong label it is given: a share of those used, drawn by the seed.

    Only training labels are ever flipped: test pictures keep theirs, so that accuracy stays an honest figure.
    """
    if not config.wrong_labels or classes < 2:
        return {}
    places = used(config, len(labels))
    luck = torch.Generator().manual_seed(config.seed * 1_000_003 + SALT)
    chosen = places[torch.randperm(len(places), generator=luck)[: round(config.wrong_labels * len(places))]]
    shift = torch.randint(1, classes, (len(chosen),), generator=luck)
    wrong = (labels.cpu()[chosen] + shift) % classes
    return dict(zip(chosen.tolist(), wrong.tolist(), strict=True))


def taught(config: RunConfig, labels: Tensor, classes: int) -> Tensor:
    """What a run is told about all training pictures: flipped by the lab, then put right by people."""
    changes = flipped(config, labels, classes) | fixes(config.fixed_labels, len(labels), classes)
    if not changes:
        return labels
    told = labels.clone()
    places = torch.tensor(list(changes), device=labels.device)
    told[places] = torch.tensor(list(changes.values()), device=labels.device)
    return told


def fixes(text: str | None, count: int, classes: int) -> dict[int, int]:
    """`17:4,230:9` as picture -> label; a sentence for a text that is none, or names what is not there."""
    found: dict[int, int] = {}
    for pair in (text or "").split(","):
        if not pair.strip():
            continue
        picture, colon, label = (part.strip() for part in pair.partition(":"))
        if not (colon and picture.isascii() and picture.isdigit() and label.isascii() and label.isdigit()):
            raise LabError(f"fixed_labels has {pair.strip()!r}; allowed: picture:label pairs such as 17:4,230:9.")
        if int(picture) >= count or int(label) >= classes:
            allowed = f"pictures from 0 to {count - 1}, labels from 0 to {classes - 1}"
            raise LabError(f"fixed_labels has {pair.strip()!r}; allowed: {allowed}.")
        found[int(picture)] = int(label)
    return found


def written(fixed: Mapping[int, int]) -> str | None:
    """The text that `fixes` reads; None for no fixes."""
    return ",".join(f"{picture}:{label}" for picture, label in sorted(fixed.items())) or None
