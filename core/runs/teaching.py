"""Teaching: a few drawings of each class become a run that learns to read them within seconds."""

from collections.abc import Sequence

from core.config import RunConfig
from core.errors import LabError
from core.runs.classroom import NEEDED
from core.runs.classroom import named as dataset_of
from core.runs.drawings import Pool
from core.runs.store import Store

TRUNK = "ink34"  # reads digits and Greek letters: what it sees in strokes serves for other drawings, too
ENOUGH = 5  # drawings of each class that read well
MOST = 20  # classes


def recipe(labels: Sequence[str], trunk: str = TRUNK) -> RunConfig:
    """A frozen trunk, changed copies of every drawing, and a head that may say "none of these"."""
    return RunConfig(
        dataset_of(list(labels)),
        epochs=16,
        batch_size=128,
        lr=0.01,
        weight_decay=0.01,
        snapshots=3,
        trunk=trunk,
        retrain="last",
        copies=30,
        refuse=True,
        rotate=12,
        zoom=0.12,
        shear=12,
        shift=0.05,
    )


def ready(counts: dict[str, int]) -> str:
    """Why these classes cannot be taught yet, or nothing."""
    return wrong_number(len(counts)) or too_few(counts)


def wrong_number(classes: int) -> str:
    """What is wrong with the number of classes, or nothing."""
    if classes < 2:
        return "Name two classes or more: a network needs something to tell apart."
    return f"These are {classes} classes; allowed: up to {MOST}." if classes > MOST else ""


def too_few(counts: dict[str, int]) -> str:
    """Which classes have too few drawings, or nothing."""
    few = [label for label, count in counts.items() if count < NEEDED]
    if few:
        named = " and ".join(f"“{label}”" for label in few[:3])
        return f"Draw {named} at least {NEEDED} times{' each' * (len(few) > 1)}; {ENOUGH} read better."
    return ""


def teach(store: Store, pool: Pool, labels: Sequence[str], owner: str | None = None) -> int:
    """Queues the run that learns these labels of the class's drawings; its number."""
    if len({label.casefold() for label in labels}) < len(labels):
        raise LabError(f"The classes are {', '.join(labels)}, and one of them stands there twice; allowed: each once.")
    counts = pool.labels()
    said = ready({label: counts.get(label, 0) for label in labels})
    if said:
        raise LabError(said)
    name = f"taught: {', '.join(labels)}"
    return store.add(recipe(labels), name if len(name) <= 100 else f"{name[:99]}…", owner, tags=["taught"], priority=10)
