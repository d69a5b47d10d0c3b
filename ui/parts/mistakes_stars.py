"""The stars on the map: what is on the Draw pad, and the visitor's own kept drawings."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.data import drawn
from core.errors import LabError
from core.look.judged import Judged, judged
from core.look.opened import Opened
from core.look.seen import learned_ink, seen
from core.runs.drawings import Pool
from ui import services, state
from ui.parts.pictures import png
from ui.parts.signs import both, sign

MY_OWN = 30  # kept drawings of one visitor on the map


def stars(opened: Opened, found: Judged, place: Callable[[Any], Any]) -> list[dict[str, Any]]:
    """What is on the Draw pad, and the visitor's own kept drawings, as stars; `place` lays features on the map."""
    mine = drawings(opened)
    if not mine:
        return []
    import torch

    pixels = torch.stack([each for _, each in mine])
    looked = judged(opened, pixels, torch.zeros(len(mine), dtype=torch.int64))
    places = place(looked.features)
    return [
        {
            "x": float(x),
            "y": float(y),
            "image": png(one),
            "text": f"{title}, read as {sign(opened.classes[int(looked.answers[i])])}, "
            f"{float(looked.probabilities[i].max()):.0%}",
        }
        for i, ((title, one), (x, y)) in enumerate(zip(mine, places.tolist(), strict=True))
    ]


def drawings(opened: Opened) -> list[tuple[str, Any]]:
    """The visitor's drawings as this network wants them: the pad's first, then those kept under the nickname."""
    found: list[tuple[str, Any]] = []
    pad = pad_picture(opened)
    if pad is not None:
        found.append(("your drawing", pad))
    name = state.visitor()
    if name and learned_ink(opened):
        import torch

        for each in Pool(services.store()).drawings(owner=name, count=MY_OWN):
            found.append((f"{both(each.label)} by {name}", torch.from_numpy(each.image[None].copy())))
    return found


def pad_picture(opened: Opened) -> Any:
    """What is on the Draw pad, as this network wants it; None while it is empty."""
    kept = st.session_state.get("drawing") or {}
    try:
        strokes = drawn.unpack(kept.get("ink") or "")
        return seen(opened, drawn.picture(strokes))[0] if strokes else None
    except LabError:  # nothing on it that could be read, or a tampered message
        return None
