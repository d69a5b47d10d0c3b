"""A contact sheet: many small pictures as one image; a click picks one of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

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
    key: str, images: Any, columns: int, alt: str, picked: int | None, on_picked: Callable[[], None]
) -> None:
    """Shows `images` (N, H, W), or (N, H, W, 3) in colour, row by row; after a click `st.session_state[key]["picked"]`
    is the place of one."""
    _component(
        key=key,
        data={
            "image": address(sheet(images, columns)),
            "columns": columns,
            "count": len(images),
            "alt": alt,
            "picked": picked,
        },
        on_picked_change=on_picked,
    )


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
