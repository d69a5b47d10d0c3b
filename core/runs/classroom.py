"""The class's drawings as a dataset, `class-drawings`: always as fresh as the pool itself."""

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from core.data import registry
from core.errors import LabError
from core.runs.drawings import Pool, order, pool

if TYPE_CHECKING:
    from core.data.dataset import Dataset

NAME = "class-drawings"
ABOUT = (
    "What your class drew and labelled on the Draw page: grey pictures of 28x28. Every fifth is for testing; "
    "with five nicknames or more, all drawings of every fifth person are."
)
FIFTH = 5
NEEDED = 2  # drawings of one label, so that one can train and one can test


def dataset(drawings: Pool, labels: list[str] | None = None) -> "Dataset":
    """The pool with its labels, or only these, as classes; labels with a single drawing wait for a second one."""
    import torch

    from core.data.dataset import made

    counts = drawings.labels()
    if labels is not None:
        counts = {label: counts.get(label, 0) for label in labels}
    classes = [label for label, count in counts.items() if count >= NEEDED]
    if len(classes) < 2 or (labels is not None and len(classes) < len(labels)):
        have = ", ".join(f"{label} ({count})" for label, count in counts.items()) or "none yet"
        raise LabError(
            f"The class's drawings are: {have}; needed: two labels, and {NEEDED} drawings of each: keep some on Draw."
        )
    kept = [each for each in reversed(drawings.drawings()) if each.label in classes]  # oldest first
    x = torch.from_numpy(np.stack([each.image for each in kept])[:, None].copy())
    y = torch.tensor([classes.index(each.label) for each in kept])
    test = torch.from_numpy(held_out([each.label for each in kept], [each.owner for each in kept]))
    return made(NAME if labels is None else named(labels), (x[~test], y[~test]), (x[test], y[test]), classes)


def held_out(labels: list[str], owners: list[str | None]) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which drawings are for testing: all of every fifth person, or, with few people, every fifth of each label."""
    people = sorted({each for each in owners if each}, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    chosen = set(people[::FIFTH]) if len(people) >= FIFTH else set()
    test = np.array([owner in chosen for owner in owners])
    for label in sorted(set(labels), key=order):
        mine = np.flatnonzero(np.array(labels) == label)
        if not 0 < test[mine].sum() < len(mine):  # each label needs both parts
            test[mine] = False
            test[mine[1::FIFTH]] = True
    return test


def named(labels: list[str]) -> str:
    """The name of the set that holds only these labels: `class-drawings:star,house`."""
    return f"{NAME}:" + ",".join(label.replace("%", "%25").replace(",", "%2C") for label in labels)


def labels_in(which: str) -> list[str]:
    """The labels that such a name means."""
    return [each.replace("%2C", ",").replace("%25", "%") for each in which.split(",") if each]


def _load(labels: list[str] | None = None) -> "Dataset":
    with pool() as drawings:
        return dataset(drawings, labels)


def _stamp(labels: list[str] | None = None) -> object:
    """None while there is too little to train on."""
    with pool() as drawings:
        enough = [label for label, count in drawings.labels().items() if count >= NEEDED]
        if labels is not None:
            return drawings.stamp() if len(labels) >= 2 and set(labels) <= set(enough) else None
        return drawings.stamp() if len(enough) >= 2 else None


def _only(which: str) -> registry.Offer:
    labels = labels_in(which)
    about = (
        f"What your class drew and labelled {', '.join(labels)}: grey pictures of 28x28. Every fifth is for testing."
    )
    return registry.Offer(about, lambda: _stamp(labels), lambda: _load(labels))


registry.offer(NAME, registry.Offer(ABOUT, _stamp, _load))
registry.offer_family(NAME, _only)
