"""All layers at a glance, and the arithmetic of the number that was clicked."""

from collections.abc import Callable, Sequence

import streamlit as st
from torch import nn

from core.look.arithmetic import explain, softmax
from core.look.calculation import Arithmetic
from core.look.liked import resized
from core.look.maps import PANELS, View, blocks, record
from core.look.opened import Opened
from ui.components.arithmetic import arithmetic
from ui.components.map_wall import Row, clicked, map_wall, numbers, pictures
from ui.parts.code import show_code
from ui.parts.inside_picture import Picture
from ui.parts.inside_subject import Subject
from ui.parts.signs import sign

FEW = 64  # panels of each layer shown at once, where a block has more than a page can hold
SOFTMAX = "softmax"
Click = tuple[str, int, int, int]  # a view's name, channel, row, column
AFTER = ("batch norm", "activation", "passed on")  # what is told in the same breath as the layer before it


@st.fragment
def layers(subject: Subject, picture: Picture) -> None:
    """The wall of maps on the left, the arithmetic on the right; a click changes only this part of the page."""
    opened = subject.opened
    parts = blocks(opened)
    block = parts[0]
    if len(parts) > 1:
        block = st.selectbox(
            f"Block ({sum(part.panels for part in parts):,} maps are too many for one look)",
            parts, format_func=lambda part: f"{part.title} · {part.panels:,} maps", key="inside-block", width=420,
        )  # fmt: skip
    views = record(opened, picture.pixels, block.paths)
    crowded = sum(view.panels for view in views if view.seen) > PANELS
    first = _first(views) if crowded else None
    left, right = st.columns([11, 9], gap="medium")
    rows = wall_rows(opened, picture, views, first, block is parts[-1])
    chosen = _checked(_newest(), views, opened)
    with left:
        st.caption("Hover for the numbers, click one for its arithmetic. Keyboard: arrows, Page Up and Down, Enter.")
        map_wall(rows, key="inside-wall", chosen=chosen)
    with right, st.container(key="inside-sheet"):
        sheet(opened, picture, views, chosen)
        _zoom(views, chosen)
    show_code(explain, record)


def _newest() -> Click | None:
    """The last click, on the wall or on the map shown large."""
    told = st.session_state.setdefault("inside-clicks", {})
    for key in ("inside-wall", "inside-zoom"):
        click = clicked(st.session_state.get(key))
        if click is not None and click != told.get(key):
            told[key] = told["last"] = click
    return told.get("last")


def _zoom(views: Sequence[View], chosen: Click | None) -> None:
    """The chosen map, large, with its signs."""
    view = next((each for each in views if chosen and each.name == chosen[0]), None)
    if view is None or chosen is None or view.maps.shape[1] * view.maps.shape[2] == 1:
        return
    one = view.maps[chosen[1]][None]
    row = numbers(view.name, f"map {chosen[1] + 1} large", one, first=chosen[1], tile=440, signs=True)
    map_wall([row], key="inside-zoom", chosen=chosen)


def _first(views: Sequence[View]) -> int:
    """Where to start in layers with more maps than a page can hold."""
    most = max((view.panels for view in views if view.seen), default=0)
    if most <= FEW:
        return 0
    starts = list(range(0, most, FEW))
    return int(
        st.select_slider(
            "Channels",
            starts,
            format_func=lambda at: f"{at + 1}–{min(at + FEW, most)}",
            key="inside-channels",
            width=420,
        )
    )


def wall_rows(opened: Opened, picture: Picture, views: Sequence[View], first: int | None, last: bool) -> list[Row]:
    """A row for the picture, one for every layer that changes numbers, and one for the probabilities."""
    rows = [pictures("picture", "the picture", picture.pixels[None], tile=96, panel="the picture, map")]
    for view in views:
        if not view.seen:
            continue
        maps = view.maps
        start = 0 if first is None or view.panels <= FEW else min(first, view.panels - 1)
        part = maps if first is None or view.panels <= FEW else maps[start : start + FEW]
        flat = maps.shape[1] * maps.shape[2] == 1
        shown = "" if len(part) == view.panels else f", {start + 1} to {start + len(part)} are shown"
        note = (
            f"{view.panels} numbers{shown}" if flat else f"{view.panels} maps of {maps.shape[1]}×{maps.shape[2]}{shown}"
        )
        logits = last and view is views[-1] and view.panels == len(opened.classes)
        labels = tuple(map(sign, opened.classes)) if logits else ()
        rows.append(
            numbers(
                view.name, view.title, part, note=note, first=start, labels=labels,
                panel="unit" if flat else "map", signs=flat and view.panels <= 34,
            )
        )  # fmt: skip
    if last:
        shares = opened.probabilities(picture.pixels)[0]
        rows.append(
            numbers(
                SOFTMAX, "softmax", shares.view(-1, 1, 1), note="the probabilities", bars=True,
                labels=tuple(map(sign, opened.classes)),
            )
        )  # fmt: skip
    return rows


