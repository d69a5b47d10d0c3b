"""Where the visitor is in the latent space: one Latent per generator, kept over pages and in the link."""

import dataclasses
from typing import Any

import streamlit as st

from core.errors import LabError
from core.latent.latent import Latent
from core.latent.sampler import Directions, Sampler
from ui.components.latent_panel import sent
from ui.parts.latent_subject import Subject

PANEL = "latent-panel"  # the component's key


def box(subject: Subject) -> dict[str, Any]:
    """latent, generation (grows when the page, not the panel, changes it), seen (the panel's last message)."""
    boxes = st.session_state.setdefault("latent-boxes", {})
    if subject.link not in boxes:
        boxes[subject.link] = {"latent": _linked(subject), "generation": len(boxes) * 100_000, "seen": 0}
    found: dict[str, Any] = boxes[subject.link]
    return found


def _linked(subject: Subject) -> Latent:
    text = st.query_params.get("z")
    if not text or st.query_params.get("model") != subject.link:
        return Latent(0)
    try:
        latent = Latent.from_link(text)
        subject.sampler.picture(latent)
    except LabError as error:
        st.warning(str(error))
        return Latent(0)
    return latent


def here(subject: Subject) -> Latent:
    """The picture on the page."""
    latent: Latent = box(subject)["latent"]
    return latent


def go(subject: Subject, latent: Latent) -> None:
    """Shows another picture in the panel; the panel's Undo leads back."""
    kept = box(subject)
    kept["latent"] = latent
    kept["generation"] += 1
    linked(subject)


def heard(subject: Subject, sampler: Sampler) -> bool:
    """Takes what the panel says; whether a slider was let go."""
    kept, message = box(subject), sent(st.session_state.get(PANEL))
    if not message or message["generation"] != kept["generation"] or message["n"] == kept["seen"]:
        return False
    kept["seen"] = message["n"]
    try:
        latent = Latent.from_dict(message["state"])
        sampler.point(latent)
    except (LabError, TypeError) as error:  # a browser may send anything
        st.warning(str(error))
        return False
    kept["latent"] = latent
    return bool(message["up"])


def own(subject: Subject) -> Directions:
    """Directions that this visitor added, by name."""
    found: Directions = st.session_state.setdefault("latent-own", {}).setdefault(subject.link, {})
    return found


def extended(subject: Subject) -> Sampler:
    """The generator with the visitor's directions beside those it came with."""
    return dataclasses.replace(subject.sampler, directions={**subject.sampler.directions, **own(subject)})


def shareable(subject: Subject) -> Latent:
    """The picture without directions that only this visitor has."""
    latent = here(subject)
    if all(name in subject.sampler.directions for name, _ in latent.moves):
        return latent
    return latent.baked(subject.sampler.size, extended(subject).directions)


def linked(subject: Subject) -> None:
    """The page's address says which picture this is."""
    text = shareable(subject).to_link()
    if st.query_params.get("z") != text:
        st.query_params["z"] = text
