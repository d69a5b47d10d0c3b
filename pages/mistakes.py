"""Mistakes: what a network gets wrong, cell by cell, picture by picture, and on a map."""

import streamlit as st

from core.paths import ROOT
from ui.parts import links, mistakes_pictures
from ui.parts import mistakes_choice as choices
from ui.parts import mistakes_subject as subject
from ui.parts.code import show_code
from ui.parts.mistakes_answers import judge, waiting
from ui.parts.mistakes_classes import classes
from ui.parts.mistakes_game import game
from ui.parts.mistakes_side import beside
from ui.parts.mistakes_views import CODE, confusions, summary
from ui.parts.mistakes_worst import ten

CONFUSIONS, WORST, CLASSES, SIDE, GAME = VIEWS = (
    "Confusions",
    "Ten worst",
    "Classes",
    "Two networks",
    "Find wrong labels",
)

st.html(ROOT / "ui" / "mistakes.css")
if "mistakes-view" not in st.session_state:
    linked = st.query_params.get("look", CONFUSIONS)
    st.session_state["mistakes-view"] = linked if linked in VIEWS else CONFUSIONS
view = st.segmented_control(
    "Look at", VIEWS, key="mistakes-view", required=True, persist_state="session", label_visibility="collapsed"
)
links.tell("look", view if view != CONFUSIONS else "")
if view == GAME:
    game()
    st.stop()
options = choices.options()
first = choices.linked(options)

with st.container(border=True):
    left, middle, right = st.columns([3, 3, 4], gap="medium")
    with left:
        choice = choices.choose("Network", "mistakes-net", options, first) if options else None
        network = None
        if choice is not None:
            network = subject.network(choice)
            network = subject.network(choice, choices.epoch(network, "mistakes-step"))
    pictures = found = None
    if network is not None:
        with middle:
            sets = mistakes_pictures.fitting(network.opened)
            if sets:
                if st.session_state.get("mistakes-set") not in sets:
                    st.session_state["mistakes-set"] = sets[0]
                name = st.selectbox("Test pictures", sets, key="mistakes-set", help="Never pictures of a training set.")
                pictures = mistakes_pictures.pictures(network.opened, name)
        with right:
            if pictures is not None:
                found = judge(network, pictures)
                summary(network, found, pictures)
                waiting(network, pictures, found)

if network is None:
    st.subheader("Nothing to judge yet")
    st.write("Train a network on the Train page: after a few seconds its mistakes can be looked at here.")
    st.stop()
run = network.run
epoch = "" if run is None or network.step == network.steps[-1][0] else f"{dict(network.steps)[network.step]:.4g}"
links.tell("run", str(run.id) if run else "")
links.tell("model", "" if run else str(choice))
links.tell("epoch", epoch)
if run:
    st.session_state["run"] = run.id

if pictures is None or found is None:
    st.info(
        "No test pictures on this machine have this network's classes. Its own were "
        f"{network.opened.dataset or 'not written down'!r}."
    )
elif view == CONFUSIONS:
    confusions(network, pictures, found)
    show_code(*CODE)
elif view == WORST:
    ten(network, pictures, found)
elif view == CLASSES:
    classes(network, found)
elif view == SIDE:
    beside(network, pictures, found, options)
