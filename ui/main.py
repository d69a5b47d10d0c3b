"""The UI script: page settings, the table of pages, and errors as sentences."""

import streamlit as st

from core.errors import LabError
from core.paths import ROOT

# file in pages/, title, icon, what happens there
PAGES = (
    ("home.py", "Home", ":material/home:", "What is ready, what is running, where to go next."),
    ("train.py", "Train", ":material/play_circle:", "Choose a recipe, press Start, watch the curves."),
)

st.set_page_config(page_title="Inkling", page_icon="🖋️", layout="wide", initial_sidebar_state="auto")
st.logo(str(ROOT / "ui" / "logo.svg"), size="large")
st.html(ROOT / "ui" / "style.css")
page = st.navigation(
    [
        st.Page(ROOT / "pages" / file, title=title, icon=icon, help=about, default=file == "home.py")
        for file, title, icon, about in PAGES
    ],
    position="top",
)
try:
    page.run()
except LabError as error:
    st.error(str(error), icon=":material/error:")
