"""A contact sheet: many small pictures as one image; a click picks one of them."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from ui import served
from ui.parts.tiles import address

HERE = Path(__file__).with_suffix("")
GAP = 2

_component = st.components.v2.component(
    "inkling_contact_sheet",
    html='<div class="sheet" data-testid="contact-sheet"><img tabindex="0"><i hidden></i></div>\n<!-- one image -->',
    css=HERE.with_suffix(".css").read_text(),
    js=HERE.with_suffix(".js").read_text(),
)


def contact_sheet(
    key: str,
    images: Any,
    columns: int,
    alt: str,
    picked: int | None,
    on_picked: Callable[[], None],
    marks: Mapping[int, str] | None = None,
    name: tuple[Any, ...] | None = None,
) -> None:
    """Shows `images` (N, H, W), or (N, H, W, 3) in colour, row by row; after a click `st.session_state[key]["picked"]`
    is the place of one.

    `marks`: place -> "+" or "−". `name` says all that the pictures depend on: then the browser fetches them once.
    """
    _component(
        key=key,
        data={
            "image": served.offer("png", name, lambda: png(images, columns))
            if name
            else address(sheet(images, columns)),
            "columns": columns,
            "count": len(images),
            "alt": alt,
            "picked": picked,
            "marks": None if marks is None else {str(place): sign for place, sign in marks.items()},
        },
        on_picked_change=on_picked,
    )


def png(images: Any, columns: int) -> bytes:
    """The sheet as a file."""
    file = io.BytesIO()
    Image.fromarray(sheet(images, columns)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def sheet(images: Any, columns: int) -> Any:
    """All pictures as one, with alpha: gaps and places without a picture are clear."""
    images = np.asarray(images)
    images = images[..., None] if images.ndim == 3 else images
    rows, (height, width, colours) = -(-len(images) // columns), images.shape[1:]
    cells = np.zeros((rows * columns, height + GAP, width + GAP, colours + 1), np.uint8)
    cells[: len(images), :height, :width, :colours] = images
    cells[: len(images), :height, :width, colours] = 255
    grid = cells.reshape(rows, columns, height + GAP, width + GAP, colours + 1).swapaxes(1, 2)
    return grid.reshape(rows * (height + GAP), columns * (width + GAP), colours + 1)
