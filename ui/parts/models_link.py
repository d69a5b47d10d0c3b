"""What the Draw page's address asks for: `?model=ink34`, or `?model=run&run=16`; what cannot be is said."""

from collections.abc import Container

import streamlit as st

from core.errors import LabError
from ui import services, state

RUN = "run"  # the choice "a run of the lab", which of them stands beside it
CHOSEN = "draw-run"  # session_state: the run that reads
OLDER = "draw-older"  # session_state: a run that a link asked for and that is older than those listed
TOLD = "draw-told"  # session_state: the address as the page itself wrote it last

Address = tuple[str | None, str | None]


def address() -> Address:
    """The model and the run of the address."""
    return st.query_params.get("model"), st.query_params.get("run")


def wrote() -> None:
    """What the address says by now is no news any more."""
    st.session_state[TOLD] = address()


def arrive(options: Container[str], runs: Container[int]) -> None:
    """Chooses what a new address asks for, before any widget is drawn, or says why that cannot be."""
    model, run = asked = address()
    if asked == st.session_state.get(TOLD) or not any(asked):
        return
    if run is None or model not in (None, RUN):
        if model in options:
            st.session_state["model"] = model
        elif model == RUN:
            st.warning("The link asks for a run, but no run of this lab can read drawings yet.")
        else:
            st.warning(f"The link asks for the network {model!r}, which this lab does not have.")
        return
    number = state.opened()
    if number is None or "run" not in st.query_params:  # the address names no number: that is said already
        return
    if number not in runs:
        if why := unfit(number):
            st.warning(why)
            state.open_run(None)
            return
        st.session_state[OLDER] = services.store().run(number)
    st.session_state["model"], st.session_state[CHOSEN] = RUN, number


def unfit(number: int) -> str:
    """Why a run cannot read drawings; nothing if it can."""
    from core.runs.finish import checkpoint_of

    try:
        run = services.store().run(number)
        if run.config.kind != "classifier":
            return f"Run {number} trains a generator, which reads no drawings; open it on the Latent page."
        checkpoint_of(number)
    except LabError as error:
        return str(error)
    return run.unreadable or ""
