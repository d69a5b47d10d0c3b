"""Home: what is ready, what is running, where to go next."""

import streamlit as st

from core.paths import ROOT
from core.runs.classroom import NAME as DRAWINGS
from ui import services
from ui.navigation import PAGES
from ui.parts import nickname
from ui.parts.controls import STATES
from ui.parts.words import LOOKS, facts, percent, plain

RECENT, SETS = 8, 12  # runs and datasets shown at once
NONE_YET = ":gray-badge[none yet]"
SPECIMEN = str(ROOT / "ui" / "specimen.png")
TRAIN = next(each.path for each in PAGES if each.file == "train.py")

words, picture = st.columns([3, 2], gap="large", vertical_alignment="center")
words.title("Draw it, train it, look inside it.", anchor=False)
words.markdown(
    "Inkling is a laboratory for networks that look at pictures. You train one here in minutes, and everything stays "
    "on this machine: no account, no network needed."
)
with picture:
    st.image(SPECIMEN, width="stretch", alt="The digits and Greek letters that the lab writes by itself")

with st.grid("auto", min_column_width=320):
    for place in PAGES[1:]:
        with st.container(border=True, height="stretch", gap="xxsmall"):
            st.page_link(place.path, label=f"**{place.title}**", icon=place.icon)
            st.caption(place.about)


def recent() -> None:
    """The newest runs, those under way first."""
    services.lab().tend()
    runs, accuracies = services.lab().runs()
    waiting, running = (sum(run.status == status for run in runs) for status in ("queued", "running"))
    st.subheader("Runs", anchor=False)
    if not runs:
        st.markdown(
            "Nothing has been trained here yet. The first run takes a minute or two; a slow machine needs longer."
        )
        st.page_link(TRAIN, label="Train your first network", icon=":material/arrow_forward:")
        return
    st.caption(f"{running} running, {waiting} waiting, {len(runs)} in all.")
    with st.container(gap="xxsmall"):
        for run in sorted(runs, key=lambda run: not run.active)[:RECENT]:
            row(run, accuracies.get(run.id))


def row(run: services.Run, accuracy: float | None) -> None:
    """One run: a link to it, its test accuracy, its state."""
    icon, colour = LOOKS[run.status]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        link = {"label": f":gray[{run.id}] {plain(run.name)}", "icon": icon, "query_params": {"run": str(run.id)}}
        st.page_link(TRAIN, width="stretch", **link)
        figure = "" if accuracy is None else f"**{percent(accuracy)}** · "
        st.markdown(f"{figure}:{colour}[{facts(run)}]", width="content")


left, right = st.columns([3, 2], gap="large")
with left:
    runs, _ = services.lab().runs()
    st.fragment(recent, run_every=2.0 if any(run.active for run in runs) else None)()

with right:
    st.subheader("This machine", anchor=False)
    device = services.device()
    st.markdown(f"**{device['device']}** computes in {device['precision']}.")
    models = services.checkpoints()
    ready = ", ".join(f"`{name}`" for name in models) or "none saved yet; a finished run can become one"
    st.markdown(f"**Models**: {ready}.")
    nickname.field("stands at your runs")


def badge(name: str, state: str) -> str:
    """A dataset's state; before the class has drawn anything nothing is wrong."""
    return NONE_YET if (name, state) == (DRAWINGS, "absent") else STATES[state]


def shelf(sets: list[tuple[str, tuple[str, str]]]) -> None:
    """A card for each dataset."""
    with st.grid("auto", min_column_width=260):
        for name, (state, about) in sets:
            with st.container(border=True, height="stretch", gap="xxsmall"):
                st.markdown(f"**{name}** {badge(name, state)}")
                st.caption(about)


st.subheader("Datasets", anchor=False)
sets = list(services.datasets().items())
shelf(sets[:SETS])
if more := sets[SETS:]:
    with st.expander(f"{len(more)} more"):
        shelf(more)
