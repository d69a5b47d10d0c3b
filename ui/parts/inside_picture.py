"""Which picture the network is shown: from the test set, drawn here, uploaded, or made by a generator."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import streamlit as st

from core.data import photo
from core.errors import LabError
from core.look.damage import affordable
from core.look.opened import Opened
from core.look.seen import learned_ink, seen
from core.train.judge import logits
from ui import services, state
from ui.parts import canvas, inside_made
from ui.parts.inside_subject import Subject
from ui.parts.inside_tests import classes, tests
from ui.parts.mistakes_pictures import Pictures
from ui.parts.signs import both

TEST, DRAW, UPLOAD = "Test set", "Draw", "Upload"
ANY = "any class"


@dataclass(frozen=True, eq=False)
class Picture:
    """What the network's first layer is given, before scaling: uint8 (C, H, W)."""

    pixels: Any
    label: str | None = None  # the right answer, where it is known
    notes: tuple[str, ...] = ()  # what was changed about it
    where: str = ""

    @cached_property
    def key(self) -> str:
        """Two equal pictures have the same."""
        return hashlib.sha1(self.pixels.numpy().tobytes(), usedforsecurity=False).hexdigest()


def picture(subject: Subject) -> Picture | None:
    """The widgets that choose the picture; None while nothing is drawn or uploaded."""
    ways = [DRAW, UPLOAD, inside_made.MADE]
    known = tests(subject.opened)
    if known is not None:
        ways.insert(0, TEST)
    if st.session_state.get("inside-source") not in ways:
        st.session_state["inside-source"] = TEST if TEST in ways else DRAW
    source = st.segmented_control("Picture", ways, key="inside-source", required=True, persist_state="session")
    if source == inside_made.MADE:
        made = inside_made.choose(subject.opened)
        return Picture(*made) if made else None
    inside_made.leave()
    if source == DRAW:
        return _drawn(subject.opened)
    if source == UPLOAD:
        return _uploaded(subject.opened)
    assert known is not None  # only then is the test set offered
    return _tested(subject, known)


def _tested(subject: Subject, known: Pictures) -> Picture:
    opened = subject.opened
    names = [opened.classes[index] for index in known.truth.tolist()]
    if "inside-number" not in st.session_state:
        st.session_state["inside-number"] = state.number(st.query_params.get("picture", "")) or 0
    number = min(st.session_state["inside-number"], len(names) - 1)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        options = [ANY, *classes(opened, known)]
        wanted = st.selectbox("Class", options, format_func=both, key="inside-class", width=150)
        args = (subject, known)
        st.button("Next", icon=":material/skip_next:", on_click=_next, args=(*args, False), key="inside-next")
        st.button("Next mistake", icon=":material/error:", on_click=_next, args=(*args, True), key="inside-wrong")
    if wanted not in (ANY, names[number]):
        number = _following(names, number, wanted, None)
        st.session_state["inside-number"] = number
    if said := st.session_state.pop("inside-said", None):
        st.info(said)
    if st.query_params.get("picture") != str(number):
        st.query_params["picture"] = str(number)
    of = "" if known.dataset == opened.dataset else f" of {known.dataset}"
    return Picture(known.x[number], names[number], (), f"test picture {number:,}{of}")


def _next(subject: Subject, known: Pictures, wrong: bool) -> None:
    """The next test picture of the chosen class, or the next that the network gets wrong."""
    opened = subject.opened
    truth = [opened.classes[index] for index in known.truth.tolist()]
    wanted = st.session_state.get("inside-class", ANY)
    given: Sequence[str] | None = None
    if wrong:
        many = affordable(opened, len(truth))
        given = services.once(("answers", subject.key, known.key), lambda: _answers(opened, known.x[:many]))
    number = _following(truth, st.session_state.get("inside-number", 0), None if wanted == ANY else wanted, given)
    if number == st.session_state.get("inside-number", 0) and wrong:
        st.session_state["inside-said"] = f"No other mistake among {len(given or ()):,} test pictures of {wanted}."
    st.session_state["inside-number"] = number


def _answers(opened: Opened, pictures: Any) -> list[str]:
    chunks = logits(opened.net, pictures, opened.scale, opened.mean, opened.std)
    return [opened.classes[label] for chunk in chunks for label in chunk.argmax(1).tolist()]


def _following(truth: Sequence[str], after: int, wanted: str | None, given: Sequence[str] | None) -> int:
    """The number of the next picture of a class (None: any), wrongly answered if answers are given; else the same."""
    count = len(truth) if given is None else len(given)
    for step in range(1, count + 1):
        number = (after + step) % count
        if (wanted is None or truth[number] == wanted) and (given is None or given[number] != truth[number]):
            return number
    return after


def _drawn(opened: Opened) -> Picture | None:
    drawing = canvas.pad_now()
    with st.container(width=300):
        canvas.show_pad("Draw here", "Everything on this page follows your pen.")
    return None if drawing.raw is None else _made(opened, drawing.raw, "your drawing")


def _uploaded(opened: Opened) -> Picture | None:
    file = st.file_uploader("A picture", type=["png", "jpg", "jpeg", "webp", "gif", "bmp"], key="inside-file")
    if file is None:
        return None
    try:
        raw = photo.load(file.getvalue(), file.name)
    except LabError as error:
        st.error(str(error))
        return None
    return _made(opened, raw, file.name)


def _made(opened: Opened, raw: Any, where: str) -> Picture | None:
    """A drawing or photo as this network wants it; the sentence when there is nothing on it."""
    as_mnist = True
    if learned_ink(opened):
        help = "Find the ink and centre it in 28x28; off, the picture is only made small."
        as_mnist = st.toggle("Prepare as MNIST was made", True, key="inside-ink", help=help)
    try:
        pixels, notes = seen(opened, raw, as_mnist)
    except LabError as error:
        st.info(str(error))
        return None
    return Picture(pixels, None, notes, where)
