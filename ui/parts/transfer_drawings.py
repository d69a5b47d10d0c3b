"""The drawings that teach, class by class; the newest can be taken back, a class left out."""

import streamlit as st

from core.errors import LabError
from core.runs import teaching
from core.runs.drawings import Pool
from ui.parts import pictures
from ui.parts.drawings import pool
from ui.parts.signs import both
from ui.parts.transfer_names import keep_names, names
from ui.parts.words import plain
from ui.state import visitor

SHOWN = 12  # drawings of a class on the page


def album(drawings: Pool, counts: dict[str, int]) -> None:
    """The drawings of each class, newest first."""
    with st.grid("auto", min_column_width=280):
        for name, count in counts.items():
            with st.container(border=True, key=f"album-{list(counts).index(name)}"):
                with st.container(horizontal=True, vertical_alignment="center"):
                    with st.container(width="stretch"):
                        st.markdown(f"**{plain(both(name))}** :gray[{how_many(count)}]")
                    st.button(
                        "", icon=":material/undo:", key=f"back-{name}", on_click=_take_back, args=(name,),
                        help=f"Takes the newest drawing of {name} out again.", disabled=not count,
                    )  # fmt: skip
                    st.button(
                        "", icon=":material/close:", key=f"drop-{name}", on_click=_drop, args=(name,),
                        help=f"Leaves {name} out; its drawings stay in the class's pool.",
                    )  # fmt: skip
                shown = drawings.drawings(name, count=SHOWN)
                if shown:
                    pictures.strip(
                        [each.image for each in shown], [""] * len(shown), side=44, label=f"Drawings of {name}"
                    )


def how_many(count: int) -> str:
    """The drawings of a class, and what would be better."""
    if not count:
        return f"no drawing yet; {teaching.ENOUGH} read well"
    left = teaching.ENOUGH - count
    better = f"; {left} more would read better" if left > 0 else ""
    return f"{count} drawing{'s' * (count != 1)}{better}"


def _take_back(name: str) -> None:
    """Takes the visitor's newest drawing of a class out again."""
    from core.runs.owners import may_delete

    drawings = pool()
    newest = drawings.drawings(name, count=1)
    try:
        if newest:
            may_delete(newest[0], visitor(), "")
            drawings.delete(newest[0].id)
    except LabError as error:
        st.session_state["teach-said"] = str(error)


def _drop(name: str) -> None:
    keep_names([each for each in names() if each != name])
