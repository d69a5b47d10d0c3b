"""Train: choose a recipe, press Start, watch the curves."""

import streamlit as st

from core.errors import LabError
from core.paths import ROOT
from ui import services, state
from ui.components.aside import aside
from ui.parts import words
from ui.parts.actions import begin, header, trouble
from ui.parts.board import board
from ui.parts.controls import controls
from ui.parts.details import details, training_pictures
from ui.parts.press import press
from ui.parts.sweep_board import sweep_board
from ui.parts.sweep_menu import sweeps_menu
from ui.parts.sweep_start import vary, vary_button

recipe = controls()  # the sidebar: a RunConfig, or the sentences that say why there is none
gan = recipe.config is not None and recipe.config.kind == "gan"  # sweeps judge by accuracy, which a GAN has not
if not gan:
    vary_button(recipe)
with st.sidebar:
    aside("train-aside")


with st.container(border=True, horizontal=True, vertical_alignment="center"):
    with st.container(width="stretch"):
        st.markdown(words.recipe(recipe.config) if recipe.config else f":red[{words.plain(recipe.errors[0])}]")
    with st.container(horizontal=True, width="content", gap="xsmall"):
        sweeps_menu()
        if not gan:
            vary(recipe)
        pressed = press("Start", "start", icon=":material/play_arrow:", type="primary", disabled=recipe.config is None)
if pressed and recipe.config is not None:
    begin(recipe.config, preset=recipe.preset)
trouble()

lab = services.lab()
lab.warm()
lab.tend()
sweep = state.opened_sweep()
if sweep is None or not sweep_board(sweep):
    runs, accuracies = lab.runs()
    try:
        run = state.chosen(runs)
    except LabError as error:  # the link leads to a run that is gone: say so, and show the newest
        st.error(str(error), icon=":material/error:")
        state.open_run(None)
        run = state.chosen(runs)

    if run:
        header(run)
        board(run, runs, accuracies)
        details(run)
    else:
        st.subheader("Your first run")
        st.write(
            "The recipe on the left is ready as it is. Press **Start**: the curves appear here within a second or two "
            "and grow while the network learns. You can close this tab at any time; the run goes on and waits for you "
            "here."
        )
        if recipe.config and services.at_hand(recipe.config.dataset):
            st.write("These are pictures it will learn from:")
            training_pictures(recipe.config)
        else:
            st.image(str(ROOT / "ui" / "specimen.png"), width=560, alt="Digits and Greek letters")
