"""The names of the classes being taught: those of this visitor, and the ones that are typed."""

import streamlit as st

from core.errors import LabError
from core.runs import teaching
from core.runs.drawings import named as cleaned

NAMES = "teach-names"  # session_state: the classes being taught, in order


def names() -> list[str]:
    """The classes of this visitor, from the link when the visit begins."""
    if NAMES not in st.session_state:
        linked = st.query_params.get("classes", "")
        st.session_state[NAMES] = [each for each in map(str.strip, linked.split(",")) if each][: teaching.MOST]
    return list(st.session_state[NAMES])


def typed() -> None:
    """Takes the names that were typed; the same name twice, or one that cannot be, is said."""
    typed = [each for each in str(st.session_state.get("teach-new", "")).split(",") if each.strip()]
    known = names()
    for each in typed:
        try:
            name = cleaned("label", each)
        except LabError as error:
            st.session_state["teach-said"] = str(error)
            continue
        if name.casefold() in (other.casefold() for other in known):
            st.session_state["teach-said"] = f"The class {name!r} is there already; allowed: each name once."
        elif len(known) >= teaching.MOST:
            st.session_state["teach-said"] = f"There are {teaching.MOST} classes; allowed: no more at once."
        else:
            known.append(name)
    keep_names(known)
    st.session_state["teach-new"] = ""


def keep_names(known: list[str]) -> None:
    """Remembers the classes, in the visit and in the link."""
    st.session_state[NAMES] = known
    if known:
        st.query_params["classes"] = ",".join(known)
    else:
        st.query_params.pop("classes", None)
