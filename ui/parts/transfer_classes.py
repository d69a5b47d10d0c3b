"""Your own pictures: which dataset is open, a new one or a new class of it, and the view of all its classes."""

import streamlit as st

from core.data import own, registry
from core.errors import LabError
from ui import services
from ui.parts.transfer_add import add
from ui.parts.transfer_added import added
from ui.parts.transfer_album import album
from ui.parts.transfer_change import rare
from ui.parts.transfer_ready import check

SET = "own-set"  # session_state: the dataset that is open
NEW = "A new dataset …"


def classes() -> None:
    """The whole view."""
    if said := st.session_state.pop("own-said", None):
        st.error(said, icon=":material/error:")
    name = chosen()
    if name is None:
        st.caption(
            "A dataset of your own: photos of leaves, hands, cups. Name it, name its classes, add pictures; networks "
            "on the other pages can then learn it. Everything stays on this machine."
        )
        return
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
    options = [*known, NEW]
    if st.session_state.get(SET) not in options:
        linked = st.query_params.get("set")
        st.session_state[SET] = linked if linked in known else options[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Dataset", options, key=SET, persist_state="session")
        if name == NEW:
            st.text_input("Its name", key="own-new", max_chars=100, placeholder="leaves", on_change=_make)
            st.button("Make it", icon=":material/add:", on_click=_make)
            return None
        st.text_input("New class", key="own-class", max_chars=100, placeholder="oak, beech, maple", on_change=_name)
        st.button("Add", icon=":material/add:", on_click=_name, key="own-add")
    st.query_params["set"] = name
    return str(name)


def _make() -> None:
    text = str(st.session_state.get("own-new", ""))
    if not text.strip():
        return
    try:
        st.session_state[SET] = registry.make_own(text)
        st.session_state["own-new"] = ""
        services.forget_datasets()
    except LabError as error:
        st.session_state["own-said"] = str(error)


def _name() -> None:
    for each in str(st.session_state.get("own-class", "")).split(","):
        if each.strip():
            try:
                own.add_class(st.session_state[SET], each)
            except LabError as error:
                st.session_state["own-said"] = str(error)
    st.session_state["own-class"] = ""
