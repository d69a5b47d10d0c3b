"""Small pictures in a row: pixels stay squares, and every picture has words for those who cannot see it."""

import base64
import io
from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image


def address(pixels: Any) -> str:
    """A uint8 picture as a `data:` address: one message instead of one more request per picture."""
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels, np.uint8)).save(file, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def channels(pixels: Any) -> Any:
    """A picture (H, W, C) or (H, W) as (C, H, W)."""
    return np.moveaxis(np.atleast_3d(pixels), -1, 0)


def tile(pixels: Any, title: str, text: str = "", alt: str = "", big: str = "", mark: str = "") -> str:
    """One picture with a title and a line under it; `big` is a large sign beside them."""
    sign = f'<b class="ink-tile-sign">{escape(big)}</b>' if big else ""
    return (
        f'<figure class="ink-tile {mark}"><img src="{address(pixels)}" alt="{escape(alt or title)}">'
        f"<figcaption>{sign}<span><b>{escape(title)}</b><i>{escape(text)}</i></span></figcaption></figure>"
    )


def row(tiles: Iterable[str]) -> None:
    """Tiles side by side, wrapped where the page is narrow."""
    made = list(tiles)
    st.html(f'<div class="ink-tiles{" one" if len(made) == 1 else ""}">{"".join(made)}</div>')


STYLE = """<style>
.ink-tiles { display: flex; flex-wrap: wrap; gap: 1rem; }
.ink-tile { margin: 0; width: 8.5rem; }
.ink-tile img { width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated; background: #000;
  border-radius: 0.5rem; border: 1px solid rgba(128, 128, 128, 0.35); display: block; }
.ink-tile figcaption { display: flex; align-items: center; gap: 0.5rem; margin-top: 0.35rem; line-height: 1.25; }
.ink-tile figcaption span { display: grid; min-width: 0; font-size: 0.85rem; }
.ink-tile figcaption b { font-weight: 600; overflow-wrap: anywhere; }
.ink-tile figcaption i { font-style: normal; opacity: 0.7; font-size: 0.8rem; }
.ink-tile .ink-tile-sign { font: 600 1.9rem/1 Georgia, "Source Serif", serif; min-width: 1.3rem; text-align: center; }
.ink-tile.off img { opacity: 0.35; }
.ink-tile.odd .ink-tile-sign { opacity: 0.45; }
.st-key-found .ink-tile, .st-key-found .one .ink-tile { width: 6.75rem; }
@media (max-width: 640px) { .ink-tiles { gap: 0.7rem; } .ink-tile { width: calc(33.3% - 0.5rem); }
  .one .ink-tile { width: 8.5rem; }
  :is(.st-key-draw-top, .st-key-draw-found) .stHorizontalBlock { gap: 0.6rem; }
  .st-key-full-tools { gap: 0.6rem; }
  .st-key-full-tools p { font-size: 0 !important; } /* the tools are their icons; the words stay for those who listen */
  .st-key-full-tools p span { font-size: 1.25rem; }
  .st-key-full-tools .stButton button, .st-key-full-tools .stPopover button { padding: 0 0.7rem; gap: 0; }
  .st-key-full-tools .stButton button { width: 2.9rem; }
  .st-key-full-tools button :is(div, span) { gap: 0; }
  .st-key-full-tools button [data-testid=stIconMaterial] { margin: 0; } }
</style>"""


def style() -> None:
    """What the tiles look like; once per page."""
    st.html(STYLE)
