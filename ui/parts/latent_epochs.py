"""The same numbers through the epochs: how a picture came to be."""

import numpy as np
import streamlit as st

from ui import services
from ui.parts.latent_place import extended, here
from ui.parts.latent_subject import Subject
from ui.parts.pictures import strip
from ui.parts.tiles import channels

MOST = 24


def view(subject: Subject) -> None:
    """One picture per kept moment of the run."""
    st.subheader("The same numbers through the epochs")
    if len(subject.steps) < 2:
        st.caption("A saved model is one moment. Open a GAN run of your own: each of its snapshots makes this picture.")
        return
    steps = list(subject.steps)
    steps = [steps[i] for i in np.unique(np.linspace(0, len(steps) - 1, min(MOST, len(steps))).round().astype(int))]
    latent = here(subject).baked(subject.sampler.size, extended(subject).directions)
    number = int(subject.key[1])
    pictures = [services.sampler_run(number, step).picture(latent) for step, _ in steps]
    strip(
        [channels(each) for each in pictures],
        [f"epoch {epoch:.3g}" for _, epoch in steps],
        side=96,
        label="The same numbers through the epochs",
    )
