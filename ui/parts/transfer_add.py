"""Ways of adding your own pictures: files, a zip, a folder of this machine, the camera."""

import io
from typing import Any

import streamlit as st

from core.data import own_pictures
from core.data.unpacking import Folder, in_zip
from ui.parts import links, photos
from ui.parts.transfer_added import keep
from ui.parts.transfer_entry import entry
from ui.parts.transfer_open import INTO, chose, open_class

LARGEST = 1000  # MB in one file: several thousand pictures in a zip
FILES, CAMERA, FOLDER, DRAWINGS = WAYS = ("Files or a zip", "Camera", "A folder on this machine", "Drawings")


def add(name: str, counts: dict[str, int]) -> None:
    """The four ways in."""
    way = st.segmented_control(
        "Add pictures", WAYS, default=FILES, key="own-way", required=True, persist_state="session"
    )
    if way == DRAWINGS:
        st.caption("Drawings are taught on the pad: draw five of each, press Teach, and they are read at once.")
        links.teach()
    elif way == FOLDER:
        _folder(name)
    else:
        open_class(list(counts))
        label = st.pills("Which class?", list(counts), key=INTO, required=True, on_change=chose) if counts else None
        (_camera if way == CAMERA else _files)(name, label)


def _camera(name: str, label: str | None) -> None:
    """One picture after the other; one that was taken for no class waits until there is one."""
    number = st.session_state.get("own-shots", 0)
    said = f"A picture of {label}" if label else "A picture"
    shot = st.camera_input(said, key=f"own-camera-{number}", width=photos.CAMERA)
    if label is None:
        st.caption("Every picture goes to a class: choose it first.")
    elif shot is not None:
        st.session_state["own-shots"] = number + 1
        keep(name, lambda: own_pictures.add(name, label, [("the camera's picture", shot.getvalue())]))
        st.rerun()


def _files(name: str, label: str | None) -> None:
    """Pictures for one class, or zips whose folders are the classes."""
    number = st.session_state.get("own-files", 0)
    files = st.file_uploader(
        "Pictures of this class, or a zip with a folder for each class",
        accept_multiple_files=True,
        key=f"own-upload-{number}",
        max_upload_size=LARGEST,
        help="A zip's folders name the classes; files in no folder go to the chosen one.",
    )
    if not files:
        return
    waits = label is None and not all(map(_is_zip, files))
    if waits:
        st.caption("These files go to a class: choose it first.")
    word = f"Add {len(files)} file{'s' * (len(files) != 1)}"
    # asked although it cannot be pressed: the class may be gone since it was
    if st.button(word, type="primary", icon=":material/add:", disabled=waits) and not waits:
        if keep(name, lambda: _all(name, label, files)):
            st.session_state["own-files"] = number + 1
        st.rerun()


def _is_zip(file: Any) -> bool:
    return bool(file.name.lower().endswith(".zip"))


def _all(name: str, label: str | None, files: list[Any]) -> own_pictures.Added:
    """Everything that was uploaded: zips by their folders, pictures into the chosen class."""
    done = own_pictures.Added()
    bar = st.progress(0.0, "Reading …")
    for file in files:
        if _is_zip(file):
            done += own_pictures.take_in(name, in_zip(io.BytesIO(file.getvalue()), file.name), label, _telling(bar))
        elif label is not None:
            done += own_pictures.add(name, label, [(file.name, file.getvalue())])
    return done


def _telling(bar: Any) -> Any:
    return lambda what, share: bar.progress(min(max(share, 0.0), 1.0), what)


def _folder(name: str) -> None:
    """A folder of this machine with a folder for each class."""
    sent = entry(
        "Its path", "own-path", "Take it in", ":material/drive_folder_upload:", placeholder="/home/me/pictures/leaves",
        help="A folder for each class.",
    )  # fmt: skip
    if sent:
        bar, path = st.progress(0.0, "Reading …"), st.session_state.get("own-path", "")
        keep(name, lambda: own_pictures.take_in(name, Folder(path), None, _telling(bar)))
        st.rerun()  # without the bar, and with what became of it
