"""The UI script: page settings, navigation, and errors as sentences."""

import streamlit as st

from core.errors import LabError
from core.paths import ROOT
from ui.navigation import PAGES

st.set_page_config(page_title="Inkling", page_icon="🖋️", layout="wide", initial_sidebar_state=320)
st.logo(str(ROOT / "ui" / "logo.svg"), size="large")
st.html(ROOT / "ui" / "style.css")
page = st.navigation(
    [st.Page(each.path, title=each.title, icon=each.icon, default=each.file == "home.py") for each in PAGES],
    position="top",
)
try:
    page.run()
except LabError as error:
    st.error(str(error), icon=":material/error:")
