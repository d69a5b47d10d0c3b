"""Changes to a dataset of your own: another name, another split, the end of pictures, classes or all of it."""

from typing import Any

import streamlit as st

from core.data import own
from core.errors import LabError
from core.runs.owners import guarded, teacher_only
from ui import services
from ui.parts import transfer_open


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
        st.button("Delete the dataset", disabled=not sure, on_click=delete, args=(name,))


def _split(name: str) -> None:
    _quietly(lambda: own.note_split(name, int(st.session_state[f"own-seed-{name}"])))


def rename(name: str, label: str) -> None:
    """Gives a class the name that was typed."""
    _quietly(lambda: transfer_open.follow(label, own.rename(name, label, st.session_state[f"own-rename-{label}"])))


def delete(name: str, label: str | None = None, file: str | None = None) -> None:
    """Deletes one picture, a whole class or all of a dataset; the larger ones may need the teacher's code."""

    def act() -> None:
        if file is None:
            teacher_only("Deleting a whole class or dataset", st.session_state.get("own-code", ""))
        if label is None:
            own.delete(name)
            transfer_open.close()
        else:
            own.remove(name, label, file)
            if file is None:
                transfer_open.follow(label, None)

    _quietly(act)


def _quietly(act: Any) -> None:
    try:
        act()
        services.forget_datasets()
    except LabError as error:
        st.session_state["own-said"] = str(error)
