"""Draw: write a character and see it read while the pen moves, why it was read so, and keep it for the class."""

import streamlit as st

from ui.parts import canvas, drawings, mattered, models, nearest, photos, pipeline, reading, rivals, tiles

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

if said := st.session_state.pop("kept", None):
    st.toast(said, icon=":material/inventory_2:")


def kinds(model: models.Model) -> str:
    """What the network reads, as a word."""
    digits = sum(label.isdigit() for label in model.classes)
    return "digits" if digits == len(model.classes) else "letters" if not digits else "characters"


def one_character(left, right, model: models.Model) -> None:
    """The pad beside the answer; what comes closer is worked out when the pen is lifted."""
    now = canvas.pad_now()
    steps = pipeline.steps()
    prediction = model.predictor.read(now.raw, steps) if now.raw is not None else None
    with right:
        reading.show(prediction, now.n, kinds(model), model.predictor.rejects)
    with left:
        canvas.show_pad(f"Draw one of the {kinds(model)}", "With mouse, finger or pen. It is read while you draw.")
    if now.up:
        st.session_state["looked"] = (now.raw, prediction, now.ink)
    raw, looked, ink = st.session_state.get("looked", (None, None, ""))
    with right:
        drawings.keeper(model, looked, ink)
    closer(model, raw, looked, steps)


def closer(model: models.Model, raw, prediction, steps) -> None:
    """Why this answer: one way of looking at a time."""
    if prediction is None or prediction.prepared is None:
        return
    st.subheader("Why this answer?", anchor=False)
    way = st.segmented_control(
        "Look closer", list(CLOSER), format_func=CLOSER.get, default="steps", required=True, key="closer",
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if way == "steps":
        pipeline.show(prediction.prepared)
    elif prediction.empty:
        st.caption("Draw something that can be read first.")
    elif way == "nearest":
        nearest.show(model, prediction.prepared.image)
    elif way == "mattered":
        mattered.show(model, prediction)
    else:
        rivals.show(raw, steps)


def several(model: models.Model, raw) -> None:
    """A picture with any number of characters."""
    if raw is not None:
        photos.show(raw, photos.read(model, raw, pipeline.steps()))


@st.fragment
def desk() -> None:
    """Pad, photo or canvas, and the answer: everything that a stroke changes."""
    st.session_state.setdefault("source", canvas.PAD)
    left, right = st.columns(2, gap="large")
    with left:
        source = st.segmented_control(
            "Where the ink comes from", list(SOURCES), format_func=SOURCES.get, required=True, key="source",
            bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
    with right:
        model = models.chooser()
    if model is None:
        st.info("There is no network to read with yet. Train one on the Train page; it can read here a minute later.")
        return
    st.session_state["reader"] = model
    if source == canvas.PAD:
        one_character(left, right, model)
    elif source == canvas.FULL:
        several(model, canvas.full().raw)
    else:
        several(model, photos.taken() if st.toggle("Use the camera", key="use-camera") else photos.uploaded())


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
        if model := st.session_state.get("reader"):
            drawings.judged(model, pool)
        drawings.carry(pool)


desk()
classroom()
tiles.style()
photos.listen()
