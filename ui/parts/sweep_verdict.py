"""The verdict of a sweep: what its figures allow to be said, and what mattered."""

import streamlit as st

from core.runs.outcome import Outcome
from ui import services
from ui.parts.sweep_actions import button
from ui.parts.words import plain


def verdict(now: Outcome) -> None:
    """What the figures allow to be said; no winner where the seeds do not agree."""
    found = now.verdict()
    with st.container(border=True):
        st.subheader("The verdict")
        st.markdown(plain(found.sentence))
        for note in found.notes:
            st.caption(plain(note))
        if any(each.half for each in found.groups):
            st.caption("± tells where the mean over all seeds lies, in 95 % of cases.")
        if left_out := sum(point.has_pruned and bool(point.values) for point in now.points):
            st.caption(
                f"{left_out} point{'s' * (left_out > 1)} with a pruned run stay{'s' * (left_out == 1)} out of this: "
                "what is left there are the lucky seeds."
            )
        key = ("mattered", now.sweep.id, now.sweep.plan_json, now.sweep.finished, now.done)
        mattered, how = services.once(key, now.importances)
        if mattered:
            told = ", ".join(f"{name.replace('_', ' ')} {share:.0%}" for name, share in mattered.items())
            st.caption(f"What mattered: {told}. {how}")
        if now.plan.metric == "test/accuracy":
            st.caption(
                "Judged by test accuracy: the best of several, picked by it, gets a figure that flatters a little. "
                "Hold out some training pictures (knob Hold out) for an honest choice."
            )
        if found.more and found.kind in ("tie", "unknown"):
            count = min(found.more, 10)
            label = f"Train {count} more seed{'s' * (count > 1)} each"
            button(label, ":material/add:", services.store().more_seeds, now.sweep.id, count)
