"""Two recipes side by side: every knob that is not the same, and what came of it."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.config import KNOBS
from core.nets.named import NETS
from core.runs.catalogue import Entry
from core.runs.recipes import Recipe, differing, higher, word
from ui.parts.compare_knobs import mean
from ui.parts.words import duration, percent

STYLE = """<style>
.ink-diff { width: 100%; border-collapse: collapse; font-size: 0.92rem; table-layout: fixed; }
.ink-diff th, .ink-diff td { text-align: left; padding: 0.35rem 0.7rem; vertical-align: top; overflow-wrap: anywhere;
  border-bottom: 1px solid rgba(128, 128, 128, 0.25); font-variant-numeric: tabular-nums; }
.ink-diff th:first-child, .ink-diff td:first-child { width: 24%; opacity: 0.8; }
.ink-diff b { background: rgba(213, 104, 0, 0.18); border-radius: 0.2rem; padding: 0 0.15rem; font-weight: 600; }
</style>"""


def show(groups: Sequence[Recipe], metric: str, best: bool) -> None:
    """Choose two; a table of what differs."""
    if len(groups) < 2:
        st.caption("Choose two recipes: what they do differently stands here side by side.")
        return
    keys = [group.key for group in groups]
    names = {group.key: group.name for group in groups}
    for name, usual in (("diff-a", keys[0]), ("diff-b", keys[1])):
        if st.session_state.get(name) not in keys:
            st.session_state[name] = usual
    with st.container(horizontal=True):
        one = st.selectbox("One", keys, key="diff-a", format_func=names.get, persist_state="session")
        other = st.selectbox("The other", keys, key="diff-b", format_func=names.get, persist_state="session")
    a, b = (next(group for group in groups if group.key == key) for key in (one, other))
    if one == other:
        st.caption("These are the same.")
        return
    if a.first.unreadable or b.first.unreadable:
        st.error("The settings of one of them are damaged: they cannot be compared.")
        return
    rows = [_result(a, b, metric, best), _time(a, b), *_knobs(a.first, b.first)]
    head = f"<tr><th></th><th>{escape(a.name)}</th><th>{escape(b.name)}</th></tr>"
    st.html(f'{STYLE}<table class="ink-diff" data-testid="diff">{head}{"".join(rows)}</table>')
    same = len(KNOBS) - len(differing([a.first, b.first], seeds=True))
    st.caption(f"The other {same} knobs are the same.")


def _row(label: str, one: str, other: str) -> str:
    return f"<tr><td>{escape(label)}</td><td>{one}</td><td>{other}</td></tr>"


def _knobs(a: Entry, b: Entry) -> list[str]:
    rows = []
    for knob in differing([a, b], seeds=True):
        one, other = word(a.value(knob), knob), word(b.value(knob), knob)
        if knob == "net":
            one, other = marked(_line(one), _line(other)), marked(_line(other), _line(one))
        else:
            one, other = escape(one), escape(other)
        rows.append(_row(KNOBS[knob].label, one, other))
    return rows


def _line(net: str) -> str:
    """The line of text behind a name."""
    return f"{net}: {NETS[net].line}" if net in NETS else net


def marked(line: str, other: str) -> str:
    """The layers of a network, those that the other one has not at this place or any other in bold."""
    there = [layer.strip() for layer in other.split("|")]
    parts = []
    for layer in line.split("|"):
        text = layer.strip()
        if text in there:
            there.remove(text)
            parts.append(escape(text))
        else:
            parts.append(f"<b>{escape(text)}</b>")
    return " | ".join(parts)


def _result(a: Recipe, b: Recipe, metric: str, best: bool) -> str:
    values = [mean(group, metric, best) for group in (a, b)]
    good = max(values) if higher(metric) else min(values)
    texts = []
    for value in values:
        text = "none yet" if value != value else percent(value) if metric.endswith("accuracy") else f"{value:.4g}"
        texts.append(
            f"{text} (the higher mean)" if value == good and higher(metric) and values[0] != values[1] else text
        )
    return _row(f"{metric}, mean over seeds", *texts)


def _time(a: Recipe, b: Recipe) -> str:
    texts = []
    for group in (a, b):
        values = list(group.seconds().values())
        texts.append(
            f"{duration(sum(values) / len(values))} ({len(values)} run{'s' * (len(values) != 1)})"
            if values
            else "none yet"
        )
    return _row("Training time", *texts)


__all__ = ["marked", "show"]
