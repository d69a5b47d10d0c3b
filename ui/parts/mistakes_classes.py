"""The table of classes: how many of each are recognised, and the most confused pairs in words."""

from typing import Any

import streamlit as st

from core.look.confusion import ClassFigures, matrix, pairs, per_class
from core.look.judged import Judged
from ui.parts.code import show_code
from ui.parts.mistakes_subject import Network
from ui.parts.signs import both, named


def classes(of: Network, found: Judged) -> None:
    """A row for each class, and the most confused pairs in words."""
    names = of.opened.classes
    counts = matrix(found.truth, found.answers, len(names))
    rows = [row for row in per_class(counts, names) if row.pictures or row.called]
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.dataframe([_row(row) for row in rows], hide_index=True, column_config=_columns(), height="content")
        st.caption(
            "**Recognised** (recall): of all pictures of this class, the share that is read rightly; reports call it "
            "the accuracy of the class. **Believable** (precision): of all pictures that the network calls this class, "
            "the share that is. The interval says what the first might be with other pictures of the same kind."
        )
    with right:
        st.subheader("Most confused")
        listed = pairs(counts, 8)
        if not listed:
            st.write("Nothing is confused: every picture is read rightly.")
        st.markdown("\n".join(f"1. {_pair(each, names, counts)}" for each in listed))
    show_code(per_class, pairs)


def _row(row: ClassFigures) -> dict[str, Any]:
    recall = None if row.recall is None else 100 * row.recall
    precision = None if row.precision is None else 100 * row.precision
    span = f"{100 * row.low:.1f} – {100 * row.high:.1f}" if row.pictures else ""
    return {
        "class": both(row.name), "pictures": row.pictures, "right": row.right, "recognised": recall,
        "interval": span, "called so": row.called, "believable": precision,
    }  # fmt: skip


def _columns() -> dict[str, Any]:
    share = {"format": "%.1f %%", "min_value": 0.0, "max_value": 100.0}
    return {
        "recognised": st.column_config.ProgressColumn("recognised", **share),
        "believable": st.column_config.ProgressColumn("believable", **share),
        "interval": st.column_config.TextColumn("95 % interval"),
    }


def _pair(each: Any, names: Any, counts: Any) -> str:
    first, second = named(names[each.first]), named(names[each.second])
    of = int(counts[each.first].sum())
    back = f", and the other way round {each.back:,}" if each.back else ", never the other way round"
    return f"**{first}** is taken for **{second}**: {each.there:,} of {of:,}{back}."
