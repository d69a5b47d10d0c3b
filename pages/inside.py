"""Inside: filters, feature maps and the arithmetic of any network, on your own picture."""

import streamlit as st

from core.look.surgery import convolutions
from core.paths import ROOT
from ui.parts.inside_answer import answer
from ui.parts.inside_architecture import architecture
from ui.parts.inside_filters import filters
from ui.parts.inside_likes import likes
from ui.parts.inside_made import arrive
from ui.parts.inside_maps import layers
from ui.parts.inside_mattered import mattered
from ui.parts.inside_picture import picture
from ui.parts.inside_subject import subject
from ui.parts.inside_surgery import surgery

LAYERS, FILTERS, MATTERED, LIKES, SURGERY, ARCHITECTURE = VIEWS = (
    "Layers",
    "Filters",
    "What mattered",
    "What a filter likes",
    "Surgery",
    "Architecture",
)

st.html(ROOT / "ui" / "inside.css")
chosen = None
arrive()
with st.container(border=True):
    first, second, third = st.columns([3, 4, 4], gap="medium")
    with first:
        opened = subject()
    if opened:
        with second:
            chosen = picture(opened)
        with third:
            if chosen:
                answer(opened, chosen)
            else:
                st.caption("Nothing to read yet: draw or upload something, or choose another kind of picture.")

if not opened:
    st.subheader("Nothing to look into yet")
    st.write(
        "Train a network on the Train page: after a few seconds it can be opened here, at every moment of its training."
    )
    st.stop()

if "inside-view" not in st.session_state:
    linked = st.query_params.get("look", LAYERS)
    st.session_state["inside-view"] = linked if linked in VIEWS else LAYERS
view = st.segmented_control(
    "Look at", VIEWS, key="inside-view", required=True, persist_state="session", label_visibility="collapsed"
)
if st.query_params.get("look", LAYERS) != view:
    st.query_params["look"] = view
if opened.cuts and view != SURGERY:
    st.info(
        f"This network is after surgery: {len(opened.cuts)} cut{'s' * (len(opened.cuts) != 1)}.",
        icon=":material/healing:",
    )

if view == ARCHITECTURE:
    architecture(opened)
elif view == SURGERY:
    surgery(opened)
elif view == LIKES:
    likes(opened)
elif view == FILTERS:
    if not convolutions(opened.opened):
        st.info("This network has no convolutions: its weights are shown as pictures instead.")
    filters(opened, chosen)
elif chosen is None:
    st.info("These views need a picture: draw one above, or choose another kind of picture.")
elif view == LAYERS:
    layers(opened, chosen)
elif view == MATTERED:
    mattered(opened, chosen)
