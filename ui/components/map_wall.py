"""The wall: all panels of a layer as one picture, numbers on hover, a click tells which pixel."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

HERE = Path(__file__).with_suffix("")

_component = st.components.v2.component(
    "inkling_map_wall",
    html='<div class="wall" data-testid="map-wall"></div>\n<div class="tip" hidden></div>\n',
    css=HERE.with_suffix(".css").read_text(),
    js=HERE.with_suffix(".js").read_text(),
)


@dataclass(frozen=True)
class Row:
    """The panels of one layer: numbers on the diverging scale, or pictures as they are."""

    name: str
    title: str
    shape: tuple[int, int, int]  # panels, height, width
    values: str  # base64 of float16 numbers, or of bytes for pictures
    kind: str = "numbers"  # numbers, grey, colour
    note: str = ""
    most: float = 0.0  # the value of the strongest colour
    tile: int = 0  # wished width of a panel in pixels; 0: by their number
    labels: tuple[str, ...] = ()  # below the panels
    panel: str = "map"  # what one panel is called, in the tip
    first: int = 0  # the number of the first panel, where only some are shown
    signs: bool = False  # print + and − into the cells
    bars: bool = False  # shares of one, as bars
    under: str = ""  # base64 of a grey picture (height, width) that shines through the maps

    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))


def numbers(name: str, title: str, maps: Any, **more: Any) -> Row:
    """A row of maps (panels, height, width) on the diverging scale, their own largest value the strongest colour."""
    array = np.nan_to_num(np.asarray(maps, dtype=np.float32), posinf=6e4, neginf=-6e4)
    more.setdefault("most", float(np.abs(array).max(initial=0)) or 1.0)
    return Row(name, title, array.shape, _packed(np.clip(array, -6e4, 6e4).astype(np.float16)), **more)


def pictures(name: str, title: str, images: Any, **more: Any) -> Row:
    """A row of uint8 pictures (panels, channels, height, width), grey or coloured."""
    array = np.asarray(images, dtype=np.uint8)
    count, channels, height, width = array.shape
    array = array[:, 0] if channels == 1 else array[:, :3].transpose(0, 2, 3, 1)
    kind = "grey" if channels == 1 else "colour"
    return Row(name, title, (count, height, width), _packed(np.ascontiguousarray(array)), kind, **more)


def shining(picture: Any) -> str:
    """A uint8 picture (C, H, W) as grey for `Row.under`."""
    return _packed(np.ascontiguousarray(np.asarray(picture, dtype=np.float32).mean(0).astype(np.uint8)))


def map_wall(
    rows: Sequence[Row],
    *,
    key: str,
    chosen: tuple[str, int, int, int] | None = None,
    pick: str = "pixel",
    flow: bool = False,
    on_pixel: Callable[[], None] = lambda: None,
) -> tuple[str, int, int, int] | None:
    """Draws the rows; returns the last click as (row's name, panel, y, x). `pick`: a pixel, a panel, or nothing.

    `flow` lays the rows side by side where there is room.
    """
    result = _component(
        key=key,
        data={
            "rows": [row.to_dict() for row in rows],
            "chosen": list(chosen) if chosen else None,
            "pick": pick,
            "flow": flow,
        },
        on_pixel_change=on_pixel,
    )
    return clicked(result)


def clicked(state: Any) -> tuple[str, int, int, int] | None:
    """What the wall sent, or None for anything that is none: what comes from a browser is not trusted."""
    value = state.get("pixel") if hasattr(state, "get") else None
    if not isinstance(value, list | tuple) or len(value) != 4 or not isinstance(value[0], str):
        return None
    name, *places = value
    if not all(isinstance(place, int) and 0 <= place < 1_000_000 for place in places):
        return None
    return name, places[0], places[1], places[2]


def _packed(array: Any) -> str:
    return base64.b64encode(array.tobytes()).decode()
