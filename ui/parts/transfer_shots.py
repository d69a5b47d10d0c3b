"""How many pictures of each class does a new head need? The curve, with the spread between draws."""

import streamlit as st

from core.charts.transfer import shots as chart
from core.data import registry
from core.runs.shots import measured
from core.train.fewshot import curve, fitted
from ui import services
from ui.parts.code import show_code

TRUNKS = ("r1-lenet-warped", "r1-lenet-mnist", "strokes34", "ink34", "ink-digits", "ink-greek24")
SETS = ("greek27", "greek24", "strokes-greek", "strokes-digits", "fashion")
COPIES = 20


def shots() -> None:
    """The choice and the curve."""
    sets = [name for name in SETS if services.datasets().get(name, ("absent",))[0] == "ready"]
    trunks = [name for name in TRUNKS if name in services.checkpoints()]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dataset = st.selectbox("Pictures", sets, key="shots-set", persist_state="session")
        chosen = st.pills(
            "Trunks", trunks, default=trunks[:1], selection_mode="multi", key="shots-trunks", persist_state="session"
        )
        changed = st.toggle(
            f"{COPIES} changed copies of each", key="shots-copies", persist_state="session",
            help="Each picture is also seen turned, slanted, moved and resized a little.",
        )  # fmt: skip
    st.caption(services.datasets()[dataset][1])
    if not chosen:
        st.info("Choose a trunk: a network that has learned something else before.")
        return
    curves = []
    for trunk in chosen:
        with st.spinner(f"{trunk} looks at the pictures once, then many heads are trained …"):
            key = ("shots", trunk, dataset, changed, registry.stamp(dataset))
            found = services.once(key, lambda trunk=trunk: measured(trunk, dataset, COPIES if changed else 0))
        curves.append((trunk, [(shot.k, shot.accuracies) for shot in found]))
    st.plotly_chart(chart(curves, st.context.theme.type), width="stretch", key="shots-chart")
    st.caption(
        "The line is the mean of ten draws of so many pictures, the band goes from the worst to the best. Only the "
        "last layer is new: the trunk stays as it was."
    )
    if dataset.startswith("greek") and {"ink34", "ink-greek24", "ink-digits"} & set(chosen):
        st.caption(
            "The ink models have learned from these very writers (ink-digits: their letters as examples of what is no "
            "digit), so their curves are no exam; r1-lenet-mnist has never seen a Greek letter."
        )
    show_code(curve, fitted)
