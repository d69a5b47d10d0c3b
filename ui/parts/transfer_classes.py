"""Your own pictures: classes from files, a zip, a folder or the camera; seen, mended, counted, and trained on."""

import io
from typing import Any

import numpy as np
import streamlit as st

from core.data import folder, own, own_set, registry
from core.data.unpacking import Folder, in_zip
from core.errors import LabError
from core.runs.owners import guarded, teacher_only
from ui import services
from ui.components.contact_sheet import contact_sheet
from ui.parts import links, pictures
from ui.parts.words import plain

SET = "own-set"  # session_state: the dataset that is open
SHOWN, THUMB, COLUMNS = 48, 56, 12
LARGEST = 1000  # MB in one file: several thousand pictures in a zip
QUICK = 600  # so many pictures are checked without being asked
FAULTS = 60
NEW = "A new dataset …"


def classes() -> None:
    """The whole view."""
    if said := st.session_state.pop("own-said", None):
        st.error(said, icon=":material/error:")
    name = chosen()
    if name is None:
        st.caption(
            "A dataset of your own: photos of leaves, hands, cups. Name it, name its classes, add pictures; networks "
            "on the other pages can then learn it. Everything stays on this machine."
        )
        return
    counts = own.classes(name)
    added(name)
    with st.container(border=True):
        add(name, counts)
    if not counts:
        st.info("No classes yet. Name one above, or take in a zip with a folder for each class.")
        return
    for number, (label, count) in enumerate(counts.items()):
        album(name, number, label, count)
    check(name, counts)
    rare(name)


