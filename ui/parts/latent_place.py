"""Where the visitor is in the latent space: one Latent per generator, kept over pages and in the link."""

import dataclasses
from typing import Any

import streamlit as st

from core.errors import LabError
from core.latent.latent import Latent
from core.latent.sampler import Directions, Sampler
from ui.components.bell import LATENT, bell
from ui.components.latent_panel import sent
from ui.parts.latent_subject import Subject, at_moment

PANEL = "latent-panel"  # the component's key
WANTED, ADDRESS = "latent-wanted", "latent-address"  # session_state: what a link asks for, what the page has written
GONE = "latent-gone"  # session_state: something outside the panel has changed the picture


def box(subject: Subject) -> dict[str, Any]:
    """latent, generation (grows when the page, not the panel, changes it), seen (the panel's last message)."""
    boxes = st.session_state.setdefault("latent-boxes", {})
    if subject.link not in boxes:
        st.session_state["latent-count"] = count = st.session_state.get("latent-count", -1) + 1
        boxes[subject.link] = {"latent": _linked(subject), "generation": count * 100_000, "seen": 0}
    found: dict[str, Any] = boxes[subject.link]
    return found


def _linked(subject: Subject) -> Latent:
    model, text = st.session_state.pop(WANTED, (None, None))
    if not text or model != subject.link:
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
    st.session_state[GONE] = True
    linked(subject)


def arrived() -> None:
    """At the head of the page: what runs now shows the newest picture everywhere, and an address that the page has not
    written itself is obeyed."""
    st.session_state.pop(GONE, None)
    at_moment()
    address = st.query_params.get("model"), st.query_params.get("z")
    if address[0] is None or address == st.session_state.get(ADDRESS):
        return
    st.session_state.pop("latent-model", None)
    if address[1]:
        st.session_state[WANTED] = address
        st.session_state.get("latent-boxes", {}).pop(address[0], None)


def follows(key: str) -> None:
    """At the head of a fragment that shows the picture, too: it runs again when a slider was let go, and the whole page
    does when the fragment itself has changed the picture."""
    if st.session_state.pop(GONE, False):
        st.rerun()
    bell(key, LATENT)


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
    if st.query_params.get("z", "0") != text:
        st.query_params["z"] = text
    st.session_state[ADDRESS] = (st.query_params.get("model"), st.query_params.get("z"))
