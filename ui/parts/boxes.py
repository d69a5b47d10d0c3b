"""The photo with a box and a sign for every character that was found: the signs are text, in the page's own letters."""

import base64
import io
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from ui.parts import found

SHOWN = 1100  # pixels of the photo on the page


def show(raw: Any, said: list[tuple[Any, Any]], alt: str) -> None:
    """The picture, and over it what was read where; what is none of these is orange."""
    height, width = raw.shape[:2]
    marks = "".join(_mark(box, answer, width, height) for box, answer in said if box is not None and not answer.empty)
    st.html(
        f'<figure class="ink-boxes" data-testid="boxes"><img src="{address(raw)}" alt="{escape(alt)}">'
        f"{marks}</figure>{STYLE}"
    )


def address(raw: Any) -> str:
    """The photo on white paper, small enough to send, as a `data:` address."""
    picture = Image.fromarray(np.asarray(raw, np.uint8))
    if picture.mode == "RGBA":
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    if picture.mode != "L":
        picture = picture.convert("RGB")
    picture.thumbnail((SHOWN, SHOWN))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=88)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()


def _mark(box: Any, answer: Any, width: int, height: int) -> str:
    """A box in per cent of the picture, so that it fits any screen; its sign stands above it, or in it at the top."""
    place = {
        "left": box.left / width,
        "top": box.top / height,
        "width": (box.right - box.left) / width,
        "height": (box.bottom - box.top) / height,
    }
    style = "; ".join(f"{name}: {100 * share:.2f}%" for name, share in place.items())
    kind = "odd " * bool(answer.refused) + "inner" * (place["top"] < 0.1)
    return f'<span class="{kind}" style="{style}"><b>{escape(found.text([answer]))}</b></span>'


STYLE = """<style>
.ink-boxes { position: relative; margin: 0; line-height: 0; container-type: inline-size; }
.ink-boxes img { width: 100%; border-radius: 0.5rem; border: 1px solid rgba(128, 128, 128, 0.35); }
.ink-boxes span { position: absolute; box-sizing: content-box; margin: -3px; padding: 1px;
  border: 2px solid #0e6b70; border-radius: 3px; }
.ink-boxes b { position: absolute; left: -2px; bottom: 100%; padding: 0.1em 0.35em; background: #0e6b70; color: #fff;
  border-radius: 3px 3px 0 0; font: 600 clamp(0.8rem, 2.4cqi, 1.25rem)/1.15 Georgia, serif; }
.ink-boxes .inner b { bottom: auto; top: -2px; border-radius: 3px 0 3px 0; }
.ink-boxes .odd { border-color: #c85500; }
.ink-boxes .odd b { background: #c85500; }
</style>"""
