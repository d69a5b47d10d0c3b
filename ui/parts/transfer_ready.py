"""Whether your own pictures are ready to learn from: balance, copies, the split; then the way to a training."""

import streamlit as st

from core.data import own_set
from core.errors import LabError

QUICK = 600  # so many pictures are checked without being asked


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
