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
        wrap=True,  # on a phone a row that is cut hides its last choices
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


def nearest(steps: dict[int, float]) -> int:
    """The snapshot whose epoch is nearest to the one that the address says; the newest where it says none."""
    try:
        wanted = float(st.query_params.get("epoch") or "inf")
    except ValueError:
        wanted = float("inf")
    return min(steps, key=lambda step: (abs(steps[step] - wanted), -step)) if abs(wanted) < 1e9 else max(steps)


ASKED = "asked"  # session_state: what the address asked for, and the open run, when Inside was drawn last


def asked() -> tuple[str | None, str | None, int | None]:
    """The run and the model of the address, and which run is open."""
    return st.query_params.get("run"), st.query_params.get("model"), st.session_state.get("run")


def asked_anew() -> bool:
    """Whether a link leads somewhere else than Inside showed last, or another page has opened another run."""
    now, before = asked(), st.session_state.get(ASKED, (None, None, None))
    return bool(now[:2] != before[:2] if any(now[:2]) else now[2] != before[2])


def obeyed() -> None:
    """What is asked for by now is no news any more."""
    st.session_state[ASKED] = asked()


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
