"""Transfer: what one network has learned, used for another task; teach it your own drawings in seconds."""

import streamlit as st

from ui.parts import links
from ui.parts.transfer_classes import classes
from ui.parts.transfer_retrain import retrain
from ui.parts.transfer_shots import shots
from ui.parts.transfer_teach import teach

VIEWS = {
    "teach": ":material/school: Teach it your drawings",
    "retrain": ":material/move_down: Retrain a network",
    "classes": ":material/photo_library: Your own pictures",
    "shots": ":material/show_chart: How many pictures?",
}

if st.query_params.get("transfer") == "teach":  # the first view goes without saying: it is a link that says it
    st.session_state["transfer"] = "teach"
view = links.choice("What to do", "transfer", list(VIEWS), VIEWS.get)
if view == "teach":
    teach()
elif view == "retrain":
    retrain()
elif view == "classes":
    classes()
else:
    shots()
