"""Find me in there: the made picture that is most like a given one."""

import io
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image, UnidentifiedImageError

from core.errors import LabError
from core.latent.inversion import drawn, fitted, found
from core.latent.sampler import pixels
from ui.parts import canvas
from ui.parts.code import show_code
from ui.parts.latent_place import go
from ui.parts.latent_subject import Subject
from ui.parts.tiles import row, style, tile

UPLOAD, DRAW = "Upload", "Draw"


def view(subject: Subject) -> None:
    """Upload or draw, search, compare, take it into the panel."""
    style()
    st.subheader("Find me in there")
    st.write(
        "Give it a picture: the lab searches the numbers whose picture comes closest. A generator can only make what it"
        " has learned, so what comes back is its idea of you."
    )
    way = st.segmented_control("Picture", [UPLOAD, DRAW], default=UPLOAD, required=True, key="latent-find-way")
    left, right = st.columns([3, 5], gap="large")
    try:
        with left:
            given = _drawing(subject) if way == DRAW else _upload(subject)
    except LabError as error:
        st.error(str(error))
        return
    if given is not None:
        with right:
            _answer(subject, *given)
    show_code(found)


def _answer(subject: Subject, key: tuple[Any, ...], target: Any) -> None:
    """What was given beside what was found; searched once."""
    answers = st.session_state.setdefault("latent-answers", {})
    if key not in answers:
        with st.spinner("Searching, some 10 seconds…"):
            answers[key] = found(target, subject.sampler)
    latent, apart = answers[key]
    row(
        [
            tile(pixels(target)[0], "Yours", "as the generator could see it"),
            tile(subject.sampler.picture(latent), "Found", f"{apart:.0f} of 255 apart, on average"),
        ]
    )
    st.button("Take it into the panel", key="latent-take-found", on_click=go, args=(subject, latent))


Given = tuple[tuple[Any, ...], Any] | None


def _upload(subject: Subject) -> Given:
    given = st.file_uploader("A picture", type=["png", "jpg", "jpeg", "webp"], key="latent-picture")
    return ((subject.key, given.file_id), fitted(read(given.getvalue()), subject.sampler)) if given else None


def _drawing(subject: Subject) -> Given:
    """The ink pad, with the last drawing of the Draw page on it; searched when the button says so."""
    now = canvas.pad_now()
    with st.container(width=320):
        canvas.show_pad("Draw here", "Or find your last drawing of the Draw page.")
        asked = st.button("Find this drawing", type="primary", disabled=now.raw is None, width="stretch")
    if now.raw is None:
        return None
    key = (subject.key, "drawing", now.ink)
    if not asked and key not in st.session_state.get("latent-answers", {}):
        return None
    return key, drawn(now.raw, subject.sampler)


def read(data: bytes) -> np.ndarray:
    """The pixels of an uploaded file."""
    try:
        image = Image.open(io.BytesIO(data))
        image.thumbnail((512, 512))
        return np.asarray(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, SyntaxError):
        raise LabError("This file is no readable picture; allowed: PNG, JPEG or WebP.") from None
