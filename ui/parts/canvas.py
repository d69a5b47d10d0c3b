"""Two canvases behind one function: the ink pad for one character, the full canvas for a whole line."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.data import drawn
from core.errors import LabError
from ui.components import ink_pad

PAD, FULL = "pad", "full"
SIZE = (960, 380)  # of the full canvas, in pixels


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is on a canvas."""

    raw: Any = None  # uint8 picture, None while nothing is drawn
    ink: str = ""  # the strokes as text (ink pad only)
    up: bool = True  # the pen is lifted
    n: int = 0  # the number of the message


def pad_now() -> Drawn:
    """What is on the ink pad, before it is shown: the answer is ready when the pad is."""
    kept = st.session_state.setdefault("drawing", {"ink": None, "n": 0, "generation": 0})
    message = ink_pad.sent(st.session_state.get("pad"))
    if message and message["n"] != kept["n"]:
        kept |= {"ink": message["ink"], "n": message["n"], "up": message["up"]}
    try:
        strokes = drawn.unpack(kept["ink"] or "")
    except LabError as error:  # only a tampered message gets here
        st.warning(str(error))
        strokes = ()
    raw = drawn.picture(strokes) if strokes else None
    return Drawn(raw, kept["ink"] or "", kept.get("up", True), kept["n"])


def show_pad(invite: str, hint: str) -> None:
    """The ink pad itself, told that its last message has its answer."""
    kept = st.session_state["drawing"]
    ink_pad.ink_pad("pad", ink=kept["ink"], generation=kept["generation"], seen=kept["n"], invite=invite, hint=hint)


def lay(ink: str) -> None:
    """Puts other strokes on the pad; none clears it."""
    kept = st.session_state.setdefault("drawing", {"ink": None, "n": 0, "generation": 0})
    kept |= {"ink": ink, "generation": kept["generation"] + 1, "up": True}


def full(background: Any = None) -> Drawn:
    """The drawable canvas with its tools; `background` is a photo to write on."""
    from streamlit_drawable_canvas import st_canvas

    kept = st.session_state.setdefault("full", {"objects": None, "start": None, "generation": 0})
    tools = st.container(horizontal=True, vertical_alignment="bottom")
    with tools:
        tool = st.segmented_control(
            "Tool", list(TOOLS), format_func=TOOLS.get, default="freedraw", required=True, key="tool",
            persist_state="session",
        )  # fmt: skip
        width = st.slider("Pen width", 2, 60, 14, key="full-width", persist_state="session", width=180)
        for name, icon, act in (("Undo", "undo", _undo), ("Redo", "redo", _redo), ("Clear", "close", _clear)):
            st.button(name, icon=f":material/{icon}:", on_click=act, key=f"full-{name}")
    st.space("small")  # the canvas's own tools appear above its corner
    eraser = tool == "eraser"
    if f"canvas-{kept['generation']}" not in st.session_state and kept["objects"]:
        kept["start"] = {"objects": kept["objects"]}  # back from another page: the drawing is still here
    result = st_canvas(
        stroke_width=width * (2 if eraser else 1),
        stroke_color=PAPER if eraser else INK,
        fill_color="rgba(0, 0, 0, 0)",
        background_color="" if background is not None else PAPER,
        background_image=background,
        background_image_fit="contain",
        drawing_mode="freedraw" if eraser else tool,
        initial_drawing=kept["start"],
        width=SIZE[0],
        height=SIZE[1],
        return_image_data=True,
        key=f"canvas-{kept['generation']}",
    )
    objects = (result.json_data or {}).get("objects") or []
    if objects:
        kept["objects"] = objects
        kept["undone"] = kept.get("undone", []) if len(objects) == kept.get("count") else []
    kept["count"] = len(objects)
    raw = result.image_data if objects else None
    return Drawn(raw, "", True, len(objects))


INK, PAPER = "#10161f", "#ffffff"
TOOLS = {
    "freedraw": ":material/draw: Pen",
    "eraser": ":material/ink_eraser: Eraser",
    "line": ":material/pen_size_2: Line",
    "rect": ":material/rectangle: Box",
    "circle": ":material/circle: Circle",
}


def _redraw(objects: list[Any]) -> None:
    kept = st.session_state["full"]
    kept |= {"start": {"objects": objects}, "objects": objects, "generation": kept["generation"] + 1}


def _undo() -> None:
    kept = st.session_state["full"]
    objects = kept["objects"] or []
    if objects:
        kept["undone"] = [*kept.get("undone", []), objects[-1]]
        _redraw(objects[:-1])


def _redo() -> None:
    kept = st.session_state["full"]
    if kept.get("undone"):
        *rest, last = kept["undone"]
        kept["undone"] = rest
        _redraw([*(kept["objects"] or []), last])


def _clear() -> None:
    st.session_state["full"]["undone"] = []
    _redraw([])
