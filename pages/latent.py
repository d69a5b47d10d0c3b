"""Latent: move the numbers behind a made picture, and find out which number does what."""

import streamlit as st

from core.paths import ROOT
from ui.parts import latent_atlas, latent_directions, latent_epochs, latent_find, latent_walk
from ui.parts.latent_place import arrived, follows, linked
from ui.parts.latent_sliders import keep, panel, samples
from ui.parts.latent_subject import Subject, subject
from ui.parts.links import choice

VIEWS = {
    "Atlas": latent_atlas.view,
    "Directions": latent_directions.view,
    "Walks and sums": latent_walk.view,
    "Find me": latent_find.view,
    "Through the epochs": latent_epochs.view,
}


@st.fragment
def below(chosen: Subject, view: str) -> None:
    """What there is to find out about the picture, by itself: it follows once a slider is let go."""
    follows("latent-bell")
    VIEWS[view](chosen)


st.html(ROOT / "ui" / "latent.css")
arrived()
left, right = st.columns([2, 5], gap="large")
with left:
    chosen = subject()
if chosen is None:
    st.subheader("No generator yet")
    st.write("Train a GAN on the Train page, or put a saved generator into the lab's checkpoints.")
    st.stop()
linked(chosen)
with left:
    samples(chosen)
with right:
    panel(chosen, latent_atlas.stored(chosen))
    keep(chosen)

view = choice("View", "view", list(VIEWS), str)
below(chosen, view)
