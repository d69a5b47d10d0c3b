"""Who is looking, and at what: the visitor's own values and the links that restore them."""

from collections.abc import Iterable, Sequence

import streamlit as st

from core.runs.run import Run
from ui import services
from ui.components.name_kept import remembered

VISITOR = "visitor"  # session_state: the nickname
MOST_SHOWN = 20  # runs in one plot; more cannot be told apart


def visitor() -> str | None:
    """The nickname that this visitor gave, if any; a new session begins with the one that the browser remembers."""
    if VISITOR not in st.session_state:
        st.session_state[VISITOR] = remembered()[:40]
    return str(st.session_state[VISITOR]).strip()[:40] or None


def opened() -> int | None:
    """The run this page is about: what the link says, else what was open before."""
    linked = _linked("run")
    if linked is not None:
        st.session_state["run"] = linked
    return st.session_state.get("run")


def chosen(runs: Sequence[Run]) -> Run | None:
    """The open run, else the newest; an older one than those listed is looked up, a LabError says that it is gone."""
    wanted = opened()
    if wanted is None:
        return runs[0] if runs else None
    return next((run for run in runs if run.id == wanted), None) or services.store().run(wanted)


def opened_sweep() -> int | None:
    """The sweep this page is about, if it is about one: what the link says, else what was open before."""
    linked = _linked("sweep")
    if linked is not None:
        st.session_state["sweep"] = linked
    elif "run" in st.query_params:
        st.session_state["sweep"] = None
    return st.session_state.get("sweep")


def open_sweep(sweep: int | None) -> None:
    """Makes a sweep the one that is open, here and in the link; None goes back to the runs."""
    st.session_state["sweep"] = sweep
    if sweep is None:
        st.query_params.pop("sweep", None)
        return
    for name in ("run", "with"):
        st.query_params.pop(name, None)
    st.query_params["sweep"] = str(sweep)


def open_run(run: int | None) -> None:
    """Makes a run the one that is open, here and in the link."""
    open_sweep(None)
    st.session_state["run"] = run
    if run is None:
        st.query_params.pop("run", None)
    elif st.query_params.get("run") != str(run):
        st.query_params["run"] = str(run)


def beside() -> list[int]:
    """Runs laid over the open one, from the link or from before."""
    linked = st.query_params.get("with")
    if linked is not None and "beside" not in st.session_state:
        st.session_state["beside"] = [each for each in map(number, linked.split(",")) if each is not None]
    return list(st.session_state.get("beside", []))


def lay_beside(runs: Iterable[int]) -> None:
    """Chooses the runs laid over the open one, here and in the link."""
    chosen = list(dict.fromkeys(runs))[: MOST_SHOWN - 1]
    st.session_state["beside"] = chosen
    text = ",".join(map(str, chosen))
    if text != st.query_params.get("with", ""):
        if text:
            st.query_params["with"] = text
        else:
            st.query_params.pop("with", None)


def _linked(name: str) -> int | None:
    """The number of the run or sweep that the address says; what can be none is told once and goes from the address."""
    text = st.query_params.get(name, "")
    found = number(text)
    if text and found is None:
        st.warning(f"The link asks for the {name} {text!r}; allowed: the number of a {name}, such as {name}=12.")
        st.query_params.pop(name, None)
    return found


def number(text: str) -> int | None:
    """The number that an address says, if it can be one of a run or a sweep."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
