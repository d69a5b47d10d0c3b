"""Filter surgery: mute, scale, copy or paint a filter; accuracy and answer follow at once; undo; keep as a model."""

import datetime

import streamlit as st

from core import paths
from core.errors import LabError
from core.look import keeping
from core.look.damage import ranking
from core.look.kernels import kernels
from core.look.surgery import Cut, convolution, convolutions, operated
from core.nets import checkpoint
from ui.components.map_wall import clicked, map_wall, numbers
from ui.parts.code import show_code
from ui.parts.inside_brush import brush
from ui.parts.inside_outcome import damages, outcome, own_accuracy
from ui.parts.inside_subject import UNCUT, Subject, keep_cuts, perform


def surgery(subject: Subject) -> None:
    """The operating table on the left, what became of the accuracy on the right."""
    opened = subject.opened
    every = convolutions(opened)
    if not every:
        st.info("This network has no convolution to operate on. Its weights are shown as pictures under Filters.")
        return
    if said := st.session_state.pop("inside-kept", None):
        st.success(said)
    left, right = st.columns([3, 2], gap="large")
    with left:
        path, chosen = _filter(subject, every)
        _operations(subject, path, chosen)
    with right:
        outcome(subject)
        _undo(subject)
        damages(subject, path)
        _keep(subject)
    show_code(operated, ranking)


def _filter(subject: Subject, every: list[str]) -> tuple[str, int]:
    """Which filter is on the table."""
    opened = subject.opened
    path = st.selectbox("Layer", every, format_func=lambda each: opened.words[each], key="inside-cut-layer", width=420)
    layer = next(each for each in kernels(opened) if each.path == path)
    kept = clicked(st.session_state.get("inside-table"))
    if "inside-cut-filter" in st.session_state:
        chosen = st.session_state.pop("inside-cut-filter")  # the ranking's suggestion
        st.session_state["inside-table-chosen"] = chosen
    elif kept and kept != st.session_state.get("inside-table-click"):
        st.session_state["inside-table-click"] = kept
        st.session_state["inside-table-chosen"] = kept[1]
    chosen = min(st.session_state.get("inside-table-chosen", 0), layer.filters - 1)
    panels = layer.weights[:, 0] if layer.weights.shape[1] == 1 else layer.weights.pow(2).sum(1).sqrt()
    note = "click the filter to operate on" + ("" if layer.weights.shape[1] == 1 else "; all input channels together")
    map_wall(
        [numbers("table", "", panels, note=note, panel="filter", signs=True, tile=58 if layer.filters <= 32 else 40)],
        key="inside-table", chosen=("table", chosen, 0, 0), pick="panel",
    )  # fmt: skip
    return path, chosen


def _operations(subject: Subject, path: str, chosen: int) -> None:
    opened = subject.opened
    conv = convolution(opened, path)
    with st.container(border=True):
        st.markdown(f"**Filter {chosen + 1}** of {conv.out_channels} in `{opened.words[path]}`")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.button("Mute", icon=":material/volume_off:", on_click=perform, args=(subject, Cut(path, chosen, "mute")))
            st.number_input("Scale by", -10.0, 10.0, 2.0, 0.25, key="inside-factor", width=120)
            st.button("Scale", on_click=_scale, args=(subject, path, chosen))
            others = [each for each in range(conv.out_channels) if each != chosen]
            if others:
                source = st.selectbox(
                    "Copy from",
                    others,
                    format_func=lambda each: f"filter {each + 1}",
                    width=130,
                    key="inside-source-filter",
                )
                st.button("Copy", on_click=perform, args=(subject, Cut(path, chosen, "copy", source=source)))
        brush(subject, path, chosen)


def _scale(subject: Subject, path: str, chosen: int) -> None:
    """By the factor as it stands now: it may have been typed just before the press."""
    perform(subject, Cut(path, chosen, "scale", factor=st.session_state.get("inside-factor", 2.0)))


def _undo(subject: Subject) -> None:
    if error := st.session_state.pop(UNCUT, None):
        st.error(error)
    if not subject.cuts:
        st.caption("Nothing is cut yet. All other views of this page show the network after the surgery, too.")
        return
    words = subject.opened.words
    st.markdown("\n".join(f"{i}. `{words[cut.path]}`: {cut.said}" for i, cut in enumerate(subject.cuts, 1)))
    with st.container(horizontal=True):
        st.button(
            "Undo the last cut",
            icon=":material/undo:",
            on_click=keep_cuts,
            args=(subject.whole_key, subject.cuts[:-1]),
            key="inside-undo",
        )
        if len(subject.cuts) > 1:
            st.button("Undo all", on_click=keep_cuts, args=(subject.whole_key, ()), key="inside-undo-all")


def _keep(subject: Subject) -> None:
    """The operated network as a model that opens everywhere."""
    if not subject.cuts:
        return
    with st.popover("Keep as a new model", icon=":material/save:"):
        st.text_input("Name", key="inside-name", placeholder="without-its-best-filter")
        st.button("Save", on_click=_save, args=(subject,), key="inside-save")


def _save(subject: Subject) -> None:
    try:
        name = keeping.named(st.session_state.get("inside-name", ""), checkpoint.names())
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        card = keeping.card(subject.whole, name, subject.cuts, own_accuracy(subject), now)
        checkpoint.save(paths.home() / "checkpoints" / name, subject.opened.net, card)
    except LabError as error:
        st.session_state[UNCUT] = str(error)
    else:
        st.session_state["inside-kept"] = f"Saved as the model {name!r}: choose it under Network, here and on Draw."
