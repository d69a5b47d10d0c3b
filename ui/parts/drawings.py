"""The class's drawings on the page: keep one with a tap, look at all, take one out, carry them elsewhere."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from core.errors import LabError
from core.runs import parcel
from core.runs.drawings import Labelled, Pool, order
from core.runs.owners import may_delete, needs_code
from ui import services
from ui.components.contact_sheet import contact_sheet
from ui.parts import canvas, nickname, tiles
from ui.parts.models import Model
from ui.parts.signs import both, sign
from ui.parts.words import percent
from ui.state import visitor

PAGE = 192  # drawings on one sheet
COLUMNS = 16
JUDGED = 1000  # the newest drawings a network is tested on: it takes a tenth of a second
MODELS = 20  # so many networks' answers to the drawings are remembered
FEW = 12  # so many classes are offered as they are; of more, the likeliest first

_said: dict[str, dict[bytes, str]] = {}  # weights -> pixels of a drawing -> what they say


def pool() -> Pool:
    """The pool of this lab."""
    return Pool(services.store())


def keeper(model: Model, prediction: Any, ink: str) -> None:
    """One tap on what it is: the drawing is kept with that label, and the pad is free for the next one."""
    if prediction is None or prediction.empty:
        return
    labels = list(model.classes)
    likely = [label for label, _ in prediction.top[:FEW]]
    st.session_state["keeping"] = Labelled(
        prediction.prepared.image, labels[0], visitor(), ink, None if prediction.refused else prediction.label
    )
    st.pills(
        "What is it? Tap it, and the class keeps the drawing",
        labels if len(labels) <= FEW else sorted(likely, key=order),
        format_func=sign,
        key="keep",
        on_change=_keep,
    )
    if len(labels) > FEW:
        st.selectbox(
            "Another one", labels, index=None, format_func=both, key="keep-other", on_change=_keep,
            placeholder="another character", label_visibility="collapsed", width=240,
        )  # fmt: skip


def _keep() -> None:
    label = st.session_state.get("keep") or st.session_state.get("keep-other")
    st.session_state["keep"] = st.session_state["keep-other"] = None
    waiting = st.session_state.pop("keeping", None)
    if label is None or waiting is None:
        return
    try:
        drawings = pool()
        number = drawings.keep(Labelled(waiting.image, label, waiting.owner, waiting.ink, waiting.answer))
    except LabError as error:
        st.session_state["kept"] = str(error)
        return
    st.session_state["kept"] = f"Kept as {both(label)}: drawing {number} of the class, {drawings.count():,} in all."
    canvas.lay("")


def judged(model: Model, drawings: Pool) -> None:
    """How good the network is on the test sets of its card and on what the class drew."""
    card = model.predictor.card
    tests = [
        {"Tested on": name, "Right": percent(each["right"] / each["of"]), "Pictures": f"{each['of']:,}"}
        for name, each in card.figures.items()
        if isinstance(each, dict) and each.get("of")
    ]
    if not tests and card.accuracy is not None:
        tests = [{"Tested on": f"{card.dataset} test", "Right": percent(card.accuracy), "Pictures": ""}]
    known = [each for each in drawings.drawings(count=JUDGED) if each.label in model.classes]
    if known:
        right = sum(label == each.label for label, each in zip(_answers(model, known), known, strict=True))
        ours = {"Tested on": "your class's drawings", "Right": percent(right / len(known))}
        tests.append({**ours, "Pictures": f"{len(known):,}"})
    if tests:
        st.dataframe(tests, hide_index=True, width="stretch")
    if card.dataset == "class-drawings":
        st.caption("This network was trained on most of these very drawings: its figure for them flatters.")


def _answers(model: Model, known: list[Any]) -> list[str]:
    """What the network says to each drawing; only those it has not seen before are read."""
    said = _said.setdefault(model.predictor.card.weights_sha256, {})
    pixels = [each.image.tobytes() for each in known]
    new = [each for each, key in zip(known, pixels, strict=True) if key not in said]
    if new:
        best = model.predictor.logits([each.image for each in new]).argmax(1).tolist()
        said.update((each.image.tobytes(), model.classes[index]) for each, index in zip(new, best, strict=True))
    while len(_said) > MODELS:
        del _said[next(iter(_said))]
    return [said[key] for key in pixels]


def browser(drawings: Pool) -> None:
    """The drawings as one sheet; a click shows one of them, to look at again or to take out."""
    labels, people = drawings.labels(), drawings.people()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = st.selectbox("Label", ["", *labels], format_func=_counted(labels, "all labels"), key="pool-label")
        owner = st.selectbox("Drawn by", ["", *people], format_func=_counted(people, "everybody"), key="pool-owner")
        label, owner = label or None, owner or None
        count = drawings.count(label, owner)
        pages = max(1, -(-count // PAGE))
        page = st.number_input(f"Page of {pages:,}", 1, pages, key="pool-page") if pages > 1 else 1
    shown = drawings.drawings(label, owner, (page - 1) * PAGE, PAGE)
    if not shown:
        st.caption("No drawings like that.")
        return
    st.session_state["shown"] = [each.id for each in shown]
    numbers = {each.id: place for place, each in enumerate(shown)}
    picked = st.session_state.get("picked")
    contact_sheet(
        "sheet", np.stack([each.image for each in shown]), COLUMNS,
        f"{len(shown)} of {count} drawings of the class, newest first", numbers.get(picked), _pick,
    )  # fmt: skip
    if picked in numbers:
        _one(shown[numbers[picked]])


def _counted(counts: dict[str, int], everything: str) -> Callable[[str], str]:
    return lambda name: everything if not name else f"{both(name)} ({counts[name]:,})"


def _pick() -> None:
    place, shown = st.session_state["sheet"].get("picked"), st.session_state.get("shown", [])
    if isinstance(place, int) and 0 <= place < len(shown):
        st.session_state["picked"] = shown[place]


def _one(drawing: Any) -> None:
    read = f"was read as {both(drawing.answer)}" if drawing.answer else "was read as none of these"
    with st.container(horizontal=True, vertical_alignment="center"):
        tiles.row([tiles.tile(drawing.image, both(drawing.label), f"no. {drawing.id}", big=sign(drawing.label))])
        with st.container(width="content"):
            st.markdown(f"Drawing **{drawing.id}** by **{drawing.owner or 'nobody in particular'}**, {read}.")
            if needs_code(drawing, visitor()):
                st.text_input("Teacher code", key="drawing-code", type="password", help="It is not your drawing.")
            with st.container(horizontal=True):
                if drawing.ink:
                    st.button("Put it on the pad", icon=":material/draw:", on_click=_again, args=(drawing.ink,))
                st.button("Delete it", icon=":material/delete:", on_click=_delete, args=(drawing.id,), key="delete")


def _again(ink: str) -> None:
    st.session_state["source"] = canvas.PAD
    canvas.lay(ink)


def _delete(number: int) -> None:
    try:
        drawings = pool()
        may_delete(drawings.drawing(number), visitor(), st.session_state.get("drawing-code", ""))
        drawings.delete(number)
        st.session_state["kept"] = f"Drawing {number} is deleted."
    except LabError as error:
        st.session_state["kept"] = str(error)
        return
    st.session_state.pop("picked", None)


def carry(drawings: Pool) -> None:
    """Export and import of the whole pool."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        nickname.field("nickname (optional)", "Drawings are kept under this name. Please no real names.")
        st.download_button(
            "Export all", lambda: parcel.packed(pool()), "class-drawings.zip", "application/zip",
            icon=":material/download:", disabled=not drawings.count(), on_click="ignore",
        )  # fmt: skip
        with st.popover("Import", icon=":material/upload:"):
            file = st.file_uploader("A zip that a lab exported", ["zip"], key="parcel")
    if file is not None and st.session_state.get("opened") != file.file_id:
        st.session_state["opened"] = file.file_id
        try:
            brought = parcel.open_parcel(drawings, file.getvalue())
            st.session_state["kept"] = f"{brought.new:,} new drawings out of {brought.found:,}."
            st.rerun()
        except LabError as error:
            st.error(str(error), icon=":material/folder_zip:")
