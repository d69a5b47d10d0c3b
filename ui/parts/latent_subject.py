"""Which generator: a saved one, or a GAN run at one of its moments."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.errors import LabError
from core.latent.sampler import Sampler
from core.nets import checkpoint
from ui import services, state
from ui.parts import links


@dataclass(frozen=True)
class Subject:
    """A generator on the page, and the key under which what was computed of it is kept."""

    key: tuple[Any, ...]
    sampler: Sampler
    link: str  # how the page's address names it
    steps: tuple[tuple[int, float], ...] = ()  # a run's moments: step, epoch

    @property
    def moment(self) -> str:
        """The link with the moment of a run that is on the page."""
        return f"{self.link}@{self.key[2]}" if self.link.startswith("run:") else self.link


def generators() -> dict[str, str]:
    """The saved generators and the GAN runs that have a snapshot: how an address names them -> their title."""
    names = {name: f"model · {name}" for name in services.generators()}
    listed, _ = services.runs()
    for run in listed:
        if run.config.kind == "gan" and run.snapshots:
            names[f"run:{run.id}"] = f"run {run.id} · {run.name}"
    return names


def opened(link: str) -> Sampler:
    """The generator that an address names: a model, `run:3` at its newest snapshot, or `run:3@1200` at that step."""
    number, _, step = link.removeprefix("run:").partition("@")
    if not link.startswith("run:"):
        found: Sampler = services.sampler(link)
        return found
    run, moment = state.number(number), state.number(step)
    if run is None or (step and moment is None):
        raise LabError(f"The generator is {link!r}; allowed: the name of a saved one, run:3, or run:3@1200.")
    at_step: Sampler = services.sampler_run(run, services.newest_step(run) if moment is None else moment)
    return at_step


def at_moment() -> None:
    """An address such as `run:3@1200` opens the run at that moment; the page itself says run and epoch."""
    run, at, step = st.query_params.get("model", "").partition("@")
    number, moment = state.number(run.removeprefix("run:")), state.number(step)
    if at and run.startswith("run:") and number is not None and moment is not None:
        st.session_state[f"latent-step-{number}"] = moment
        st.query_params["model"] = run


def subject() -> Subject | None:
    """The choice, and the generator; None while there is nothing to choose."""
    names = generators()
    linked = st.query_params.get("model", "")
    number = state.number(linked.removeprefix("run:")) if linked.startswith("run:") else None
    if number is not None and linked not in names:
        names[linked] = f"run {number} · {services.store().run(number).name}"
    if not names:
        return None
    if st.session_state.get("latent-model") not in names:
        if linked and linked not in names:
            st.warning(f"The link asks for the generator {linked!r}, which this lab does not have.")
        st.session_state["latent-model"] = linked if linked in names else next(iter(names))
    choice = st.selectbox(
        "Generator", list(names), key="latent-model", format_func=lambda each: names[each], persist_state="session"
    )
    if st.query_params.get("model") != choice:
        st.query_params["model"] = choice
    if not choice.startswith("run:"):
        card = checkpoint.card(checkpoint.find(choice))
        st.caption(card.about)
        links.tell("epoch")
        return Subject(("model", choice, card.weights_sha256), services.sampler(choice), choice)
    return _run(int(choice[4:]), choice)


def _run(number: int, link: str) -> Subject | None:
    moments = services.store().snapshots(number)
    steps = {moment.step: moment.epoch for moment in moments}
    if not steps:
        st.info(f"Run {number} has no snapshot yet; the first one comes within seconds.")
        return None
    key = f"latent-step-{number}"
    if st.session_state.get(key) not in steps:
        st.session_state[key] = links.nearest(steps)
    step = st.session_state[key]
    if len(steps) > 1:
        step = st.select_slider(
            "Epoch", list(steps), format_func=lambda each: f"{steps[each]:.3g}", key=key, persist_state="session",
            help="The generator as it was at that moment of its training: the same numbers, another picture.",
        )  # fmt: skip
    links.tell("epoch", "" if step == moments[-1].step else f"{steps[step]:.4g}")
    return Subject(("run", number, step), services.sampler_run(number, step), link, tuple(steps.items()))