def chosen() -> str | None:
    """Which dataset is open; None while a new one is being named."""
    known = own.names()
    options = [*known, NEW]
    if st.session_state.get(SET) not in options:
        linked = st.query_params.get("set")
        st.session_state[SET] = linked if linked in known else options[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Dataset", options, key=SET, persist_state="session")
        if name == NEW:
            st.text_input("Its name", key="own-new", max_chars=100, placeholder="leaves", on_change=_make)
            st.button("Make it", icon=":material/add:", on_click=_make)
            return None
        st.text_input("New class", key="own-class", max_chars=100, placeholder="oak, beech, maple", on_change=_name)
        st.button("Add", icon=":material/add:", on_click=_name, key="own-add")
    st.query_params["set"] = name
    return str(name)


def _make() -> None:
    text = str(st.session_state.get("own-new", ""))
    if not text.strip():
        return
    try:
        st.session_state[SET] = registry.make_own(text)
        st.session_state["own-new"] = ""
        services.forget_datasets()
    except LabError as error:
        st.session_state["own-said"] = str(error)


def _name() -> None:
    for each in str(st.session_state.get("own-class", "")).split(","):
        if each.strip():
            try:
                own.add_class(st.session_state[SET], each)
            except LabError as error:
                st.session_state["own-said"] = str(error)
    st.session_state["own-class"] = ""


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
                _keep(name, lambda: own.add(name, label, [("the camera's picture", shot.getvalue())]))
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
        _keep(name, lambda: _all(name, label, files))
        st.rerun()


def _all(name: str, label: str | None, files: list[Any]) -> own.Added:
    """Everything that was uploaded: zips by their folders, pictures into the chosen class."""
    done = own.Added()
    bar = st.progress(0.0, "Reading …")
    for file in files:
        if file.name.lower().endswith(".zip"):
            done += own_set.take_in(name, in_zip(io.BytesIO(file.getvalue()), file.name), label, _telling(bar))
        elif label is None:
            done += own.Added(faults=(own.Fault(file.name, f"{file.name}: choose a class for it first."),))
        else:
            done += own.add(name, label, [(file.name, file.getvalue())])
    return done


def _telling(bar: Any) -> Any:
    return lambda what, share: bar.progress(min(max(share, 0.0), 1.0), what)


def _folder(name: str) -> None:
    bar = st.progress(0.0, "Reading …")
    _keep(name, lambda: own_set.take_in(name, Folder(st.session_state.get("own-path", "")), None, _telling(bar)))


def _keep(name: str, act: Any) -> None:
    try:
        st.session_state["own-added"] = (name, act())
        services.forget_datasets()
    except LabError as error:
        st.session_state["own-said"] = str(error)


def added(name: str) -> None:
    """What became of the last files: how many are new, and a sentence and a thumbnail for each that is not."""
    where, done = st.session_state.get("own-added", (None, None))
    if where != name or done is None:
        return
    parts = [f"**{done.new:,}** new"]
    parts += [f"{done.known:,} there already"] if done.known else []
    parts += [f"**{len(done.faults):,}** left out"] if done.faults else []
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                st.markdown(f":material/inventory_2: {', '.join(parts)}.")
            st.button("Close", key="own-close", on_click=lambda: st.session_state.pop("own-added", None))
        if done.faults:
            st.html(_faults(done.faults[:FAULTS]))
            if len(done.faults) > FAULTS:
                st.caption(f"… and {len(done.faults) - FAULTS:,} more.")


def _faults(faults: Any) -> str:
    from html import escape

    rows = "".join(
        f"<li>{_thumb(each.thumbnail)}<span><b>{escape(each.name[-60:])}</b><i>{escape(each.why)}</i></span></li>"
        for each in faults
    )
    return f'<ul class="ink-faults">{rows}</ul>{STYLE}'


def _thumb(pixels: Any) -> str:
    if pixels is None:
        return '<em aria-hidden="true">?</em>'
    return f'<img src="{pictures.png(np.moveaxis(pixels, -1, 0))}" alt="">'


STYLE = """<style>
.ink-faults { list-style: none; margin: 0 !important; padding: 0 !important;
  display: grid; gap: 0.5rem; max-height: 22rem; overflow: auto; }
.ink-faults li { margin: 0 !important;
  display: grid; grid-template-columns: 3rem 1fr; gap: 0.7rem; align-items: center; font-size: 0.88rem; }
.ink-faults img, .ink-faults em { width: 3rem; height: 3rem; object-fit: cover; border-radius: 0.35rem; display: grid;
  place-items: center; background: rgba(128, 128, 128, 0.18); font: 600 1.3rem/1 Georgia, serif; }
.ink-faults span { display: grid; min-width: 0; overflow-wrap: anywhere; }
.ink-faults i { font-style: normal; opacity: 0.75; }
</style>"""


def album(name: str, number: int, label: str, count: int) -> None:
    """One class: its newest pictures; a click on one offers to delete it."""
    with st.container(border=True, key=f"own-album-{number}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                st.markdown(f"**{plain(label)}** :gray[{count:,} picture{'s' * (count != 1)}]")
            with st.popover("More", icon=":material/more_horiz:", key=f"own-more-{number}"):
                st.text_input("Another name", label, key=f"own-rename-{label}", on_change=_rename, args=(name, label))
                sure = st.checkbox(f"Delete all {count:,} pictures", key=f"own-sure-{label}")
                st.button("Delete the class", key=f"own-gone-{label}", disabled=not sure, on_click=_delete,
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
                st.button("Delete this picture", icon=":material/delete:", key=f"own-del-{number}", on_click=_delete,
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


def _rename(name: str, label: str) -> None:
    _quietly(lambda: own.rename(name, label, st.session_state[f"own-rename-{label}"]))


def _delete(name: str, label: str | None = None, file: str | None = None) -> None:
    def act() -> None:
        if file is None:
            teacher_only("Deleting a whole class or dataset", st.session_state.get("own-code", ""))
        own.remove(name, label, file) if label is not None else own.delete(name)

    _quietly(act)


def _quietly(act: Any) -> None:
    try:
        act()
        services.forget_datasets()
    except LabError as error:
        st.session_state["own-said"] = str(error)


def check(name: str, counts: dict[str, int]) -> None:
    """Balance, copies, and what is kept for testing; then the way to a training."""
    total = sum(counts.values())
    st.subheader("Ready to learn from?", anchor=False)
    if total > QUICK and not st.button(f"Look through all {total:,} pictures", icon=":material/fact_check:"):
        return
    try:
        with st.spinner("Looking for copies …"):
            found = own_set.facts(name, lambda what, share: None)
    except LabError as error:
        st.info(str(error), icon=":material/hourglass_empty:")
        return
    parts = {"to learn from": found.train, "for testing": found.test}
    rows = [{"class": label, **{part: each[label] for part, each in parts.items()}} for label in found.train]
    st.dataframe(rows, hide_index=True, width="stretch")
    most, least = max(counts.values()), min(count for count in counts.values() if count)
    if most > 3 * least:
        st.warning(f"The largest class has {most:,} pictures, the smallest {least:,}: networks favour the large.")
    copies = f"{found.exact:,} exact and {found.near:,} near copies; copies stay on one side, so the test stays honest."
    st.caption(copies if found.exact + found.near else "No picture is a copy of another one.")
    if found.mixed:
        st.warning(
            f"{found.mixed:,} picture{'s stand' if found.mixed > 1 else ' stands'} in two classes: one is wrong."
        )
    for text in found.faults[:5]:
        st.caption(text)
    st.button("Train on these classes", icon=":material/move_down:", type="primary", on_click=_train, args=(name,))


def _train(name: str) -> None:
    """Opens the Retrain view with this dataset and a trunk that knows photos, if there is one."""
    from core.nets.weights import own as own_weights

    ready = [each for each in ("mobilenet_v2", "squeezenet1_1") if own_weights(each).exists()]
    trunk = f"{ready[0]} pretrained" if ready else "mobilenet_v2 pretrained"
    st.session_state["tr-recipe"] = "own"
    values = {"trunk": trunk, "dataset": name, "retrain": "last", "head": "linear", "epochs": 10, "lr": 3e-3}
    st.session_state["tr-values"] = {**values, "copies": 0, "unfreeze_at": 0}
    for each in st.session_state["tr-values"]:
        st.session_state.pop(f"tr-{each}", None)
    st.session_state["transfer"] = "retrain"


def rare(name: str) -> None:
    """Another split, and the end of the dataset."""
    with st.expander("More", icon=":material/more_horiz:"):
        seed = own.seed_of(name)
        st.number_input(
            "Seed of the split", 0, 999_999, seed, key=f"own-seed-{name}", on_change=_split, args=(name,),
            help="Draws anew which pictures are kept for testing.",
        )  # fmt: skip
        if guarded():
            st.text_input("Teacher code", key="own-code", type="password", help="Needed to delete classes.")
        sure = st.checkbox(f"Delete {name} with all its pictures", key=f"own-all-{name}")
        st.button("Delete the dataset", disabled=not sure, on_click=_delete, args=(name,))


def _split(name: str) -> None:
    _quietly(lambda: own.note_split(name, int(st.session_state[f"own-seed-{name}"])))
