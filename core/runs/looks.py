"""Looks: what each kind of errand works out."""

from collections.abc import Callable
from functools import partial

import numpy as np
from torch import Tensor

from core.data import registry
from core.errors import LabError, unknown
from core.look.embedding import tsne
from core.look.film import film
from core.look.judged import MOST, judged, mapped
from core.look.opened import Opened
from core.runs.errands import KINDS, Errand, keep
from core.runs.openings import open_model, open_run
from core.runs.store import Store

FIRST = 2_000  # pictures of a film that come first, so that it can be looked at soon
FIRST_PART = "first"
Told = Callable[[float, str], None]


def work(asked: Errand, told: Told) -> None:
    """Works an errand out and stores its result."""
    if asked.kind not in KINDS:
        raise unknown("The errand", asked.kind, KINDS)
    told(0.0, "Opening the network")
    store = Store()
    try:
        {"answers": answers, "tsne": places, "film": moments}[asked.kind](asked, store, told)
        if asked.run is not None:
            store.clear_up(asked.run)  # it may have been deleted meanwhile
    finally:
        store.close()


def answers(asked: Errand, store: Store, told: Told) -> None:
    """The network's answers to all pictures, for networks that are too slow to wait for."""
    opened = _opened(asked, store)
    pictures, truth = _pictures(asked, opened)
    found = judged(opened, pictures, truth, lambda share: told(share, "Reading the test pictures"))
    keep(asked, {"truth": found.truth, "probabilities": found.probabilities, "losses": found.losses,
                 "features": found.features})  # fmt: skip


def places(asked: Errand, store: Store, told: Told) -> None:
    """The t-SNE map of the pictures."""
    opened = _opened(asked, store)
    pictures, truth = _pictures(asked, opened)
    found = judged(opened, pictures, truth, lambda share: told(0.1 * share, "Reading the test pictures"))
    told(0.1, "Looking for neighbours")
    keep(asked, {"places": tsne(found.features, lambda share: told(0.15 + 0.85 * share, "Moving neighbours together"))})


def moments(asked: Errand, store: Store, told: Told) -> None:
    """Every moment of a run: first on some pictures, then on all."""
    assert asked.run is not None
    good, lost, opened = [], [], None
    for step in asked.steps:
        try:
            opened = open_run(store, asked.run, step)
            good.append(step)
        except LabError as error:
            if not _is_one_snapshot(error):
                raise
            lost.append(step)
    if opened is None:
        raise LabError(f"None of the snapshots of run {asked.run} can be read.")
    pictures, truth = _pictures(asked, opened)
    about = {"steps": np.array(good, np.int64), "lost": np.array(lost, np.int64)}
    openers = [partial(open_run, store, asked.run, step) for step in good]
    few = min(FIRST, len(truth))
    said = f"{len(good)} moments on the first {few:,} pictures"
    begun = film(openers, pictures[:few], truth[:few], lambda share: told(share * few / len(truth), said))
    keep(asked, about | begun.arrays(), FIRST_PART if few < len(truth) else "whole")
    if few < len(truth):
        rest, base = f"{len(good)} moments on all {len(truth):,} pictures", few / len(truth)
        whole = film(openers, pictures, truth, lambda share: told(base + (1 - base) * share, rest), begun.basis)
        keep(asked, about | whole.arrays())


def _is_one_snapshot(error: LabError) -> bool:
    return "cannot be read" in str(error) or "has no snapshot at step" in str(error)


def _opened(asked: Errand, store: Store) -> Opened:
    if asked.model is not None:
        return open_model(asked.model)
    assert asked.run is not None
    return open_run(store, asked.run, asked.steps[-1])


def _pictures(asked: Errand, opened: Opened) -> tuple[Tensor, Tensor]:
    data = registry.load(asked.dataset)
    return data.x_test[:MOST], mapped(data.y_test[:MOST], data.classes, opened.classes)
