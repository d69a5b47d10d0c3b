"""The hunt for wrong labels: the training pictures, the most surprising first, and what is said about each."""

from typing import Any

import streamlit as st

from core.data.wrong import fixes, flipped, taught, used, written
from core.errors import LabError
from core.look.finds import finds
from core.look.judged import judged
from core.runs.fixes import LEAVE, Fixes, changed
from core.runs.run import Run
from ui import services, state
from ui.components.mistakes_board import board
from ui.parts import mistakes_subject as subject
from ui.parts.code import show_code
from ui.parts.mistakes_answers import answers
from ui.parts.mistakes_map import pca
from ui.parts.mistakes_sheets import sheets
from ui.parts.signs import signs

KEY = "mistakes-hunt"


@st.fragment
def hunt(run: Run, child: Run | None) -> None:
    """The training pictures, the most surprising labels first."""
    if st.session_state.pop("mistakes-handed", False):
        st.rerun()  # the score is above, outside this part
    of = subject.network(run.id)
    shown = lesson(run)
    key = ("hunt", of.key, run.config.key())
    found = services.once(key, lambda: judged(of.opened, shown["x"], shown["told"]))
    table = Fixes(services.store())
    marks = table.of(run.id)
    places = {int(number): i for i, number in enumerate(shown["places"].tolist())}
    marks = {picture: label for picture, label in marks.items() if picture in places}
    given = changed(marks)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(given)}** labels changed, **{len(marks) - len(given)}** left as they are.")
        same = child is not None and fixes(child.config.fixed_labels, 10**9, 10**6) == given
        st.button(
            "Hand in: train again with these labels", icon=":material/school:", type="primary", key="game-hand-in",
            disabled=not given or same, on_click=_hand_in, args=(run, given),
            help="The same network, the same seed, the same pictures: only your labels are new.",
        )  # fmt: skip
    channels, height, width = of.opened.shape
    first, _ = pca(found, key)
    order = shown["places"]
    board(
        KEY, "hunt", answers(found, key, order.numpy()),
        sheets(("training", run.config.dataset, run.config.train_size, run.config.seed), len(order),
                    max(height, width), channels, lambda low, high: lesson(run)["x"][low:high].numpy()),
        signs(of.opened.classes), of.opened.classes, [first], "PCA", what="Training picture", marks=marks,
        notes={"hunt": "Below each picture: the label that the network was told. Click one to judge it."},
        on_mark=lambda: _mark(run.id, places, len(of.opened.classes)),
    )  # fmt: skip
    show_code(flipped, finds)


def lesson(run: Run) -> dict[str, Any]:
    """What the run learned from: the pictures' numbers, the pictures, and the labels it was told."""
    all_of = services.dataset(run.config.dataset)

    def make() -> dict[str, Any]:
        places = used(run.config, len(all_of.y_train))
        told = taught(run.config, all_of.y_train, len(all_of.classes))[places]
        return {"places": places, "x": all_of.x_train[places], "told": told}

    found: dict[str, Any] = services.once(("lesson", run.config.key()), make)
    return found


def _mark(run: int, places: dict[int, int], classes: int) -> None:
    """Writes down what was said about one picture; what comes from a browser is not trusted."""
    value = st.session_state[KEY].get("mark")
    if not isinstance(value, list | tuple) or len(value) != 2:
        return
    picture, label = value
    if picture not in places:
        return
    table = Fixes(services.store())
    if label is None:
        table.take_back(run, picture)
    elif isinstance(label, int) and LEAVE <= label < classes:
        table.say(run, picture, label, state.visitor())


def _hand_in(run: Run, given: dict[int, int]) -> None:
    try:
        text = written(given)
        services.store().clone(run.id, state.visitor(), fixed_labels=text)
        services.lab().tend(now=True)
        st.session_state["mistakes-handed"] = True
    except LabError as error:
        st.session_state["mistakes-said"] = str(error)
        st.session_state["mistakes-handed"] = True
