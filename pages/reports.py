"""Reports: every experiment of the five reports, claimed beside measured, each to be run again."""

import streamlit as st

from core.config.experiments import EXPERIMENTS
from core.look.reproduced import findings, standing
from core.paths import ROOT
from ui import services
from ui.parts.actions import trouble
from ui.parts.code import show_code
from ui.parts.reports_card import card
from ui.parts.reports_data import records, standings
from ui.parts.reports_overview import overview, pick
from ui.parts.reports_rows import key

st.html(ROOT / "ui" / "reports.css")
st.title("Five reports, run again", anchor=False)
st.markdown(
    "Five student reports trained networks and drew conclusions, from **one run each**. Here every experiment is data: "
    "what they claim, what this lab measured with the same recipe, and whether the conclusion survives other seeds."
)
trouble()
newest = services.runs()[0]  # first: what ends from here on is missing below, and the page is drawn again for it
known = records()
found = {name: standings(name, known) for name in EXPERIMENTS}
overview(found)
st.html(key(st.context.theme.type))
st.caption(
    "Times are comparable within one machine and load only: theirs come from their machines, ours from the one that "
    "each record names; `load` says how many processes wanted it. CIFAR-10 was measured on a JPEG copy of its pictures."
)
chosen = pick()
for name in chosen:
    card(EXPERIMENTS[name], found[name], newest)
show_code(standing, findings)
