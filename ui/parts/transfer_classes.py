"""Your own pictures: which dataset is open, a new one or a new class of it, and the view of all its classes."""

import streamlit as st

from core.data import own, registry
from core.errors import LabError
from ui import services
from ui.parts.transfer_add import add
from ui.parts.transfer_added import added
from ui.parts.transfer_album import album
from ui.parts.transfer_change import rare
from ui.parts.transfer_entry import entry
from ui.parts.transfer_open import GONE, NEW, SET, open_set, start_afresh
from ui.parts.transfer_ready import check


def classes() -> None:
    """The whole view."""
    if said := st.session_state.pop("own-said", None):
        st.error(said, icon=":material/error:")
    name, gone = chosen(), st.container()
    if name is not None:
        filled(name)
    if GONE in st.session_state:  # known only once the classes are drawn
        gone.warning(st.session_state[GONE], icon=":material/person_remove:")
    if name is None:
        st.caption(
            "A dataset of your own: photos of leaves, hands, cups. Name it, name its classes, add pictures; networks "
            "on the other pages can then learn it. Everything stays on this machine."
        )


def filled(name: str) -> None:
    """What is added to the dataset, its classes, and whether it is ready."""
    counts = own.classes(name)
    added(name)
    with st.container(border=True):
        add(name, counts)
    if not counts:
        st.info("No classes yet. Name one above, or take in a zip with a folder for each class.")
        return
    for number, (label, count) in enumerate(counts.items()):
        album(name, number, label, count)
    check(name, counts)
    rare(name)


def chosen() -> str | None:
    """Which dataset is open; None while a new one is being named."""
    known = own.names()
    open_set(known)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Dataset", [*known, NEW], key=SET, persist_state="session", on_change=start_afresh)
        if name == NEW:
            entry("Its name", "own-new", "Make it", ":material/add:", _make, max_chars=100, placeholder="leaves")
            return None
        entry(
            "New class", "own-class", "Add", ":material/add:", _name, (name,), max_chars=100,
            placeholder="oak, beech, maple",
        )  # fmt: skip
    st.query_params["set"] = name
    return str(name)


def _make() -> None:
    text = str(st.session_state.get("own-new", ""))
    if not text.strip():
        return
    try:
        st.session_state[SET] = registry.make_own(text)
        st.session_state["own-new"] = ""
        start_afresh()
        services.forget_datasets()
    except LabError as error:
        st.session_state["own-said"] = str(error)


def _name(dataset: str) -> None:
    for each in str(st.session_state.get("own-class", "")).split(","):
        if each.strip():
            try:
                own.add_class(dataset, each)
            except LabError as error:
                st.session_state["own-said"] = str(error)
    st.session_state["own-class"] = ""
