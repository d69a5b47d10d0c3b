"""What is looked into: a run at one of its snapshots or a saved model, with what surgery made of it."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.errors import LabError
from core.look.opened import Opened
from core.look.surgery import Cut, operated
from core.nets import checkpoint
from core.runs.run import Run
from ui import services, state
from ui.parts import links
from ui.parts.words import percent, recipe

CUTS = "inside-cuts"  # session_state: {key of the untouched network: cuts in order}
UNCUT = "inside-uncut"  # session_state: why the last operation, or its keeping, could not be
Choice = int | str  # a run's number or a model's name


@dataclass(frozen=True, eq=False)
class Subject:
    """A network, the key under which all that is computed from it is kept, and where it comes from."""

    key: tuple[Any, ...]
    opened: Opened
    whole: Opened  # before any surgery
    whole_key: tuple[Any, ...]
    cuts: tuple[Cut, ...]
    run: Run | None = None
    steps: tuple[tuple[int, float], ...] = ()  # the run's snapshots: (step, epoch)


def subject() -> Subject | None:
    """The widgets that choose the network; None when there is nothing to look into yet."""
    options, titles = networks()
    new = links.asked_anew()
    linked = _linked(options, titles, new)
    if not options:
        return None
    if (new and linked is not None) or st.session_state.get("inside-net") not in options:
        st.session_state["inside-net"] = linked if linked is not None else options[0]
    choice = st.selectbox("Network", options, format_func=titles.__getitem__, key="inside-net", persist_state="session")
    if isinstance(choice, str):
        _tell(model=choice)
        card = checkpoint.card(checkpoint.find(choice))
        if card.about:
            st.caption(card.about)
        return _operated(("model", choice, card.weights_sha256), services.inside_model(choice))
    return _run(choice)


def _run(number: int) -> Subject | None:
    run = services.store().run(number)
    moments = services.store().snapshots(number)
    if not moments:
        _tell(run=str(number))
        waiting = "the first one comes within seconds" if run.active else "nothing of it was kept: train it again"
        st.info(f"Run {number} is {run.status} and has no snapshot to look into; {waiting}.")
        return None
    steps = {moment.step: moment.epoch for moment in moments}
    key = f"inside-step-{number}"
    if st.session_state.get(key) not in steps:
        st.session_state[key] = links.nearest(steps)
    step = st.session_state[key]
    if len(steps) > 1:
        step = st.select_slider(
            "Epoch", list(steps), format_func=lambda each: f"{steps[each]:.3g}", key=key,
            help="The network as it was at that moment of its training.",
        )  # fmt: skip
    st.caption(recipe(run.config))
    newest = step == moments[-1].step
    st.session_state["run"] = number
    _tell(run=str(number), epoch="" if newest else f"{steps[step]:.4g}")
    whole = services.inside_run(number, step)
    return _operated(("run", number, step), whole, run, tuple(steps.items()))


def _operated(
    key: tuple[Any, ...], whole: Opened, run: Run | None = None, steps: tuple[tuple[int, float], ...] = ()
) -> Subject:
    cuts = cuts_of(key)
    cut = services.once(("cut", key, cuts), lambda: operated(whole, cuts)) if cuts else whole
    return Subject((*key, cuts), cut, whole, key, cuts, run, steps)


def cuts_of(key: tuple[Any, ...]) -> tuple[Cut, ...]:
    """What this visitor has cut on a network."""
    return tuple(st.session_state.setdefault(CUTS, {}).get(key, ()))


def keep_cuts(key: tuple[Any, ...], cuts: tuple[Cut, ...]) -> None:
    """Replaces the cuts; undoing is leaving out the last."""
    st.session_state.setdefault(CUTS, {})[key] = cuts


def perform(subject: Subject, cut: Cut) -> None:
    """Operates; a cut that cannot be is told on the next run of the page and not kept."""
    cuts = (*cuts_of(subject.whole_key), cut)
    try:
        operated(subject.whole, cuts)
    except LabError as error:
        st.session_state[UNCUT] = str(error)
    else:
        keep_cuts(subject.whole_key, cuts)


def networks() -> tuple[list[Choice], dict[Choice, str]]:
    """What can be looked into, the newest runs first, and their titles."""
    runs, accuracies = services.runs()
    titles: dict[Choice, str] = {}
    for run in runs:
        if run.snapshots and run.config.kind == "classifier":
            titles[run.id] = f"run {run.id} · {run.name}" + (
                f" · {percent(accuracies[run.id])}" if run.id in accuracies else ""
            )
    for name in services.checkpoints():
        titles[name] = f"model · {name}"
    return list(titles), titles


def _linked(options: list[Choice], titles: dict[Choice, str], new: bool) -> Choice | None:
    """What the link asks for, put into the list if it is older than the list; a sentence when it is gone."""
    model = st.query_params.get("model")
    if model and new:
        if model in options:
            return model
        st.warning(f"The link asks for the model {model!r}, which this lab does not have.")
    by_link = "run" in st.query_params
    number = state.opened()
    if number is None:
        return None
    if number not in options:
        try:
            run = services.store().run(number)
        except LabError as error:
            st.warning(str(error))
            state.open_run(None)
            return None
        if not by_link and (run.config.kind != "classifier" or not run.snapshots):
            return None  # open elsewhere, but nothing to look into
        options.insert(0, number)
        titles[number] = f"run {number} · {run.name}"
    return number


def _tell(run: str = "", model: str = "", epoch: str = "") -> None:
    """The address says what is open."""
    for name, value in (("run", run), ("model", model), ("epoch", epoch)):
        links.tell(name, value)
    links.obeyed()
