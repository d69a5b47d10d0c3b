"""Which network and which moment of it is open: the widgets that choose, and the link that says it."""

import streamlit as st

from core.errors import LabError
from ui import services, state
from ui.parts import links
from ui.parts.mistakes_subject import Choice, Network, can_be_judged
from ui.parts.words import percent


def options() -> dict[Choice, str]:
    """Every network that can be judged -> what it is called."""
    runs, accuracies = services.runs()
    found: dict[Choice, str] = {}
    for run in runs:
        if run.snapshots and not run.unreadable and run.config.kind == "classifier":
            found[run.id] = f"run {run.id} · {run.name}" + (
                f" · {percent(accuracies[run.id])}" if run.id in accuracies else ""
            )
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
    """What the link asks for, put into the list if it is older than the list; a sentence when it is gone.

    Where it asks for nothing: the run that is open on other pages, or the first network that can be judged.
    """
    model = st.query_params.get("model")
    if model:
        if model in found:
            return model
        st.warning(f"The link asks for the model {model!r}, which this lab does not have.")
    asked, number = "run" in st.query_params, state.opened()
    if number is not None and (asked or _judged(number)) and listed(number, found):
        return number
    return next((each for each in found if isinstance(each, str) or _judged(each)), None)


def _judged(number: int) -> bool:
    """Whether a run can be judged, without a word if not."""
    known = next((run for run in services.runs()[0] if run.id == number), None)
    try:
        return can_be_judged(known or services.store().run(number))
    except LabError:  # it is gone
        return False


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
    if run.config.kind != "classifier":
        st.warning(f"Run {number} trains a generator, which gives no answers to judge; open it on the Latent page.")
        return False
    if not run.snapshots:
        waiting = "the first one comes within seconds" if run.active else "nothing of it was kept: train it again"
        st.info(f"Run {number} is {run.status} and has no snapshot to judge; {waiting}.")
        return False
    found[number] = f"run {number} · {run.name}"
    return True


def epoch(of: Network, key: str) -> int | None:
    """The slider through a run's snapshots; the chosen step."""
    if len(of.steps) < 2:
        return of.step
    steps = dict(of.steps)
    name = f"{key}-{of.choice}"
    if st.session_state.get(name) not in steps:
        st.session_state[name] = links.nearest(steps)
    step: int = st.select_slider(
        "Epoch", list(steps), format_func=lambda each: f"{steps[each]:.3g}", key=name,
        help="The network as it was at that moment of its training.",
    )  # fmt: skip
    return step
