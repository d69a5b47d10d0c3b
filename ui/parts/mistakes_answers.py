"""A network's answers to the test pictures: judged, kept for everybody, and sent to the browser."""

from typing import Any

import numpy as np
import streamlit as st

from core.look.damage import affordable
from core.look.judged import Judged, judged
from core.look.worst import likeliest
from core.runs import errands
from ui import served
from ui.parts.errand import progress
from ui.parts.mistakes_pictures import Pictures
from ui.parts.mistakes_subject import Network
from ui.shelf import Shelf

KEPT = 160_000_000  # bytes of answers kept in memory for everybody; those of MNIST and a small net take 2.6 MB
TOP = 3  # likeliest answers of each picture
shelf = Shelf(KEPT)


def judge(of: Network, pictures: Pictures) -> Judged:
    """The network's answers: at once where that takes a few seconds, else on as many as fit, the rest meanwhile."""
    whole: Judged | None = shelf.get(("whole", of.key, pictures.key))
    if whole is not None:
        return whole
    count = affordable(of.opened, len(pictures.truth))
    if count < len(pictures.truth):
        asked = errand("answers", of, pictures)
        found = errands.result(asked) if errands.state(asked).done else None
        if found is not None:
            whole = Judged(**{name: found[name] for name in ("truth", "probabilities", "losses", "features")})
            shelf.put(("whole", of.key, pictures.key), whole, size(whole))
            return whole
    bar = st.empty()

    def told(share: float) -> None:
        bar.progress(share, text=f"{of.title} reads {count:,} test pictures …")

    key = ("whole" if count == len(pictures.truth) else "part", of.key, pictures.key)
    made: Judged = shelf.fetch(key, lambda: judged(of.opened, pictures.x[:count], pictures.truth[:count], told), size)
    bar.empty()
    return made


def waiting(of: Network, pictures: Pictures, found: Judged) -> None:
    """Says that more is coming, where only some pictures are judged, and shows all when they are."""
    if len(found) == len(pictures.truth):
        return
    done = f"{len(found):,} of {len(pictures.truth):,} test pictures are judged: this network is slow"
    progress(errand("answers", of, pictures), f"{done}. The rest in the background")


def errand(kind: str, of: Network, pictures: Pictures, steps: tuple[int, ...] = ()) -> errands.Errand:
    """An errand about this network and these pictures."""
    known = repr(pictures.key)
    if of.run is None:
        return errands.errand(kind, pictures.dataset, model=str(of.choice), weights=str(of.key), pictures=known)
    chosen = steps or (of.step or 0,)
    return errands.errand(kind, pictures.dataset, run=of.run.id, steps=chosen, pictures=known)


def size(found: Judged) -> int:
    """Bytes in memory."""
    return int(sum(each.nbytes for each in (found.truth, found.probabilities, found.losses, found.features)))


def answers(found: Judged, key: tuple[Any, ...], numbers: Any = None, other: Judged | None = None) -> str:
    """The address of everything a browser needs to know about the answers."""
    return served.offer("bin", ("answers", key, len(found)), lambda: served.packed({}, arrays(found, numbers, other)))


def arrays(found: Judged, numbers: Any = None, other: Judged | None = None) -> dict[str, Any]:
    """Truth, answers, losses and the likeliest classes; of two networks where there are two."""
    tops, chances = likeliest(found.probabilities, TOP)
    made = {
        "truth": found.truth.astype(np.uint16),
        "answers": found.answers.astype(np.uint16),
        "losses": np.minimum(found.losses, 1e6).astype(np.float32),
        "tops": tops.astype(np.uint16),
        "chances": chances.astype(np.float32),
        "pictures": (np.arange(len(found)) if numbers is None else np.asarray(numbers)).astype(np.uint32),
    }
    if other is not None:
        second = arrays(other)
        made |= {f"{name}2": second[name] for name in ("answers", "losses", "tops", "chances")}
    return made
