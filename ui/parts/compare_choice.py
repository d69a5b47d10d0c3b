"""What is compared: runs chosen in the table or by the page's address, and the address that restores them."""

from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from core.errors import LabError
from core.runs.catalogue import Entry, of_sweep
from core.runs.recipes import Recipe, named, recipes, short
from ui import services

MOST = 300  # runs compared at once: more lines and dots than anybody can tell apart
RUNS, SWEEP = "compare-runs", "compare-sweep"  # session_state: the numbers chosen; or the sweep they follow
TOP = "compare-top"  # session_state: the runs that an address brought; their rows come first


def chosen() -> list[int]:
    """The numbers of the compared runs: what the address says, else what was chosen before."""
    linked, sweep = st.query_params.get("runs"), st.query_params.get("sweep")
    if sweep and sweep != st.session_state.get(SWEEP):
        st.session_state[SWEEP] = sweep
        st.session_state[RUNS] = []
    elif linked is not None and linked != written(st.session_state.get(RUNS, [])):
        st.session_state[RUNS] = numbers(linked)
        if linked and not st.session_state[RUNS]:
            st.warning(f"The link asks for the runs {short(linked, 60)!r}; allowed: numbers of runs, such as 1-3,7.")
        st.session_state[SWEEP] = None
    else:
        linked = sweep = None
    if following := st.session_state.get(SWEEP):
        st.session_state[RUNS] = of_sweep(services.store(), following)
    if linked or sweep:
        st.session_state[TOP] = set(st.session_state[RUNS])
    link()
    return list(st.session_state.setdefault(RUNS, []))


def choose(ids: Iterable[int]) -> None:
    """Compares these runs from now on, here and in the address."""
    st.session_state[RUNS] = sorted(set(ids))
    st.session_state[SWEEP] = None
    link()


def link() -> None:
    """The address says what is compared."""
    ids, sweep = st.session_state.get(RUNS, []), st.session_state.get(SWEEP)
    for name, value in (("runs", "" if sweep else written(ids)), ("sweep", sweep or "")):
        if value and st.query_params.get(name) != value:
            st.query_params[name] = value
        elif not value and name in st.query_params:
            del st.query_params[name]


def written(ids: Sequence[int]) -> str:
    """1-3,7: short, however many they are."""
    parts: list[list[int]] = []
    for each in sorted(set(ids)):
        if parts and each == parts[-1][1] + 1:
            parts[-1][1] = each
        else:
            parts.append([each, each])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in parts)


def numbers(text: str) -> list[int]:
    """The numbers in such a text; whatever is none is left out."""
    found: list[int] = []
    for part in text.split(",")[:5000]:
        low, _, high = part.strip().partition("-")
        if not (low.isascii() and low.isdigit() and len(low) < 10):
            continue
        last = int(high) if high.isascii() and high.isdigit() and len(high) < 10 else int(low)
        found += range(int(low), min(last, int(low) + 10_000) + 1)
    return sorted(set(found))


def compared(ids: Sequence[int]) -> tuple[list[Entry], list[str]]:
    """The runs that are there, and a sentence for each reason why others are not."""
    entries, gone = services.catalogue().find(ids)
    said = []
    if not ids and (sweep := st.session_state.get(SWEEP)):
        said.append(f"No run belongs to a sweep {short(sweep)}: it was deleted, never made, or has not begun.")
    if gone:
        which = f"Run {gone[0]} is" if len(gone) == 1 else f"Runs {written(gone)} are"
        rest = " The others are compared." if entries else ""
        said.append(f"{which} no longer there: deleted meanwhile, or never made.{rest}")
        st.session_state[RUNS] = [each.id for each in entries]
        if not st.session_state.get(SWEEP):
            link()
    if len(entries) > MOST:
        said.append(f"{len(entries):,} runs are chosen; the newest {MOST} of them are compared.")
        entries = sorted(entries, key=lambda each: -each.id)[:MOST]
    if damaged := [each for each in entries if each.unreadable]:
        which = f"Run {damaged[0].id} has" if len(damaged) == 1 else f"{len(damaged)} runs have"
        said.append(f"{which} damaged settings: shown alone, and left out where knobs are compared.")
    if len(entries) > 1 and (bare := [each for each in entries if not each.figures and not each.active]):
        which = f"Run {bare[0].id} has" if len(bare) == 1 else f"Runs {written([each.id for each in bare])} have"
        said.append(f"{which} no points: ended before the first one was written.")
    return entries, said


def groups(entries: Sequence[Entry], single: bool) -> list[Recipe]:
    """The runs by recipe, or one by one, with names that set them apart."""
    return named(recipes(entries, single), single)


def places(single: bool) -> dict[str, int]:
    """Each compared recipe's place among the colours, oldest first; a single run keeps its colour of every page."""
    entries, _ = services.catalogue().find(st.session_state.get(RUNS, []))
    if single:
        return {f"run {each.id}": each.id - 1 for each in entries}
    order = dict.fromkeys(each.recipe for each in sorted(entries, key=lambda each: each.id))
    return {recipe: place for place, recipe in enumerate(order)}


def place(group: Recipe, single: bool, known: dict[str, int]) -> int | None:
    """The colour's place of a recipe; None while none of its runs is compared."""
    return known.get(f"run {group.key}" if single else group.first.recipe)


def seen(key: str) -> None:
    """To be called when a table or chart changed what is compared: the whole page is drawn again."""
    st.session_state["compare-changed"] = key


def poll(draw: Callable[[], None], entries: Sequence[Entry], every: float = 1.0) -> None:
    """Draws, and again every second while one of the runs is under way; when one ends, the whole page once."""
    before = {each.id: each.status for each in entries}

    def tick() -> None:
        try:
            services.lab().tend()
            now = {each.id: each.status for each in services.catalogue().find(before)[0]}
        except LabError as error:  # the store is busy: the next look will tell
            st.error(str(error))
            return
        if now != before or st.session_state.pop("compare-changed", None):
            st.rerun()
        draw()

    if any(each.active for each in entries):
        st.fragment(tick, run_every=every)()
    else:
        st.session_state.pop("compare-changed", None)
        draw()
