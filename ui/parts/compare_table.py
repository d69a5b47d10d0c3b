"""The table of the Compare page: every run of the store, by recipe or one by one; what is ticked is compared."""

from collections.abc import Sequence

import streamlit as st

from core.charts.theme import colour
from core.config import KNOBS
from core.runs.catalogue import Entry
from core.runs.recipes import Recipe, differing, recipes
from ui import services
from ui.components.run_table import Column, Row, run_table
from ui.parts import compare_choice, links
from ui.parts.compare_cells import cell, sorting
from ui.parts.compare_filter import filters, kept, wrong

PAGE = 100  # rows sent at once
KEY, SORT, PINS, SHOWN, ROWS = "compare-table", "compare-sort", "compare-pins", "compare-shown", "compare-rows"
ONLY, NEWEST = "compare-only", ("when", True)  # session_state; how rows are sorted when nobody says
FIXED = {
    "name": "Name",
    "runs": "Runs",
    "figure": "",
    "seconds": "Time",
    "owner": "Owner",
    "tags": "Tags",
    "when": "When",
}
USUAL = [*FIXED, "dataset", "net", "epochs", "batch_size", "lr", "optimiser"]
WIDE = 10  # columns of knobs at most


def table(metric: str) -> bool:
    """Draws filters and table; whether single runs are listed instead of recipes."""
    entries = services.catalogue().entries()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words, picked = filters(entries)
        single = links.choice("Rows", "by", ("recipe", "run"), {"recipe": "By recipe", "run": "Each run"}.get) == "run"
        links.restore(ONLY, "all", lambda _: False)
        st.session_state.setdefault(ONLY, True)
        only = st.toggle("Only what differs", key=ONLY, persist_state="session")
        columns = _columns_menu()
    links.restore(SORT, "sort", _sorted_by)
    links.restore(PINS, "pins", lambda values: set(compare_choice.numbers(",".join(values))))
    links.tell("all", "" if only else "yes")
    links.tell("columns", "" if columns == USUAL else ",".join(columns))

    def draw() -> None:
        _tell()
        listed = [each for each in services.catalogue().entries() if kept(each, words, picked)]
        _draw(listed, single, metric, columns, only)

    moving = [each for each in entries[:PAGE] if each.active and kept(each, words, picked)]
    compare_choice.poll(draw, moving, every=2.0)
    return single


def _tell() -> None:
    """The address says how the table is sorted and what is pinned."""
    key, down = st.session_state.get(SORT, NEWEST)
    links.tell("sort", "" if (key, down) == NEWEST else "-" * down + key)
    links.tell("pins", compare_choice.written(sorted(st.session_state.get(PINS, ()))))


def _sorted_by(values: list[str]) -> tuple[str, bool]:
    """`-lr` sorts by it, the highest first."""
    key = values[-1].removeprefix("-")
    return (key, values[-1].startswith("-")) if key in FIXED or key in KNOBS else NEWEST


def _columns_menu() -> list[str]:
    """Which columns the visitor wants."""
    links.restore(
        "compare-columns",
        "columns",
        lambda values: [each for each in values[-1].split(",") if each in (*FIXED, *KNOBS)],
    )
    menu = st.popover("Columns", icon=":material/view_column:", key="compare-columns-menu", on_change="rerun")
    if menu.open:
        with menu:
            st.multiselect(
                "Columns",
                [*FIXED, *KNOBS],
                default=None if "compare-columns" in st.session_state else USUAL,
                key="compare-columns",
                format_func=lambda name: FIXED.get(name) or (KNOBS[name].label if name in KNOBS else "Figure"),
                persist_state="session",
            )
            st.caption("With *Only what differs* on, knobs that differ among the listed runs are shown instead.")
    return list(st.session_state.get("compare-columns") or USUAL)


