"""Compare: many runs in one table, their curves with bands over seeds, and a verdict that knows what luck does."""

import streamlit as st

from core.charts.curves import METRICS
from core.look.bands import band
from core.look.seeds import duel
from core.look.verdict import verdict
from core.runs.recipes import Recipe, metrics
from ui import services
from ui.parts import (
    compare_choice,
    compare_curves,
    compare_diff,
    compare_first,
    compare_knobs,
    compare_numbers,
    compare_time,
    compare_verdict,
    links,
)
from ui.parts.actions import trouble
from ui.parts.code import show_code
from ui.parts.compare_actions import actions, judge, spoiled
from ui.parts.compare_table import table

VIEWS = ("Curves", "Knobs", "Time", "Differences", "Numbers")
USUAL = ("test/accuracy", "val/accuracy", "test/loss", *METRICS)

trouble()
everything = services.catalogue().entries()
chosen = compare_choice.chosen()
if not everything:
    compare_first.empty()
    st.stop()

single = table(st.session_state.get("figure") or st.query_params.get("figure") or USUAL[0])
entries, said = compare_choice.compared(chosen)
for text in said:
    st.warning(text, icon=":material/info:")
if not entries:
    compare_first.nothing_chosen(everything)
    st.stop()

sets = sorted({each.dataset for each in entries})
if len(sets) > 1:
    st.warning(
        f"These runs learned from different datasets ({', '.join(sets)}). Figures on other pictures do not compare, "
        "so these are not mixed: choose one.",
        icon=":material/warning:",
    )
    sets.sort(key=lambda name: -sum(each.dataset == name for each in entries))
    shown = links.choice("Dataset", "data", sets, str)
    entries = [each for each in entries if each.dataset == shown]
for run, count in spoiled(entries).items():
    st.warning(
        f"{count} points of run {run} are no numbers; they are left out of its curves.", icon=":material/warning:"
    )

groups = compare_choice.groups(entries, False)
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    actions(entries, len(groups))
    metric, best = judge(metrics(entries, USUAL) or [USUAL[0]])


def fresh(one_by_one: bool = single) -> list[Recipe]:
    """The compared recipes as they are now: a run may have grown, ended, or gone."""
    now, _ = services.catalogue().find(each.id for each in entries)
    return compare_choice.groups(now, one_by_one)


compare_choice.poll(lambda: compare_verdict.show(fresh(False), metric, best), entries)
view = links.choice("View", "part", list(VIEWS), str)
if view == "Curves":
    compare_curves.controls(entries)
draw = {
    "Curves": lambda: compare_curves.draw(fresh(), single),
    "Knobs": lambda: compare_knobs.show(fresh(), metric, best),
    "Time": lambda: compare_time.show(fresh(), metric, best, single),
    "Differences": lambda: compare_diff.show(fresh(), metric, best),
    "Numbers": lambda: compare_numbers.show(fresh(False), metric, best, single),
}[view]
compare_choice.poll(draw, entries if view == "Curves" else [])
if view == "Curves":
    show_code(verdict, duel, band)
