"""One class of your own pictures: the newest of them, its name, and what can be deleted."""

from typing import Any

import numpy as np
import streamlit as st

from core.data import folder, own
from ui import services
from ui.components.contact_sheet import contact_sheet
from ui.parts.transfer_change import delete, rename
from ui.parts.words import plain

SHOWN, THUMB, COLUMNS = 48, 56, 12


def album(name: str, number: int, label: str, count: int) -> None:
    """One class: its newest pictures; a click on one offers to delete it."""
    with st.container(border=True, key=f"own-album-{number}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                st.markdown(f"**{plain(label)}** :gray[{count:,} picture{'s' * (count != 1)}]")
            with st.popover("More", icon=":material/more_horiz:", key=f"own-more-{number}"):
                st.text_input("Another name", label, key=f"own-rename-{label}", on_change=rename, args=(name, label))
                sure = st.checkbox(f"Delete all {count:,} pictures", key=f"own-sure-{label}")
                st.button("Delete the class", key=f"own-gone-{label}", disabled=not sure, on_click=delete,
                          args=(name, label))  # fmt: skip
        shown = own.pictures(name, label)[:SHOWN]
        if not shown:
            st.caption("No pictures yet.")
            return
        images, paths = _thumbs(shown)
        key, picked = f"own-sheet-{number}", st.session_state.get(f"own-picked-{label}")
        st.session_state[f"{key}-files"] = paths
        place = paths.index(picked) if picked in paths else None
        alt = f"{len(images)} of {count} pictures of {label}"
        contact_sheet(key, images, COLUMNS, alt, place, lambda: _pick(key, label))
        if place is not None:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.image(str(own.place(name) / label / picked), width=160)
                st.button("Delete this picture", icon=":material/delete:", key=f"own-del-{number}", on_click=delete,
                          args=(name, label, picked))  # fmt: skip
        if count > len(shown):
            st.caption(f"The newest {len(shown)} are shown.")


def _thumbs(paths: list[Any]) -> tuple[Any, list[str]]:
    made, names = [], []
    for path in paths:
        try:
            key = ("own-thumb", str(path), path.stat().st_mtime)
            made.append(services.once(key, lambda path=path: _thumbnail(path)))
            names.append(path.name)
        except OSError:  # somebody else has deleted it meanwhile
            continue
    return np.stack(made) if made else np.zeros((0, THUMB, THUMB, 3), np.uint8), names


def _thumbnail(path: Any) -> Any:
    square = folder.picture(path, THUMB)
    return square if square.ndim == 3 else np.repeat(square[:, :, None], 3, 2)


def _pick(key: str, label: str) -> None:
    place, files = st.session_state[key].get("picked"), st.session_state.get(f"{key}-files", [])
    if isinstance(place, int) and 0 <= place < len(files):
        st.session_state[f"own-picked-{label}"] = files[place]