def _draw(listed: Sequence[Entry], single: bool, metric: str, wanted: Sequence[str], only: bool) -> None:
    found = recipes(listed, single)
    key, down = st.session_state.setdefault(SORT, NEWEST)
    pins = st.session_state.setdefault(PINS, set())
    order = {each.key: sorting(each, key, metric) for each in found}
    found.sort(key=lambda each: order[each.key], reverse=down)
    top = st.session_state.get(compare_choice.TOP) or set()

    def rank(group: Recipe) -> tuple[bool, bool, int]:
        """Pinned rows first, then those that the address brought; what has no figure last."""
        return group.key not in pins, not any(each.id in top for each in group.entries), order[group.key][0]

    found.sort(key=rank)
    most = st.session_state.setdefault(SHOWN, PAGE)
    shown = found[:most]
    st.session_state[ROWS] = {each.key: [entry.id for entry in each.entries] for each in shown}
    chosen = set(st.session_state.get(compare_choice.RUNS, []))
    columns = _columns(listed, wanted, only, metric)
    if single and "seed" not in {each.key for each in columns}:
        columns.append(Column("seed", "Seed", "number"))
    places = compare_choice.places(single)
    rows = [
        _row(each, columns, chosen, each.key in pins, compare_choice.place(each, single, places), metric)
        for each in shown
    ]
    what = "runs" if single else "recipes"
    run_table(
        columns,
        rows,
        sort=(key, down),
        more=f"{len(shown)} of {len(found):,} {what}: show more" if len(found) > most else "",
        empty=wrong(st.session_state.get("compare-words") or "") or "No run fits the search and the filters.",
        key=KEY,
        on_tick=_tick,
        on_sort=_sort,
        on_pin=_pin,
        on_more=lambda: st.session_state.update({SHOWN: most + 2 * PAGE}),
    )


def _columns(listed: Sequence[Entry], wanted: Sequence[str], only: bool, metric: str) -> list[Column]:
    knobs = differing(listed)[:WIDE] if only else [name for name in wanted if name in KNOBS]
    fixed = [name for name in FIXED if name in wanted]
    if only and not any(each.tags for each in listed):
        fixed = [name for name in fixed if name != "tags"]
    if only and len({each.owner for each in listed}) < 2:
        fixed = [name for name in fixed if name != "owner"]
    made = []
    for name in fixed:
        kind = "tags" if name == "tags" else "number" if name in ("figure", "seconds", "runs") else "text"
        hint = "Last value of each run: their mean over seeds ± where that mean lies (95 %)" if name == "figure" else ""
        made.append(Column(name, FIXED[name] or metric, kind, hint))
    number = {name for name in knobs if KNOBS[name].kind in (int, float)}
    return made + [
        Column(name, KNOBS[name].label, "number" if name in number else "text", KNOBS[name].help) for name in knobs
    ]


def _row(
    group: Recipe, columns: Sequence[Column], chosen: set[int], pinned: bool, place: int | None, metric: str
) -> Row:
    mine = sum(each.id in chosen for each in group.entries)
    return Row(
        group.key,
        [cell(group, each.key, metric) for each in columns],
        ticked=0 if not mine else 2 if mine == len(group.entries) else 1,
        pinned=pinned,
        status=group.first.status,
        light="" if place is None else colour(place + 1),
        dark="" if place is None else colour(place + 1, "dark"),
        title=f"run {group.key}, {group.first.name}" if len(group.entries) == 1 else f"the runs like {group.key}",
    )


def _tick() -> None:
    sent = st.session_state[KEY].tick
    rows = st.session_state.get(ROWS, {})
    if not isinstance(sent, dict) or not isinstance(sent.get("rows"), list):
        return
    runs = {run for key in sent["rows"] if isinstance(key, int) for run in rows.get(key, [])}
    before = set(st.session_state.get(compare_choice.RUNS, []))
    compare_choice.choose(before | runs if sent.get("on") else before - runs)
    compare_choice.seen("tick")


def _sort() -> None:
    """A click sorts; another one turns it round."""
    key = str(st.session_state[KEY].sort)
    if key not in FIXED and key not in KNOBS:
        return
    before, down = st.session_state[SORT]
    st.session_state[SORT] = (key, not down if key == before else key in ("figure", "when", "runs"))


def _pin() -> None:
    key = st.session_state[KEY].pin
    if isinstance(key, int):
        st.session_state[PINS] = set(st.session_state.get(PINS, set())) ^ {key}
