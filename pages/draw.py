"""Draw: write a character and see it read while the pen moves, why it was read so, and keep it for the class."""

import streamlit as st

from ui import quick
from ui.components.bell import bell
from ui.parts import canvas, drawings, line, links, mattered, models, nearest, photos, pipeline, reading, rivals, tiles

SOURCES = {
    canvas.PAD: ":material/stylus: One character",
    canvas.FULL: ":material/edit_note: A whole line",
    "photo": ":material/photo_camera: Photo",
}
CLOSER = {
    "steps": "Step by step",
    "nearest": "Nearest pictures",
    "mattered": "What mattered",
    "rivals": "All runs",
}
HINT = "With mouse, finger or pen. It is read while you draw."
NO_MODEL = "There is no network to read with yet. Train one on the Train page; it can read here a minute later."

if said := st.session_state.pop("kept", None):
    st.toast(said, icon=":material/inventory_2:")


def kinds(model: models.Model) -> str:
    """What the network reads, as a word."""
    digits = sum(label.isdigit() for label in model.classes)
    return "digits" if digits == len(model.classes) else "letters" if not digits else "characters"


@st.fragment
def desk() -> None:
    """The pad beside the answer, and nothing else. While the pen moves the two talk past the page (ui/quick.py)."""
    model = models.current()
    if model is None:
        if models.none_yet():  # else its place says why this one cannot read
            st.info(NO_MODEL)
        return
    asks, reader = quick.offer(model.predictor, pipeline.steps(), kinds(model))
    now = canvas.pad_now(reader)
    with st.container(key="draw-desk"):
        left, right = st.columns(2, gap="large")
    with right:
        reading.show(now.prediction, now.n, kinds(model), model.predictor.rejects, asks)
    with left:
        canvas.show_pad(f"Draw one of the {kinds(model)}", HINT, asks)
    if now.up:
        st.session_state["looked"] = (model, now.raw, now.prediction, now.ink)
    if looked := st.session_state.get("looked"):
        with right:
            drawings.keeper(looked[0], looked[2], looked[3])
    if "kept" in st.session_state:
        st.rerun()  # a drawing was kept: the class's part of the page must know


@st.fragment
def closer() -> None:
    """Why this answer: one way of looking at a time, worked out once the pen is lifted."""
    bell("bell")
    model, raw, prediction, _ = st.session_state.get("looked", (None, None, None, ""))
    if prediction is None or prediction.prepared is None:
        return
    st.subheader("Why this answer?", anchor=False)
    way = links.choice("Look closer", "closer", list(CLOSER), CLOSER.get)
    if way == "steps":
        pipeline.show(prediction.prepared)
    elif prediction.empty:
        st.caption("Draw something that can be read first.")
    elif way == "nearest":
        nearest.show(model, prediction.prepared.image)
    elif way == "mattered":
        mattered.show(model, prediction)
    else:
        rivals.show(raw, pipeline.steps(), None if prediction.refused else prediction.label)


@st.fragment
def page_of_ink(source: str) -> None:
    """A photo or a whole line: any number of characters."""
    model = models.current()
    if model is None:
        if models.none_yet():  # else its place says why this one cannot read
            st.info(NO_MODEL)
        return
    if source == canvas.FULL:
        raw = line.full()
    else:
        raw = photos.taken() if st.toggle("Use the camera", key="use-camera") else photos.uploaded()
    if raw is not None:
        photos.show(model, raw, photos.read(model, raw, pipeline.steps()))
    if "kept" in st.session_state:
        st.rerun()  # as at the desk


def classroom() -> None:
    """The class's drawings."""
    pool = drawings.pool()
    st.subheader("Our class's drawings", anchor=False, divider="gray")
    count = pool.count()
    if not count:
        st.write("None yet. Draw something above and tap what it is: the class keeps it, and networks can train on it.")
        drawings.carry(pool)
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        drawings.browser(pool)
    with right:
        if model := models.current():
            drawings.judged(model, pool)
        drawings.carry(pool)


with st.container(key="draw-top"):
    left, right = st.columns(2, gap="large")
with left, st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    source = links.choice("Where the ink comes from", "source", list(SOURCES), SOURCES.get)
    links.teach()
with right:
    models.chooser()
if source == canvas.PAD:
    desk()
    closer()
else:
    page_of_ink(source)
classroom()
tiles.style()
photos.listen()
