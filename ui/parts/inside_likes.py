"""What a filter likes: its strongest patches in the test set, and a picture made to excite it."""

from typing import Any

import numpy as np
import streamlit as st
from torch import nn

from core.look.damage import affordable
from core.look.liked import made, patches, strongest
from core.look.opened import Opened
from ui import services
from ui.components.map_wall import clicked, map_wall, pictures
from ui.parts.code import show_code
from ui.parts.inside_subject import Subject
from ui.parts.inside_tests import NONE, tests
from ui.parts.mistakes_pictures import Pictures
from ui.parts.signs import sign

OVERVIEW = 128  # filters whose favourite is shown at once


@st.fragment
def likes(subject: Subject) -> None:
    """A layer's favourites at a glance; the chosen filter's nine, and the picture made for it."""
    opened = subject.opened
    data = tests(opened)
    if data is None:
        st.info(f"{NONE}, so there are none to search.")
        return
    paths = [row.name for row in opened.rows if isinstance(opened.layer(row.name), nn.Conv2d | nn.Linear)]
    path = st.selectbox(
        "Layer", paths, format_func=lambda each: opened.words[each], key="inside-likes-layer", width=420
    )
    many = affordable(opened, len(data.x))
    with st.spinner(f"Searching {many:,} test pictures …"):
        found = services.once(("likes", subject.key, path, data.key), lambda: strongest(opened, data.x[:many], path))
    count = len(found.value)
    chosen = clicked(st.session_state.get("inside-favourites"))
    channel = min(chosen[1], count - 1) if chosen else 0
    first = max(0, min(channel // OVERVIEW * OVERVIEW, count - 1))
    if count > OVERVIEW:
        starts = list(range(0, count, OVERVIEW))
        first = st.select_slider(
            "Filters",
            starts,
            format_func=lambda at: f"{at + 1}–{min(at + OVERVIEW, count)}",
            key="inside-likes-at",
            width=420,
        )
        channel = channel if first <= channel < first + OVERVIEW else first
    with st.spinner("Making a picture …"):
        image = services.once(("made", subject.key, path, channel), lambda: made(opened, path, channel))
    names = [sign(opened.classes[channel])] if count == len(opened.classes) and path == paths[-1] else []
    name = f"Filter {channel + 1}" if not names else f"Answer {names[0]}"
    left, right = st.columns([3, 1], gap="medium")
    with left:
        st.subheader(f"{name}: its nine strongest patches")
        cuts = patches(opened, data.x, path, found, channel)
        words = [
            f"{sign(opened.classes[int(data.truth[int(n)])])} {float(v):+.2f}".replace("-", "−")
            for n, v in zip(found.picture[channel], found.value[channel], strict=True)
        ]
        side = max(max(cut.shape[1:]) for cut in cuts)
        row = pictures(
            "best", "", np.stack([_padded(cut, side) for cut in cuts]), labels=tuple(words), tile=84, panel="patch"
        )
        map_wall([row], key="inside-best", pick="nothing")
        st.caption(
            f"Out of {many:,} test pictures, each at most once. A patch is all that this number can see;"
            " beyond the picture's edge it is black."
        )
    with right:
        st.subheader("Made for it")
        map_wall(
            [pictures("made", "", _bytes(image)[None], tile=180, panel="made, map")], key="inside-made", pick="nothing"
        )
        st.caption("Grey noise, changed step by step until the middle of its map is as strong as it can be.")
    st.subheader("Every filter's favourite")
    overview(opened, data, path, found, first, channel)
    show_code(strongest, made)


def overview(opened: Opened, data: Pictures, path: str, found: Any, first: int, channel: int) -> None:
    """The strongest patch of every filter; a click chooses one."""
    last = min(first + OVERVIEW, len(found.value))
    cuts = [_square(patches(opened, data.x, path, _best(found, at), 0)[0]) for at in range(first, last)]
    sides = max(cut.shape[-1] for cut in cuts)
    images = np.stack([_padded(cut, sides) for cut in cuts])
    row = pictures("favourites", "", images, panel="filter", first=first, tile=60 if last - first <= 64 else 44)
    map_wall([row], key="inside-favourites", chosen=("favourites", channel, 0, 0), pick="panel")


def _best(found: Any, at: int) -> Any:
    return type(found)(*(each[at : at + 1, :1] for each in (found.picture, found.row, found.column, found.value)))


def _square(cut: Any) -> Any:
    array = np.asarray(cut)
    return _padded(array, max(array.shape[1:]))


def _padded(array: Any, side: int) -> Any:
    spare = [(0, 0)] + [((side - size) // 2, side - size - (side - size) // 2) for size in array.shape[1:]]
    return np.pad(array, spare)


def _bytes(image: Any) -> Any:
    return (image.clamp(0, 1) * 255).round().byte()
