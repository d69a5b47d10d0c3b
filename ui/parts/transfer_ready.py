"""Whether your own pictures are ready to learn from: balance, copies, the split; then the way to a training."""

from collections.abc import Sequence

import streamlit as st

from core.data import own, own_set
from core.errors import LabError
from ui.parts.transfer_change import delete
from ui.parts.words import plain

QUICK = 600  # so many pictures are checked without being asked
SHOWN = 5  # pictures in two classes


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
    if untested := [label for label, count in found.test.items() if not count]:
        st.warning(
            f"No picture of {' and '.join(map(plain, untested))} is kept for testing, so nothing will tell how well it "
            "is read; needed: two pictures of a class that are no copies of each other, better ten."
        )
    if found.mixed:
        _mixed(name, found.mixed)
    for text in found.faults[:5]:
        st.caption(text)
    st.button("Train on these classes", icon=":material/move_down:", type="primary", on_click=_train, args=(name,))


def _mixed(name: str, groups: Sequence[Sequence[str]]) -> None:
    """The copies that stand in two classes, beside each other; the wrong one can be deleted."""
    many = len(groups) > 1
    st.warning(f"{len(groups):,} picture{'s stand' if many else ' stands'} in two classes: one is wrong.")
    for group in groups[:SHOWN]:
        with st.container(horizontal=True, border=True):
            for file in group:
                _one_of(name, *file.split("/", 1))
    if len(groups) > SHOWN:
        st.caption(f"… and {len(groups) - SHOWN:,} more.")


def _one_of(name: str, label: str, file: str) -> None:
    path = own.place(name) / label / file
    with st.container(width=150, gap="xsmall"):
        if path.is_file():
            st.image(str(path), width=96)
        st.markdown(f"**{plain(label)}**")
        st.caption(file)
        st.button(
            "Delete it here", icon=":material/delete:", key=f"own-wrong-{label}/{file}", on_click=delete,
            args=(name, label, file),
        )  # fmt: skip


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
