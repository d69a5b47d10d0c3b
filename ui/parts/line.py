"""The full canvas: a whole line of characters, with tools, undo, redo and a photo behind them."""

from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from core.data import photo
from core.errors import LabError
from ui.components.room import room
from ui.components.tab import tab
from ui.parts.sheet import TALL, Sheet

WIDE = 1320  # of the full canvas at most, in pixels: as wide as the screen allows
WIDTH = 14  # of the pen, in pixels
INK, PAPER = "#10161f", "#ffffff"
# The canvas is white and knows no dark mode. It is shown the other way round: the ink that is read stays as it is. Its
# own tools are given light colours for that, and come out dark.
DARK = """<style>
.st-key-full-sheet { filter: invert(0.95); }
.st-key-full-sheet * { --st-background-color: #fff !important; --st-text-color: #31333f !important;
  --st-border-color: #d3d3d3 !important; }
</style>"""
AS_IT_IS = "<style>.st-key-full-sheet { filter: none; }</style>"
TOOLS = {
    "freedraw": ":material/draw: Pen",
    "eraser": ":material/ink_eraser: Eraser",
    "line": ":material/pen_size_2: Line",
    "rect": ":material/rectangle: Box",
    "circle": ":material/circle: Circle",
}


def full() -> Any:
    """The drawable canvas with its tools; the picture on it, None while there is none."""
    from streamlit_drawable_canvas import st_canvas

    sheet: Sheet = st.session_state.setdefault("full", Sheet([], []))
    sheet.recall(tab("full-tab", sheet.tab))
    # one or the other, always at this place: a style that comes later takes the place of the page's next one
    st.html(DARK if st.context.theme.type == "dark" and sheet.photo is None else AS_IT_IS)
    sheet.fit(room("full-room", sheet.width, WIDE))
    if not sheet.width:
        return None  # in a moment the browser tells
    bar = st.container()  # filled last: only then is it known what can be undone
    tool, width = str(st.session_state.get("tool") or "freedraw"), int(st.session_state.get("full-width", WIDTH))
    key = f"canvas-{sheet.generation}"
    if key not in st.session_state:
        sheet.start = {"objects": sheet.now.objects} if sheet.now.objects else None
    eraser = tool == "eraser"
    with st.container(key="full-sheet"):
        result = st_canvas(
            stroke_width=width * (2 if eraser else 1),
            stroke_color=PAPER if eraser else INK,
            fill_color="rgba(0, 0, 0, 0)",
            background_color="" if sheet.photo is not None else PAPER,
            background_image=sheet.photo,
            drawing_mode="freedraw" if eraser else tool,
            initial_drawing=sheet.start,
            width=sheet.width,
            height=TALL,
            key=key,
        )
    objects = (result.json_data or {}).get("objects")
    if isinstance(objects, list):
        try:
            sheet.add(objects)
        except LabError as error:  # only a tampered message gets here
            st.warning(str(error))
    with bar:
        _tools(sheet)
    sheet.leave()
    return _together(sheet.photo, sheet.now.raw)


def _tools(sheet: Sheet) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="full-tools"):
        st.segmented_control(
            "Tool", list(TOOLS), format_func=TOOLS.get, default="freedraw", required=True, key="tool",
            persist_state="session", label_visibility="collapsed",
        )  # fmt: skip
        st.slider(
            "Pen width", 2, 60, WIDTH, key="full-width", persist_state="session", width=110,
            label_visibility="collapsed", format="pen %d", help="How wide the pen is, in pixels.",
        )  # fmt: skip
        moves = (
            ("Undo", "undo", sheet.undo, sheet.past),
            ("Redo", "redo", sheet.redo, sheet.future),
            ("Clear", "close", sheet.clear, sheet.now.objects),
        )
        for name, icon, act, needed in moves:
            st.button(name, icon=f":material/{icon}:", on_click=act, key=f"full-{name}", disabled=not needed)
        with st.popover("Photo", icon=":material/add_photo_alternate:"):
            file = st.file_uploader("A photo to write on", key="full-photo")
            if file is None and sheet.photo is not None and sheet.photo_of is None:  # it came back after a reload
                st.button("Take the photo away", icon=":material/hide_image:", on_click=sheet.lay, args=(None,))
            _uploaded(sheet, file)
    st.space("small")  # the canvas's own tools appear above its corner


def _uploaded(sheet: Sheet, file: Any) -> None:
    """Lays a new photo behind the canvas, or none when it was taken away."""
    name = file.file_id if file is not None else None
    if name == sheet.photo_of:
        return
    sheet.photo_of, behind = name, None
    try:
        behind = _behind(photo.load(file.getvalue(), file.name), sheet.width) if file is not None else None
    except LabError as error:
        st.error(str(error), icon=":material/broken_image:")
    sheet.lay(behind)


def _behind(picture: Any, width: int) -> Any:
    """A photo in the middle of a white canvas."""
    behind, small = Image.new("RGB", (width, TALL), "white"), Image.fromarray(picture)
    small.thumbnail(behind.size)
    behind.paste(small.convert("RGB"), ((width - small.width) // 2, (TALL - small.height) // 2))
    return behind


def _together(behind: Any, raw: Any) -> Any:
    """The drawing over its photo."""
    if behind is None:
        return raw
    grey = np.asarray(behind.convert("L"))
    return grey if raw is None else np.minimum(grey, raw)
