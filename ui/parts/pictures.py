"""Rows of small pictures with a word under each."""

import base64
import html
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image


def strip(images: Any, captions: Sequence[str], marks: Sequence[str] = (), side: int = 64, label: str = "") -> None:
    """Pictures (N, C, H, W) or (N, H, W), bytes, in rows; a mark is `right`, `wrong` or nothing."""
    marks = marks or [""] * len(captions)
    cells = "".join(
        f'<figure class="ink-cell {mark}"><img src="{png(image)}" width="{side}" height="{side}" '
        f'alt="{html.escape(caption)}"><figcaption>{html.escape(caption)}</figcaption></figure>'
        for image, caption, mark in zip(np.asarray(images), captions, marks, strict=True)
    )
    group = f'<div class="ink-strip" role="group" aria-label="{html.escape(label)}">{cells}</div>'
    st.html(f'<div class="ink-wide">{group}</div>')


def png(image: Any) -> str:
    """One picture (C, H, W) or (H, W), bytes, as a data address."""
    pixels = np.asarray(image, dtype=np.uint8)
    if pixels.ndim == 3:
        pixels = pixels[0] if pixels.shape[0] == 1 else np.moveaxis(pixels, 0, -1)
    return _address(Image.fromarray(np.ascontiguousarray(pixels)))


def _address(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
