"""Latent: move the numbers behind a made picture, and find out which number does what."""

import streamlit as st

from core.paths import ROOT
from ui.parts import latent_atlas, latent_directions, latent_epochs, latent_find, latent_walk
from ui.parts.latent_sliders import keep, panel, samples
from ui.parts.latent_subject import subject
from ui.parts.links import choice

VIEWS = {
    "Atlas": latent_atlas.view,
    "Directions": latent_directions.view,
    "Walks and sums": latent_walk.view,
    "Find me": latent_find.view,
    "Through the epochs": latent_epochs.view,
}

st.html(ROOT / "ui" / "latent.css")
left, right = st.columns([2, 5], gap="large")
with left:
    chosen = subject()
if chosen is None:
    st.subheader("No generator yet")
    st.write("Train a GAN on the Train page, or put a saved generator into the lab's checkpoints.")
    st.stop()
with left:
    samples(chosen)
with right:
    panel(chosen, latent_atlas.stored(chosen))
    keep(chosen)

view = choice("View", "view", list(VIEWS), str)
VIEWS[view](chosen)
