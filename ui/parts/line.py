"""The full canvas: a whole line of characters, with tools, undo, redo and a photo behind them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from core.data import photo, shapes
from core.errors import LabError
from ui.components.room import room
from ui.components.tab import tab
from ui.shelf import Shelf

WIDE, TALL = 1320, 380  # of the full canvas at most, in pixels: as wide as the screen allows
MOST = 30  # states of it that undo goes back to
WIDTH = 14  # of the pen, in pixels
INK, PAPER = "#10161f", "#ffffff"
TOOLS = {
    "freedraw": ":material/draw: Pen",
    "eraser": ":material/ink_eraser: Eraser",
    "line": ":material/pen_size_2: Line",
    "rect": ":material/rectangle: Box",
    "circle": ":material/circle: Circle",
}


@dataclass(frozen=True, eq=False)
class State:
    """The full canvas at one moment: what is on it, and the picture of it."""

    objects: list[Any]
    raw: Any  # uint8 (H, W), None when nothing is on it

    @classmethod
    def of(cls, objects: list[Any], size: tuple[int, int]) -> "State":
        return cls(objects, shapes.picture(objects, size) if objects else None)

    def then(self, objects: list[Any], size: tuple[int, int]) -> "State":
        """The next moment: mostly one stroke more, and only that is painted."""
        known = len(self.objects)
        if self.raw is None or objects[:known] != self.objects or len(objects) > shapes.MOST:
            return State.of(objects, size)
        return State(objects, shapes.painted(self.raw, objects[known:]))


@dataclass(frozen=True, eq=False)
class Left:
    """What a tab has on its full canvas: it outlives the session, which ends with a reload."""

    objects: list[Any]
    width: int
    photo: Any

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return 1_000 + 3_000 * len(self.objects) + (3 * self.width * TALL if self.photo else 0)


_left = Shelf(64 << 20)  # tab -> Left: some hundred tabs


@dataclass
class Kept:
    """The states of a visitor's full canvas; it survives other pages, and undo needs no browser."""

    past: list[State]
    future: list[State]
    width: int = 0  # not known yet
    generation: int = 0  # a new one mounts a fresh canvas with the last state on it
    start: dict[str, Any] | None = None
    photo: Any = None  # what lies behind the ink
    photo_of: str | None = None  # the upload it came from
    tab: str = ""  # the browser's tab, once it is known

    @property
    def now(self) -> State:
        return self.past[-1] if self.past else State([], None)

    def recall(self, token: str) -> None:
        """The tab is known: what it had before a reload comes back, unless something new was drawn."""
        if token == self.tab:
            return
        self.tab, left = token, _left.get(token)
        if left is None or self.past or self.photo or not (left.objects or left.photo):
            return
        width, self.width = self.width or left.width, left.width
        self.photo = left.photo
        self.past = [State.of(left.objects, (left.width, TALL))] if left.objects else []
        self.generation += 1
        self.fit(width)

    def leave(self) -> None:
        """Notes what is on the canvas for a reload."""
        if self.tab:
            left = Left(self.now.objects, self.width, self.photo)
            _left.put(self.tab, left, left.size)

    def fit(self, width: int) -> None:
        """A canvas of another width: what would no longer fit on it shrinks."""
        if width == self.width:
            return
        if not self.width:
            self.width = width
            return
        states = [*self.past, *self.future]
        reach = max((shapes.right_edge(each) for state in states for each in state.objects), default=1)
        ratio = min(1.0, width / (self.width if self.photo else reach))
        size = (width, TALL)
        self.past, self.future = (
            [State.of(_shrunk(each.objects, ratio), size) for each in side] for side in (self.past, self.future)
        )
        if self.photo:
            photo, self.photo = self.photo, Image.new("RGB", (width, TALL), "white")
            self.photo.paste(photo.resize((round(photo.width * ratio), round(TALL * ratio))))
        self.width, self.generation = width, self.generation + 1


