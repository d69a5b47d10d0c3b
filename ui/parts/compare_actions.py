"""What can be done with the compared runs: tag them, delete them, look at one on another page."""

from collections.abc import Sequence

import streamlit as st

from core.errors import LabError
from core.runs.catalogue import Entry, damaged
from core.runs.owners import may_delete, needs_code
from ui import services, state
from ui.parts import compare_choice, links
from ui.parts.actions import DONE


def actions(entries: Sequence[Entry], recipes: int) -> None:
    """How many are compared, and what to do with them; within a row of the page."""
    runs = f"{len(entries)} run{'s' * (len(entries) != 1)}"
    of = f" of {recipes} recipes" if 1 < recipes < len(entries) else ""
    st.markdown(f"**{runs}**{of} compared", width="content")
    menu = st.popover("With these", icon=":material/more_horiz:", key="compare-with", on_change="rerun")
    if menu.open:
        with menu:
            _menu(entries)
    st.button("Compare none", icon=":material/close:", on_click=lambda: compare_choice.choose([]))
    st.space("stretch")


def judge(there: Sequence[str]) -> tuple[str, bool]:
    """By which figure, and whether its last value counts or its best one."""
    links.chosen("figure", there)
    metric = st.selectbox(
        "Judge by", there, key="figure", persist_state="session", label_visibility="collapsed", width=200
    )
    if metric != there[0]:
        st.query_params["figure"] = metric
    else:
        st.query_params.pop("figure", None)
    return metric, links.choice("Which value", "value", ("last", "best"), lambda each: f"{each} value") == "best"


def spoiled(entries: Sequence[Entry]) -> dict[int, int]:
    """run -> points that are no numbers; counted again only when a run has grown."""
    key = ("damaged", *((each.id, each.step, each.status) for each in entries))
    found: dict[int, int] = services.once(key, lambda: damaged(services.store(), [each.id for each in entries]))
    return found


def _menu(entries: Sequence[Entry]) -> None:
    st.text_input("Add a tag", key="compare-add-tag", max_chars=40, on_change=_tag, args=(list(entries), True))
    if tags := sorted({tag for each in entries for tag in each.tags}):
        st.selectbox(
            "Remove a tag", tags, index=None, key="compare-drop-tag", on_change=_tag, args=(list(entries), False)
        )
    with st.container(border=True):
        running = any(each.status == "running" for each in entries)
        sure = st.checkbox(
            f"Delete {len(entries)} runs with their curves and files" if len(entries) > 1 else "Delete this run",
            key="compare-sure",
            disabled=running,
            help="Stop the running ones first." if running else None,
        )
        runs = [services.store().run(each.id) for each in entries] if sure else []
        if any(needs_code(each, state.visitor()) for each in runs):
            st.text_input("Teacher code", key="compare-code", type="password")
        st.button(
            "Delete", icon=":material/delete:", disabled=not sure, on_click=_delete, args=(runs,), width="stretch"
        )


def _tag(entries: Sequence[Entry], add: bool) -> None:
    name = "compare-add-tag" if add else "compare-drop-tag"
    tag = str(st.session_state.get(name) or "").strip()
    st.session_state[name] = "" if add else None
    if not tag:
        return
    try:
        for each in entries:
            services.store().retag(each.id, **({"add": tag} if add else {"drop": tag}))
    except LabError as error:
        st.session_state[DONE] = str(error)


def _delete(runs: Sequence[object]) -> None:
    """All of them or, where one may not be deleted, none."""
    code = st.session_state.get("compare-code", "")
    try:
        for each in runs:
            may_delete(each, state.visitor(), code)  # type: ignore[arg-type]
        for each in runs:
            services.store().delete(each.id)  # type: ignore[attr-defined]
    except LabError as error:
        st.session_state[DONE] = str(error)
        return
    gone = {each.id for each in runs}  # type: ignore[attr-defined]
    compare_choice.choose(each for each in st.session_state.get(compare_choice.RUNS, []) if each not in gone)
    st.session_state["compare-sure"] = False
