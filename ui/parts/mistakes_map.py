"""The map of all judged pictures: PCA at once, t-SNE once its errand is done."""

from collections.abc import Callable
from typing import Any

from core.look.embedding import among, basis
from core.look.judged import Judged
from core.runs import errands
from ui import served
from ui.parts.mistakes_answers import shelf


def pca(found: Judged, key: tuple[Any, ...]) -> tuple[dict[str, Any], Any]:
    """The map at once, and its basis."""
    base = shelf.fetch(("basis", key, len(found)), lambda: basis([found.features]), lambda each: each.mean.nbytes * 3)
    address = served.offer(
        "bin", ("pca", key, len(found)), lambda: served.packed({}, {"places": base.place(found.features)})
    )
    return {"name": "PCA", "address": address}, base


def tsne(asked: errands.Errand) -> tuple[dict[str, Any], Any]:
    """The better map, once its errand is done, and its places."""
    done = errands.result(asked) if errands.state(asked).done else None
    if done is None:
        return {"name": "t-SNE", "address": None}, None
    address = served.offer("bin", ("tsne", asked.key), lambda: served.packed({}, {"places": done["places"]}))
    return {"name": "t-SNE", "address": address}, done["places"]


def nearest(found: Judged, places: Any) -> Callable[[Any], Any]:
    """Lays features on a map that t-SNE made."""
    return lambda features: among(features, found.features, places)