def full() -> Any:
    """The drawable canvas with its tools; the picture on it, None while there is none."""
    from streamlit_drawable_canvas import st_canvas

    kept: Kept = st.session_state.setdefault("full", Kept([], []))
    kept.recall(tab("full-tab", kept.tab))
    kept.fit(room("full-room", kept.width, WIDE))
    if not kept.width:
        return None  # in a moment the browser tells
    bar = st.container()  # filled last: only then is it known what can be undone
    tool, width = str(st.session_state.get("tool") or "freedraw"), int(st.session_state.get("full-width", WIDTH))
    key = f"canvas-{kept.generation}"
    if key not in st.session_state:
        kept.start = {"objects": kept.now.objects} if kept.now.objects else None
    eraser = tool == "eraser"
    result = st_canvas(
        stroke_width=width * (2 if eraser else 1),
        stroke_color=PAPER if eraser else INK,
        fill_color="rgba(0, 0, 0, 0)",
        background_color="" if kept.photo is not None else PAPER,
        background_image=kept.photo,
        drawing_mode="freedraw" if eraser else tool,
        initial_drawing=kept.start,
        width=kept.width,
        height=TALL,
        key=key,
    )
    objects = (result.json_data or {}).get("objects")
    if isinstance(objects, list) and objects != kept.now.objects:
        try:
            kept.past = [*kept.past[-MOST:], kept.now.then(objects, (kept.width, TALL))]
            kept.future = []
        except LabError as error:  # only a tampered message gets here
            st.warning(str(error))
    with bar:
        _tools(kept)
    kept.leave()
    return _together(kept.photo, kept.now.raw)


def _tools(kept: Kept) -> None:
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
            ("Undo", "undo", _undo, kept.past),
            ("Redo", "redo", _redo, kept.future),
            ("Clear", "close", _clear, kept.past),
        )
        for name, icon, act, needed in moves:
            off = not needed or (name == "Clear" and not kept.now.objects)
            st.button(name, icon=f":material/{icon}:", on_click=act, key=f"full-{name}", disabled=off)
        with st.popover("Photo", icon=":material/add_photo_alternate:"):
            file = st.file_uploader("A photo to write on", key="full-photo")
            if file is None and kept.photo is not None and kept.photo_of is None:  # it came back after a reload
                st.button("Take the photo away", icon=":material/hide_image:", on_click=_bare, args=(kept,))
            _lay_behind(kept, file)
    st.space("small")  # the canvas's own tools appear above its corner


def _lay_behind(kept: Kept, file: Any) -> None:
    """Puts a photo behind the canvas, or takes it away; what was drawn stays."""
    name = file.file_id if file is not None else None
    if name == kept.photo_of:
        return
    kept.photo_of, kept.photo = name, None
    kept.generation += 1
    if file is None:
        return
    try:
        picture = Image.fromarray(photo.load(file.getvalue(), file.name))
    except LabError as error:
        st.error(str(error), icon=":material/broken_image:")
        return
    sheet = Image.new("RGB", (kept.width, TALL), "white")
    picture.thumbnail(sheet.size)
    sheet.paste(picture.convert("RGB"), ((sheet.width - picture.width) // 2, (sheet.height - picture.height) // 2))
    kept.photo = sheet


def _bare(kept: Kept) -> None:
    kept.photo, kept.generation = None, kept.generation + 1


def _together(photo_behind: Any, raw: Any) -> Any:
    """The drawing over its photo."""
    if photo_behind is None:
        return raw
    behind = np.asarray(photo_behind.convert("L"))
    return behind if raw is None else np.minimum(behind, raw)


def _shrunk(objects: list[Any], ratio: float) -> list[Any]:
    """Lines and shapes of the canvas at another size."""
    changed = ("left", "top", "scaleX", "scaleY")
    return [each | {name: each[name] * ratio for name in changed} for each in objects]


def _undo() -> None:
    kept: Kept = st.session_state["full"]
    if kept.past:
        kept.future.append(kept.past.pop())
        kept.generation += 1


def _redo() -> None:
    kept: Kept = st.session_state["full"]
    if kept.future:
        kept.past.append(kept.future.pop())
        kept.generation += 1


def _clear() -> None:
    kept: Kept = st.session_state["full"]
    kept.past, kept.future = [*kept.past, State([], None)], []
    kept.generation += 1
