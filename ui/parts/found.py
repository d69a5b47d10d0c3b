"""What was found on a photo or in a line: every character with its answer, to be corrected and kept for the class."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.errors import LabError
from core.runs.drawings import Labelled
from ui.parts import drawings, tiles
from ui.parts.models import Model
from ui.parts.signs import both, sign
from ui.state import visitor

NOT_THIS = ""  # the choice that keeps one out
MOST = 60  # so many can be kept at once: each one has a menu of its own
WIDTH = 108  # pixels of one character: three fit a phone


def show(model: Model, answers: Sequence[Any]) -> None:
    """The characters side by side; with a menu under each once they are to be kept."""
    if not st.toggle("Keep them for the class", key="keep-found", help="Say what each one is, then keep all at once."):
        tiles.row(_tile(answer) for answer in answers)
        return
    rows = []
    with st.container(horizontal=True, key="found"):
        for number, (key, answer) in enumerate(_keys(model, answers[:MOST]), 1):
            label = _one(model, key, number, answer)
            if label != NOT_THIS:
                told = None if answer.refused else answer.label
                rows.append(Labelled(answer.prepared.image, label, visitor(), None, told))
    if len(answers) > MOST:
        st.caption(f"Only the first {MOST} of {len(answers)} can be kept at once.")
    count = len(rows)
    st.button(
        f"Keep {'this one' if count == 1 else f'these {count}'}" if count else "All are skipped",
        icon=":material/inventory_2:", type="primary", disabled=not count, on_click=_keep, args=(rows,),
    )  # fmt: skip


def text(answers: Sequence[Any]) -> str:
    """All of them in one line."""
    return " ".join(_big(answer) for answer in answers)


def _one(model: Model, key: str, number: int, answer: Any) -> str:
    """One character and the menu that says what it is: first what the network says, or nothing where it refused."""
    labels = [NOT_THIS, *model.classes]
    with st.container(width=WIDTH, gap="xsmall"):
        tiles.row([_tile(answer)])
        return str(
            st.selectbox(
                f"What is character {number}?",
                labels,
                index=0 if answer.refused else labels.index(answer.label),
                format_func=lambda label: "skip" if label == NOT_THIS else both(label),
                key=key,
                label_visibility="collapsed",
            )
        )


def _keys(model: Model, answers: Sequence[Any]) -> list[tuple[str, Any]]:
    """A name for each one's menu: what was corrected stays so while another character is added."""
    seen: Counter[int] = Counter()
    keyed = []
    for answer in answers:
        pixels = hash(answer.prepared.image.tobytes())
        seen[pixels] += 1
        keyed.append((f"found-{model.key}-{pixels}-{seen[pixels]}", answer))
    return keyed


def _tile(answer: Any) -> str:
    return tiles.tile(answer.prepared.image, *_said(answer), big=_big(answer))


def _said(answer: Any) -> tuple[str, str]:
    if answer.refused:
        return "none of these", f"nearest {both(answer.label)}"
    if answer.alone:
        return f"{answer.probability:.0%} sure", f"alone {both(answer.alone)}"
    return f"{answer.probability:.0%} sure", f"or {both(answer.unsure_with)}" if answer.unsure_with else ""


def _big(answer: Any) -> str:
    return "?" if answer.refused else sign(answer.label)


def _keep(rows: list[Labelled]) -> None:
    pool = drawings.pool()
    try:
        new = pool.keep_all(rows)
    except LabError as error:
        st.session_state["kept"] = str(error)
        return
    old = f", {len(rows) - new} were there before" if new < len(rows) else ""
    said = f"{new} new drawing{'s' * (new != 1)} kept{old}: {pool.count():,} in all."
    st.session_state["kept"], st.session_state["keep-found"] = said, False
