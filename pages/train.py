"""Train: choose a recipe, press Start, watch the curves."""

import streamlit as st

st.title("Train")
