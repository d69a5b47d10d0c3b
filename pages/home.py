"""Home: what is ready, what is running, where to go next."""

import streamlit as st

from ui import services

st.title("Draw it, train it, look inside it.")
st.write("Inkling is a laboratory for networks that look at pictures. Everything runs on this machine.")
device = services.device()
st.write(device)
st.dataframe(
    [{"Dataset": name, "State": state, "What it is": about} for name, (state, about) in services.datasets().items()]
)