def _checked(click: Click | None, views: Sequence[View], opened: Opened) -> Click | None:
    """The last click if this network has such a place, else the strongest number of the first convolution."""
    if click:
        name, *place = click
        if name == SOFTMAX and place[0] < len(opened.classes):
            return name, place[0], 0, 0
        view = next((view for view in views if view.name == name), None)
        if view and all(at < size for at, size in zip(place, view.maps.shape, strict=True)):
            return click
    seen = [view for view in views if view.seen]
    start = next((view for view in seen if isinstance(view.layer, nn.Conv2d)), seen[0] if seen else None)
    if start is None:
        return None
    best = int(start.maps.abs().argmax())
    _, height, width = start.maps.shape
    return start.name, best // (height * width), best // width % height, best % width


def sheet(opened: Opened, picture: Picture, views: list[View], chosen: Click | None) -> None:
    """The arithmetic of the chosen number."""
    if chosen is None:
        return
    name, channel, row, column = chosen
    if name == SOFTMAX:
        shown = softmax(views[-1].after, channel)
        logits = ", ".join(
            f"{sign(each)} {value:+.2f}" for each, value in zip(opened.classes, views[-1].after, strict=True)
        )
        st.html(_softmax(sign(opened.classes[channel]), shown, logits.replace("-", "−")))
        return
    index = next(i for i, view in enumerate(views) if view.name == name)
    view = views[index]
    arithmetic(
        view,
        (channel, row, column),
        explain(view, channel, row, column),
        picture=picture.pixels,
        box=field(opened, views, index, row, column),
        then=_then(views, index, channel, row, column),
        named=_named(views, index),
        panel="unit" if view.maps.shape[1] * view.maps.shape[2] == 1 else "map",
        click=_newest(),
        key="inside-arithmetic",
    )


def field(opened: Opened, views: Sequence[View], index: int, row: int, column: int) -> tuple[int, int, int, int]:
    """What a number sees of the picture: top, left, bottom, right, in pixels of the picture."""
    fields = {each.name: each.field for each in opened.rows}
    known = next((view for view in reversed(views[: index + 1]) if not view.call and view.path in fields), None)
    if known is None:
        return 0, 0, opened.shape[1], opened.shape[2]
    top, left, bottom, right = fields[known.path].box(row, column)
    down, across = resized(opened)
    return round(top * down), round(left * across), round(bottom * down), round(right * across)


def _then(views: Sequence[View], index: int, channel: int, row: int, column: int) -> list[tuple[str, str]]:
    """What the layers right behind do to the same number."""
    found: list[tuple[str, str]] = []
    for view in views[index + 1 : index + 4]:
        if view.maps.shape != views[index].maps.shape or not view.before:
            break
        shown = explain(view, channel, row, column)
        if shown.kind not in AFTER:
            break
        if view.seen:
            found.append((view.title.partition(" · ")[2] or view.title, shown.said))
    return found


def _named(views: Sequence[View], index: int) -> Callable[[int], str]:
    """What the inputs of a linear layer are called: places of the maps that were flattened."""
    size = views[index].before[0].numel() if views[index].before else 0
    for view in reversed(views[:index]):
        if view.after.dim() == 1 and isinstance(view.layer, nn.Linear):
            return lambda i: f"unit {i + 1}"
        if view.after.dim() == 3 and view.after.numel() == size:
            _, height, width = view.after.shape
            return lambda i: f"map {i // (height * width) + 1}, row {i // width % height + 1}, column {i % width + 1}"
    return lambda i: f"input {i + 1}"


def _softmax(name: str, shown: Arithmetic, logits: str) -> str:
    return (
        f'<div class="ink-softmax" data-testid="softmax"><b>softmax, class {name}</b><br>'
        "Each logit becomes exp(logit), so all are positive; divided by their sum they add up to 1.<br>"
        f"{logits}<br><b>{shown.said}</b></div>"
    )
