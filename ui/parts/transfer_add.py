"""Ways of adding your own pictures: files, a zip, a folder of this machine, the camera."""

import io
from typing import Any

import streamlit as st

from core.data import own_pictures
from core.data.unpacking import Folder, in_zip
from ui.parts import links
from ui.parts.transfer_added import keep

LARGEST = 1000  # MB in one file: several thousand pictures in a zip


def add(name: str, counts: dict[str, int]) -> None:
    """The four ways in."""
    ways = ("Files or a zip", "Camera", "A folder on this machine", "Drawings")
    way = st.segmented_control(
        "Add pictures", ways, default=ways[0], key="own-way", required=True, persist_state="session"
    )
    if way == "Drawings":
        st.caption("Drawings are taught on the pad: draw five of each, press Teach, and they are read at once.")
        links.teach()
        return
    if way == "A folder on this machine":
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "Its path", key="own-path", placeholder="/home/me/pictures/leaves", help="A folder for each class."
            )
            st.button("Take it in", on_click=_folder, args=(name,), icon=":material/drive_folder_upload:")
        return
    label = st.pills("Which class?", list(counts), key="own-label", default=next(iter(counts), None))
    if way == "Camera":
        if label:
            number = st.session_state.get("own-shots", 0)
            shot = st.camera_input(f"A picture of {label}", key=f"own-camera-{number}")
            if shot is not None:
                st.session_state["own-shots"] = number + 1
                keep(name, lambda: own_pictures.add(name, label, [("the camera's picture", shot.getvalue())]))
                st.rerun()
        return
    number = st.session_state.get("own-files", 0)
    files = st.file_uploader(
        "Pictures of this class, or a zip with a folder for each class",
        accept_multiple_files=True,
        key=f"own-upload-{number}",
        max_upload_size=LARGEST,
        help="A zip's folders name the classes; files in no folder go to the chosen one.",
    )
    if files and st.button(f"Add {len(files)} file{'s' * (len(files) != 1)}", type="primary", icon=":material/add:"):
        st.session_state["own-files"] = number + 1
        keep(name, lambda: _all(name, label, files))
        st.rerun()


def _all(name: str, label: str | None, files: list[Any]) -> own_pictures.Added:
    """Everything that was uploaded: zips by their folders, pictures into the chosen class."""
    done = own_pictures.Added()
    bar = st.progress(0.0, "Reading …")
    for file in files:
        if file.name.lower().endswith(".zip"):
            done += own_pictures.take_in(name, in_zip(io.BytesIO(file.getvalue()), file.name), label, _telling(bar))
        elif label is None:
            done += own_pictures.Added(
                faults=(own_pictures.Fault(file.name, f"{file.name}: choose a class for it first."),)
            )
        else:
            done += own_pictures.add(name, label, [(file.name, file.getvalue())])
    return done


def _telling(bar: Any) -> Any:
    return lambda what, share: bar.progress(min(max(share, 0.0), 1.0), what)


def _folder(name: str) -> None:
    bar = st.progress(0.0, "Reading …")
    keep(name, lambda: own_pictures.take_in(name, Folder(st.session_state.get("own-path", "")), None, _telling(bar)))
