"""What a retraining has brought: which weights moved, and the network to try on the spot."""

from typing import Any

import streamlit as st

from core.charts.transfer import moved as chart
from core.data.ink import Steps
from core.errors import LabError
from core.runs.moving import moved_at
from ui import quick, services
from ui.parts import canvas, links, models, reading


def what_moved(run: Any) -> None:
    """How far every layer's weights have come since the first step."""
    st.subheader("What has moved", anchor=False)
    try:
        layers = services.once(("moved", run.id, run.snapshots, run.step), lambda: moved_at(services.store(), run.id))
    except LabError as error:
        st.warning(str(error))
        return
    rows = [(part.word, share, not part.trainable and not share) for part, share in layers]
    st.plotly_chart(chart(rows, st.context.theme.type), width="stretch", key=f"moved-{run.id}")
    st.caption("From the first snapshot to the newest one. A frozen layer has not moved at all.")


def try_it(run: Any) -> None:
    """The result on the spot: the ink pad where the network reads drawings, a link where it reads photos."""
    st.subheader("Try it", anchor=False)
    model = models.of_run(run)
    if model is None:
        return
    links.inside(run.id)
    if model.predictor.card.shape == (1, 28, 28):
        _pad(model)


@st.fragment
def _pad(model: Any) -> None:
    asks, reader = quick.offer(model.predictor, Steps(), "classes")
    now = canvas.pad_now(reader)
    with st.container(key="draw-desk"):
        left, right = st.columns(2, gap="large")
    with right:
        reading.show(now.prediction, now.n, "classes", model.predictor.rejects, asks)
    with left:
        named = f"{', '.join(model.classes[:4])}{' …' * (len(model.classes) > 4)}"
        canvas.show_pad(f"Draw {named}", "It is read while you draw.", asks)
