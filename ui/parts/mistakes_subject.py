"""The network that is judged: a run at one of its snapshots, or a saved model."""

from dataclasses import dataclass
from typing import Any

from core.errors import LabError
from core.look.opened import Opened
from core.nets import checkpoint
from core.runs import classroom
from core.runs.finish import checkpoint_dir
from core.runs.run import Run
from ui import services

Choice = int | str  # a run's number or a model's name


@dataclass(frozen=True, eq=False)
class Network:
    """A network, the key under which all that is computed from it is kept, and where it comes from."""

    key: tuple[Any, ...]
    title: str
    opened: Opened
    choice: Choice
    run: Run | None = None
    step: int | None = None
    steps: tuple[tuple[int, float], ...] = ()  # the run's snapshots: (step, epoch)

    @property
    def link(self) -> str:
        """The part of an address that opens it on Inside."""
        if self.run is None:
            return f"model={self.choice}"
        epoch = dict(self.steps)[self.step or 0]
        newest = self.step == self.steps[-1][0]
        return f"run={self.run.id}" + ("" if newest else f"&epoch={epoch:.4g}")


def network(choice: Choice, step: int | None = None) -> Network:
    """The network of a choice; of a run its newest snapshot unless a step is given."""
    if isinstance(choice, str):
        card = checkpoint.card(checkpoint.find(choice))
        return Network(("model", choice, card.weights_sha256), choice, services.inside_model(choice), choice)
    store = services.store()
    run = store.run(choice)
    moments = store.snapshots(choice)
    if not moments:
        raise LabError(f"Run {choice} has no snapshot any more: its files are gone. Train it again.")
    fits(run)
    chosen = next((each for each in moments if each.step == step), moments[-1])
    steps = tuple((moment.step, moment.epoch) for moment in moments)
    written = chosen.path.stat().st_mtime_ns
    key = ("run", choice, chosen.step, written)
    opened = services.inside_run(choice, chosen.step)
    return Network(key, f"run {run.id}", opened, choice, run, chosen.step, steps)


def fits(run: Run) -> None:
    """A run's dataset must be here, with the classes that the run learned."""
    name = run.config.dataset
    if not services.ready(name):
        raise LabError(absent(run))
    card = checkpoint_dir(run.id) / checkpoint.CARD
    if not card.is_file():
        return
    learned, now = checkpoint.card(card.parent).classes, services.dataset(name).classes
    if tuple(learned) != tuple(now):
        raise LabError(
            f"Run {run.id} learned the classes {listing(learned)} of {name!r}; the dataset has changed since and now "
            f"has {listing(now)}. What the run answers cannot be judged on it: train again."
        )


def absent(run: Run) -> str:
    """Why a run has no test pictures here."""
    family, _, which = run.config.dataset.partition(":")
    if family == classroom.NAME:
        told = listing(tuple(classroom.labels_in(which))) or "what was drawn"
        return (
            f"Run {run.id} learned {told} from the class's drawings. Judging it needs {classroom.NEEDED} drawings of "
            "each, which are not there any more. Keep some on Draw, or choose another network."
        )
    return (
        f"Run {run.id} learned from {run.config.dataset!r}, which is not on this machine now, so there are no test "
        "pictures to judge it on. Put the dataset back into the data folder, or choose another network."
    )


def can_be_judged(run: Run) -> bool:
    """Whether it answers with classes, and its test pictures are here."""
    readable = not run.unreadable and run.config.kind == "classifier"
    return bool(readable and run.snapshots) and services.ready(run.config.dataset)


def listing(names: tuple[str, ...]) -> str:
    """`a, b, c … (34)`."""
    return ", ".join(names[:5]) + (f" … ({len(names)})" if len(names) > 5 else "")
