"""What is judged: a run at one of its snapshots or a saved model, and the test pictures it is judged on."""

import hashlib
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.data.digits import DIGITS
from core.data.greek import GREEK
from core.errors import LabError
from core.look.judged import MOST, mapped
from core.look.opened import Opened
from core.nets import checkpoint
from core.runs.finish import checkpoint_dir
from core.runs.run import Run
from ui import services, state
from ui.parts.words import percent

Choice = int | str  # a run's number or a model's name
KNOWN = {  # sets that other networks of the same characters can be judged on, too
    "mnist": tuple(DIGITS),
    "strokes-digits": tuple(DIGITS),
    "strokes-greek": tuple(GREEK),
    "strokes": (*DIGITS, *GREEK),
}
DRAWINGS = "class-drawings"


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


@dataclass(frozen=True, eq=False)
class Pictures:
    """Test pictures with their labels as the network's class numbers."""

    key: tuple[Any, ...]
    dataset: str
    x: Any
    truth: Any


def options() -> dict[Choice, str]:
    """Every network that can be judged -> what it is called."""
    runs, best = services.runs()
    found: dict[Choice, str] = {}
    for run in runs:
        if run.snapshots and not run.unreadable:
            found[run.id] = f"run {run.id} · {run.name}" + (f" · {percent(best[run.id])}" if run.id in best else "")
    for name in services.checkpoints():
        found[name] = f"model · {name}"
    return found


def choose(label: str, key: str, found: dict[Choice, str], first: Choice | None, empty: str = "") -> Choice | None:
    """The widget; a network that is gone meanwhile is said, and the first one takes its place."""
    listed: list[Choice | None] = [None, *found] if empty else [*found]
    before = st.session_state.get(key)
    if before not in listed:
        if before is not None:
            gone = f"Run {before}" if isinstance(before, int) else f"The model {before!r}"
            st.warning(f"{gone} is gone: it was deleted meanwhile.", icon=":material/delete:")
        st.session_state[key] = first if first in listed else (listed[0] if listed else None)
    chosen: Choice | None = st.selectbox(
        label, listed, key=key, persist_state="session",
        format_func=lambda each: empty if each is None else found[each],
    )  # fmt: skip
    return chosen


def linked(found: dict[Choice, str]) -> Choice | None:
    """What the link asks for, put into the list if it is older than the list; a sentence when it is gone."""
    model = st.query_params.get("model")
    if model:
        if model in found:
            return model
        st.warning(f"The link asks for the model {model!r}, which this lab does not have.")
    number = state.opened()
    if number is None:
        return None
    return number if listed(number, found) else None


def listed(number: int, found: dict[Choice, str]) -> bool:
    """Whether a run can be judged; an older one than those listed is added, and what is in the way is said."""
    if number in found:
        return True
    try:
        run = services.store().run(number)
    except LabError as error:
        st.warning(str(error))
        state.open_run(None)
        return False
    if run.unreadable:
        st.warning(run.unreadable)
        return False
    if not run.snapshots:
        waiting = "the first one comes within seconds" if run.active else "nothing of it was kept: train it again"
        st.info(f"Run {number} is {run.status} and has no snapshot to judge; {waiting}.")
        return False
    found[number] = f"run {number} · {run.name}"
    return True


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
    known = services.datasets().get(name)
    if known is None or known[0] != "ready":
        raise LabError(
            f"Run {run.id} learned from {name!r}, which is not on this machine now, so there are no test pictures to "
            "judge it on. Put the dataset back into the data folder, or choose another network."
        )
    card = checkpoint_dir(run.id) / checkpoint.CARD
    if not card.is_file():
        return
    learned, now = checkpoint.card(card.parent).classes, services.dataset(name).classes
    if tuple(learned) != tuple(now):
        raise LabError(
            f"Run {run.id} learned the classes {listing(learned)} of {name!r}; the dataset has changed since and now "
            f"has {listing(now)}. What the run answers cannot be judged on it: train again."
        )


def listing(names: tuple[str, ...]) -> str:
    """`a, b, c … (34)`."""
    return ", ".join(names[:5]) + (f" … ({len(names)})" if len(names) > 5 else "")


def epoch(of: Network, key: str) -> int | None:
    """The slider through a run's snapshots; the chosen step."""
    if len(of.steps) < 2:
        return of.step
    steps = dict(of.steps)
    name = f"{key}-{of.choice}"
    if st.session_state.get(name) not in steps:
        st.session_state[name] = nearest(steps, st.query_params.get("epoch"))
    step: int = st.select_slider(
        "Epoch", list(steps), format_func=lambda each: f"{steps[each]:.3g}", key=name,
        help="The network as it was at that moment of its training.",
    )  # fmt: skip
    return step


def nearest(steps: dict[int, float], wanted: str | None) -> int:
    """The step whose epoch is nearest to what a link says; the newest without a link."""
    try:
        number = float(wanted) if wanted else float("inf")
    except ValueError:
        number = float("inf")
    return min(steps, key=lambda step: abs(steps[step] - number)) if number < 1e9 else max(steps)


def fitting(opened: Opened) -> list[str]:
    """Datasets on this machine that the network can be judged on, its own first."""
    states = services.datasets()
    found = [opened.dataset] if states.get(opened.dataset, ("",))[0] == "ready" else []
    for name, classes in KNOWN.items():
        fits_in = set(classes) <= set(opened.classes) and services.frame(name)[0] == opened.shape
        if fits_in and name not in found and services.at_hand(name):
            found.append(name)
    ready = states.get(DRAWINGS, ("",))[0] == "ready" and opened.shape == (1, 28, 28) and DRAWINGS not in found
    if ready and set(services.dataset(DRAWINGS).classes) <= set(opened.classes):
        found.append(DRAWINGS)
    return found


def pictures(opened: Opened, name: str) -> Pictures:
    """The test pictures of a dataset, at most ten thousand."""
    data = services.dataset(name)
    x, y = data.x_test[:MOST], data.y_test[:MOST]
    if not len(y):
        raise LabError(f"The dataset {name!r} has no test pictures; needed: at least one.")
    if tuple(data.shape) != opened.shape:
        sizes = ["x".join(map(str, shape)) for shape in (data.shape, opened.shape)]
        raise LabError(f"The pictures of {name} are {sizes[0]}; {opened.title} eats {sizes[1]}.")
    return Pictures(("pictures", name, stamp(x, y), opened.classes), name, x, mapped(y, data.classes, opened.classes))


def stamp(x: Any, y: Any) -> str:
    """Another value for other pictures or labels: cached looks must never outlive what they looked at."""
    some = hashlib.sha256(y.numpy().tobytes())
    some.update(str(tuple(x.shape)).encode())
    some.update(x[:: max(1, len(x) // 64)].numpy().tobytes())
    return some.hexdigest()[:16]


def link(**values: str | None) -> None:
    """The page's address says what is open."""
    for name, value in values.items():
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value
