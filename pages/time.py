"""Time machine: one slider through a whole training moves kernels, maps, confusions, the worst and the map of all."""

import streamlit as st

from core.paths import ROOT
from ui.parts import links, mistakes_pictures
from ui.parts import mistakes_choice as choices
from ui.parts import mistakes_subject as subject
from ui.parts.time_player import player

st.html(ROOT / "ui" / "mistakes.css")
options = {each: title for each, title in choices.options().items() if isinstance(each, int)}
first = choices.linked(options)
if not options:
    st.subheader("No training to look back on yet")
    st.write("Train a network on the Train page. Every run keeps some twenty moments, which can be played here.")
    st.page_link(links.page_of("train.py"), label="Train your first network", icon=":material/arrow_forward:")
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    with st.container(width=420):
        choice = choices.choose("Run", "mistakes-net-run", options, first)
    run = subject.network(choice)
    st.caption(f"{len(run.steps)} moments · {run.opened.net.line}")
st.session_state["run"] = choice
links.tell("run", str(choice))
sets = mistakes_pictures.fitting(run.opened)
if len(run.steps) < 2:
    st.info(
        f"Run {choice} has only one snapshot, so there is nothing to move through. "
        + ("It is still training: come back in a moment." if run.run.active else "Train it with more snapshots.")
    )
elif not sets:
    st.info(f"The test pictures of {run.opened.dataset!r} are not on this machine.")
else:
    player(run, mistakes_pictures.pictures(run.opened, sets[0]))
