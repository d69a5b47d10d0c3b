"""Which dataset of your own is open, and which of its classes pictures go to; somebody else may delete either."""

import streamlit as st

SET = "own-set"  # session_state: the dataset that is open
INTO = "own-label"  # session_state: the class that pictures go to
GONE = "own-gone"  # session_state: what somebody else has taken away; it stands until the visitor has chosen anew
NEW = "A new dataset …"


def open_set(known: list[str]) -> None:
    """Before its widget is drawn: the dataset as it was left, as the address says, or the first one."""
    wanted = st.session_state.get(SET) or st.query_params.get("set")
    now = wanted if wanted in (*known, NEW) else (known or [NEW])[0]
    st.session_state[SET] = now
    if wanted not in (None, now):
        there = "" if now == NEW else f" {now!r} is open now: choose one of its classes, or another dataset."
        _gone(f"The dataset {wanted!r} is gone: somebody has deleted it.{there}")


def open_class(classes: list[str]) -> None:
    """Before its widget is drawn: the class as it was left, or the first one; for one that is gone none is guessed."""
    label = st.session_state.get(INTO)
    if label in classes:
        return
    if label is not None:
        _gone(
            f"The class {label!r} is gone: somebody has deleted it or given it another name. Choose one of the others."
        )
    st.session_state[INTO] = None if GONE in st.session_state or not classes else classes[0]


def _gone(text: str) -> None:
    st.session_state[GONE] = text
    st.session_state[INTO] = None


def chose() -> None:
    """The visitor has chosen anew: what is gone need not be said any longer."""
    st.session_state.pop(GONE, None)


def start_afresh() -> None:
    """In another dataset pictures go to its first class."""
    chose()
    st.session_state.pop(INTO, None)


def follow(label: str, new: str | None) -> None:
    """The visitor has given a class another name, or deleted it."""
    if st.session_state.get(INTO) == label:
        st.session_state[INTO] = new


def close() -> None:
    """The visitor has deleted the open dataset."""
    start_afresh()
    st.session_state.pop(SET, None)
    st.query_params.pop("set", None)
