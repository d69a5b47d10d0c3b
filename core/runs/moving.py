"""Moving: how far each part of a run's network has come between its first and its newest snapshot."""

from core.data import registry
from core.errors import LabError
from core.nets.rewrite import rewrite
from core.nets.transfer import Part, free, moved_parts, outline
from core.runs.openings import moment_of
from core.runs.snapfiles import weights
from core.runs.store import Store


def moved_at(store: Store, number: int) -> list[tuple[Part, float | None]]:
    """Every part with the share of its weights' length that they have moved; None: it has no weights."""
    run = store.run(number)
    moments = store.snapshots(number)
    if len(moments) < 2:
        raise LabError(f"Run {number} has {len(moments)} snapshots; needed: two, to see what moved between them.")
    data = registry.load(run.config.dataset)
    net = outline(rewrite(run.config.net, run.config), data.shape, len(data.classes))
    if run.config.trunk:
        free(net, run.config)
    return moved_parts(net, weights(moments[0].path), weights(moment_of(store, number).path))
