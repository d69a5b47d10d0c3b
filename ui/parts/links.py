"""Links: what was chosen stands in the page's address, and an address restores what was chosen."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from ui.navigation import PAGES


def chosen(name: str, options: Sequence[str]) -> str:
    """The choice as the visitor left it, or as the address says, or the first one; before its widget is drawn."""
    if st.session_state.get(name) not in options:
        linked = st.query_params.get(name)
        st.session_state[name] = linked if linked in options else options[0]
    return str(st.session_state[name])


def choice(label: str, name: str, options: Sequence[str], show: Callable[[str], Any]) -> str:
    """A row of choices; the address follows, without the ones that go without saying."""
    chosen(name, options)
    now = st.segmented_control(
        label,
        options,
        format_func=show,
        key=name,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
    )
    if now == options[0]:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != now:
        st.query_params[name] = str(now)
    return str(now)


def restore(key: str, name: str, read: Callable[[list[str]], Any]) -> None:
    """Before its widget is drawn for the first time, a state is what the address says of it."""
    if key not in st.session_state and name in st.query_params:
        st.session_state[key] = read(st.query_params.get_all(name))


def tell(name: str, *values: str) -> None:
    """The address says these values; without any, it says nothing of this name."""
    if not any(values):
        st.query_params.pop(name, None)
    elif st.query_params.get_all(name) != list(values):
        st.query_params[name] = list(values)


INSIDE, DRAW, TRANSFER, MISTAKES, TIME = "inside.py", "draw.py", "transfer.py", "mistakes.py", "time.py"
LATENT = "latent.py"


def page_of(file: str) -> str:
    """The path of a page as Streamlit wants it; empty where the table of pages has none."""
    return next((place.path for place in PAGES if place.file == file), "")


def inside(run: int, label: str = "Open it in Inside") -> None:
    """The way from a run to its filters and maps."""
    if path := page_of(INSIDE):
        st.page_link(path, label=label, icon=":material/frame_inspect:", query_params={"run": str(run)})


def teach() -> None:
    """The way to one's own classes."""
    if path := page_of(TRANSFER):
        link = {"transfer": "teach"}
        st.page_link(path, label="Teach it something new", icon=":material/school:", query_params=link)


def looks(run: int) -> None:
    """The ways from a run to what it gets wrong, and back through its training."""
    link = {"run": str(run)}
    if path := page_of(MISTAKES):
        st.page_link(path, label="Mistakes", icon=":material/troubleshoot:", query_params=link)
    if path := page_of(TIME):
        st.page_link(path, label="Time machine", icon=":material/history:", query_params=link)
