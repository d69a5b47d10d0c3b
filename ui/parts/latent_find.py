"""Find me in there: the made picture that is most like a given one."""

import io

import numpy as np
import streamlit as st
from PIL import Image, UnidentifiedImageError

from core.errors import LabError
from core.latent.inversion import fitted, found
from core.latent.sampler import pixels
from ui.parts.code import show_code
from ui.parts.latent_place import go
from ui.parts.latent_subject import Subject
from ui.parts.tiles import row, style, tile


def view(subject: Subject) -> None:
    """Upload, search, compare, take it into the panel."""
    style()
    st.subheader("Find me in there")
    st.write(
        "Upload a picture: the lab searches the numbers whose picture comes closest. A generator can only make what it"
        " has learned, so what comes back is its idea of you."
    )
    given = st.file_uploader("A picture", type=["png", "jpg", "jpeg", "webp"], key="latent-picture")
    if not given:
        return
    try:
        target = fitted(read(given.getvalue()), subject.sampler)
    except LabError as error:
        st.error(str(error))
        return
    key = (subject.key, given.file_id)
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
    show_code(found)


def read(data: bytes) -> np.ndarray:
    """The pixels of an uploaded file."""
    try:
        image = Image.open(io.BytesIO(data))
        image.thumbnail((512, 512))
        return np.asarray(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, SyntaxError):
        raise LabError("This file is no readable picture; allowed: PNG, JPEG or WebP.") from None
