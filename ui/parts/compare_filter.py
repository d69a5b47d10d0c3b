"""Which runs the table lists: words, states, datasets, networks, tags and sweeps."""

import difflib
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.config import KNOBS
from core.runs.catalogue import Entry
from core.runs.recipes import short
from core.runs.run import STATUSES
from ui.parts import links

COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge, "<=": operator.le, "!=": operator.ne, "=": operator.eq, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
_RULE = re.compile(r"([a-z_]+)(>=|<=|!=|=|>|<)(.+)")
LABELS = {"dataset": "Dataset", "net": "Network", "tag": "Tag", "status": "State", "sweep": "Sweep"}
FIELDS = tuple(LABELS)
Picked = dict[str, list[str]]


def _key(name: str) -> str:
    """Where a filter lies in session_state; `compare-sweep` is the sweep that is followed."""
    return f"compare-only-{name}"


def filters(entries: Sequence[Entry]) -> tuple[str, Picked]:
    """Draws the search and the filters; what `kept` needs."""
    links.restore("compare-words", "search", "".join)
    for name in FIELDS:
        links.restore(_key(name), f"only-{name}", list)
    words = st.text_input(
        "Search",
        key="compare-words",
        placeholder="Search: name, number, owner, tag, or lr>0.001",
        label_visibility="collapsed",
        persist_state="session",
        width="stretch",
    )
    count = sum(bool(st.session_state.get(_key(name))) for name in FIELDS)
    menu = st.popover(
        f"Filter ({count})" if count else "Filter",
        icon=":material/filter_list:",
        key="compare-filter",
        on_change="rerun",
    )
    if menu.open:
        with menu:
            _menu(entries)
    picked: Picked = {name: list(st.session_state.get(_key(name)) or []) for name in FIELDS}
    links.tell("search", words or "")
    for name, values in picked.items():
        links.tell(f"only-{name}", *values)
    return words or "", picked


def _menu(entries: Sequence[Entry]) -> None:
    for name, options in choices(entries).items():
        picked = st.session_state.get(_key(name)) or []
        if name in ("dataset", "status") or len(options) > 1 or picked:
            st.multiselect(
                LABELS[name],
                list(dict.fromkeys([*options, *picked])),
                key=_key(name),
                format_func=lambda value: short(value, 60),
                persist_state="session",
            )
    st.button("No filter", on_click=_clear, width="stretch")


def _clear() -> None:
    for name in FIELDS:
        st.session_state[_key(name)] = []


def choices(entries: Sequence[Entry]) -> dict[str, list[str]]:
    """What there is to choose from, in the words of the runs themselves."""
    there = {name: sorted({each for entry in entries for each in value_of(entry, name)}) for name in FIELDS}
    there["status"] = [each for each in STATUSES if each in there["status"]]
    return there


def value_of(entry: Entry, field: str) -> tuple[str, ...]:
    """The words of a run in one field."""
    if field == "tag":
        return entry.tags
    if field == "sweep":
        return (entry.sweep,) if entry.sweep else ()
    return (entry.status if field == "status" else str(entry.value(field)),)


def kept(entry: Entry, words: str, picked: dict[str, list[str]]) -> bool:
    """Whether all words and all filters fit a run."""
    for name, wanted in picked.items():
        if wanted and not set(wanted) & set(value_of(entry, name)):
            return False
    return all(_fits(entry, word) for word in words.lower().split())


def _fits(entry: Entry, word: str) -> bool:
    rule = _RULE.fullmatch(word)
    if rule and rule[1] in KNOBS:
        return _rule(entry, *rule.groups())
    parts = (entry.name, entry.owner or "", entry.preset or "", *entry.tags, entry.status, entry.dataset)
    knobs = [value for value in entry.changed.values() if isinstance(value, str)]
    return word == str(entry.id) or word in " ".join((*parts, str(entry.value("net")), *knobs)).lower()


def wrong(words: str) -> str:
    """What is wrong with the rules of a search that no run can ever fit; empty when nothing is."""
    for word in words.lower().split():
        rule = _RULE.fullmatch(word)
        if rule is None:
            continue
        name, sign, text = rule.groups()
        if name not in KNOBS:
            near = difflib.get_close_matches(name, KNOBS, 1)
            return f"{word}: there is no knob {name}{f'; did you mean {near[0]}?' if near else '.'}"
        if sign not in ("=", "!=") and not _number(text):
            return f"{word}: {text!r} is no number; allowed after {sign}: a number, such as {name}{sign}0.1."
    return ""


def _number(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False


def _rule(entry: Entry, knob: str, sign: str, text: str) -> bool:
    """lr>0.001, optimiser=sgd: numbers as numbers, all else as words."""
    value = entry.value(knob)
    try:
        return COMPARED[sign](float(value), float(text))
    except (TypeError, ValueError):
        said = short(value, 200).lower()
        return COMPARED[sign](said, text) if sign in ("=", "!=") else False
