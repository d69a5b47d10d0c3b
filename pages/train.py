"""Train: choose a recipe, press Start, watch the curves."""

import streamlit as st

from ui.parts.controls import controls

recipe = controls()
st.title("Train")
st.write(recipe)
