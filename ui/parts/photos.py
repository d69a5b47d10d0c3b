"""Other ways in: a photo that was uploaded, taken or pasted, and a line on the full canvas; all characters are read."""

import base64
import binascii
from html import escape
from typing import Any

import streamlit as st

from core.data import photo, split
from core.errors import LabError
from core.look.alphabet import ENOUGH, knows_both, together
from ui.components.paste import paste
from ui.parts import boxes, found
from ui.parts.models import Model

KINDS = ["png", "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff", "ppm"]
NEIGHBOURS = "neighbours-decide"
SHOT = "camera-shot"  # session_state: the picture that the camera took
CAMERA = 560  # pixels at most: its button is then on the screen of a laptop, too


def listen() -> None:
    """Takes a picture from the clipboard wherever the page is: Ctrl+V, or a long press on a phone."""
    paste("paste", on_pasted=_pasted)


def _pasted() -> None:
    text = st.session_state["paste"].get("pasted")
    try:
        data = base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        return
    st.session_state["photo"] = ("The pasted picture", data)
    st.session_state["source"] = "photo"


def uploaded() -> Any:
    """The picture of a file, or what was pasted; None while there is none."""
    file = st.file_uploader(
        "A photo of one character or of a whole page", KINDS, key="upload",
        help="Or paste one from the clipboard with Ctrl+V.", on_change=_forget_paste,
    )  # fmt: skip
    if file is not None:
        return _picture(file.name, file.getvalue())
    name, data = st.session_state.get("photo", ("", b""))
    if not data:
        st.caption("Or press Ctrl+V anywhere on this page to paste a picture.")
    return _picture(name, data) if data else None


def taken() -> Any:
    """The picture of the camera, which makes way for what is read on it; None while there is none."""
    data = st.session_state.get(SHOT)
    if data is None:
        st.camera_input(
            "Hold a sheet with dark writing in front of the camera", key="camera", on_change=_took, width=CAMERA
        )
        return None
    st.button("Take another picture", icon=":material/photo_camera:", on_click=lambda: st.session_state.pop(SHOT, None))
    return _picture("The camera's picture", data)


def _took() -> None:
    file = st.session_state.get("camera")
    st.session_state[SHOT] = file.getvalue() if file is not None else None


def _forget_paste() -> None:
    st.session_state.pop("photo", None)


def _picture(name: str, data: bytes) -> Any:
    try:
        return photo.load(data, name)
    except LabError as error:
        st.error(str(error), icon=":material/broken_image:")
        return None


def read(model: Model, raw: Any, steps: Any) -> list[tuple[Any, Any]]:
    """(box or None, prediction) for every character; a picture of a single one is read as a whole."""
    parts, said = split.split(raw), []
    if len(parts) <= 1:
        return [(parts[0].box if parts else None, model.predictor.read(raw, steps))]
    before, now = st.session_state.get("readings", {}), {}
    for each in parts:  # of a line that grows, most characters were read before
        key = (model.predictor.card.weights_sha256, steps, each.picture.shape, each.picture.tobytes())
        now[key] = before.get(key) or model.predictor.read(each.picture, steps)
        said.append((each.box, now[key]))
    st.session_state["readings"] = now
    if not st.session_state.get(NEIGHBOURS, True):
        return said
    return list(zip([box for box, _ in said], together([answer for _, answer in said]), strict=True))


def show(model: Model, raw: Any, said: list[tuple[Any, Any]]) -> None:
    """The photo with its boxes, the text in one line, and every character with its answer."""
    read_ones = [answer for _, answer in said if not answer.empty]
    if not read_ones:
        st.info(said[0][1].why or "There is no ink in this picture.", icon=":material/visibility_off:")
        return
    text, many = found.text(read_ones), len(read_ones)
    st.html(f'<p class="ink-text" data-testid="text">{escape(text)}</p>{STYLE}')
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        decided = sum(answer.alone is not None for answer in read_ones)
        by_others = f" {decided} decided by the neighbours." if decided else ""
        st.caption(f"{many} character{'s' * (many != 1)}, line by line; ? is none of these.{by_others}")
        if many >= ENOUGH and knows_both(read_ones[0]):
            st.toggle(
                "Neighbours decide", value=True, key=NEIGHBOURS, persist_state="session",
                help="A circle among digits is a 0, among letters an omicron. Off: each is read by itself.",
            )  # fmt: skip
    with st.container(key="draw-found"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        boxes.show(raw, said, f"The picture with a box around each character: {text}")
    with right:
        found.show(model, read_ones)


STYLE = """<style>
.ink-text { font: 600 2.6rem/1.25 Georgia, serif; letter-spacing: 0.12em; margin: 0; overflow-wrap: anywhere; }
</style>"""
