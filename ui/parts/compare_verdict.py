"""The verdict: what the seeds say about the compared recipes, in words, beside the dots that it rests on."""

import math
from collections.abc import Sequence

import streamlit as st

from core.charts.duels import Shown, intervals
from core.charts.figure import Figure
from core.errors import LabError
from core.look.seeds import judged_on
from core.look.verdict import Verdict, verdict
from core.runs.catalogue import Entry
from core.runs.recipes import Recipe, higher, left_out
from ui import services, state
from ui.components.chart_grid import Panel, chart_grid
from ui.parts import compare_choice
from ui.parts.actions import DONE
from ui.parts.words import plain

ICONS = {
    "winner": ":green[:material/trophy:]",
    "tie": ":orange[:material/balance:]",
    "unknown": ":gray[:material/casino:]",
    "alone": ":gray[:material/info:]",
    "nothing": ":gray[:material/hourglass_empty:]",
}
DRAWN = 10  # rows of the dots; more recipes are in the numbers
MOST_NEW = 60  # runs that one press may queue
AT_ONCE = 4  # further seeds that one press may ask of each recipe


def judged(groups: Sequence[Recipe], metric: str, best: bool) -> Verdict:
    """The verdict over the recipes' figures."""
    share = metric.endswith("accuracy")
    figures = {group.name: group.figures(metric, best) for group in groups}
    return verdict(figures, higher(metric), percent=share, pictures=judged_on(figures.values()) if share else None)


def shown(
    groups: Sequence[Recipe], metric: str, best: bool, places: dict[str, int], single: bool = False
) -> list[Shown]:
    """The recipes that have a figure, the best first, for the charts."""
    found = judged(groups, metric, best)
    by_name = {group.name: group for group in groups}
    made = []
    for each in found.groups:
        group = by_name[each.name]
        figures = {seed: value for seed, value in group.figures(metric, best).items() if math.isfinite(value)}
        seconds, runs = group.seconds(), {entry.seed: entry.id for entry in group.entries}
        seeds = sorted(figures)
        made.append(
            Shown(
                each.name,
                compare_choice.place(group, single, places) or 0,
                [figures[seed] for seed in seeds],
                [seconds.get(seed, group.first.seconds) for seed in seeds],
                each.mean,
                each.half,
                [runs[seed] for seed in seeds],
            )
        )
    return made


def dots(groups: Sequence[Recipe], metric: str, best: bool, places: dict[str, int]) -> Figure | None:
    """The chart beside the verdict; None where nothing has a figure."""
    found = shown(groups, metric, best, places)
    return intervals(found[:DRAWN], metric) if found else None


def show(groups: Sequence[Recipe], metric: str, best: bool) -> None:
    """The sentence large, what it leaves out below it, the dots beside it, and a way to find out more."""
    found = judged(groups, metric, best)
    with st.container(border=True, key="verdict"):
        left, right = st.columns([5, 6], gap="medium", vertical_alignment="center" if len(groups) < 5 else "top")
        with left:
            st.markdown(f"### {ICONS[found.kind]} {plain(found.sentence)}")
            for note in [*found.notes, *left_out(groups)]:
                st.caption(plain(note))
            if best:
                st.caption(
                    "The best moment of each run was picked by looking at these very pictures: it flatters all of them."
                )
            elif metric.startswith("test/") and found.kind == "winner":
                st.caption("Judged on the test pictures. Choose by them and they are used up: *Hold out* keeps others.")
            _more(groups, found)
        with right:
            if (figure := dots(groups, metric, best, compare_choice.places(False))) is not None:
                hint = "a dot: one seed · a bar: where the mean lies (95 %)"
                if len(groups) > DRAWN:
                    hint += f" · the best {DRAWN} of {len(groups)}"
                chart_grid(
                    [Panel("verdict", "Seeds and means", figure, hint)], key="verdict-dots", file="inkling-seeds"
                )


def _more(groups: Sequence[Recipe], found: Verdict) -> None:
    """A button that asks for the seeds that would settle it."""
    if found.kind not in ("tie", "unknown") or not found.more or any(each.first.unreadable for each in groups):
        return
    if any(each.first.value("fixed_labels") for each in groups):
        st.caption("Labels put right belong to one seed: another one draws other pictures. Play the label game again.")
        return
    count = min(found.more, AT_ONCE)
    configs = further(groups, count)
    if not configs or len(configs) > MOST_NEW:
        return
    each = f"{count} more seed{'s' * (count != 1)}"
    st.button(
        f"Run {each} of each ({len(configs)} runs)",
        icon=":material/casino:",
        key="more-seeds",
        on_click=_queue,
        args=(groups, count),
    )


def further(groups: Sequence[Recipe], count: int) -> list[tuple[Entry, int]]:
    """Which seeds to run next, of which run: the same ones for all, so that they can be compared seed by seed."""
    had = [{each.seed for each in group.entries} for group in groups]
    every = set().union(*had)
    wanted: list[int] = []
    while len(wanted) < count:
        seed = next(seed for seed in range(len(every) + count + 1) if seed not in every and seed not in wanted)
        wanted.append(seed)
    level = max((len(each) for each in had), default=0)
    lacking = [
        (group.first, seed)
        for group, mine in zip(groups, had, strict=True)
        for seed in sorted(every - mine)[: level - len(mine)]
    ]
    return lacking + [(group.first, seed) for seed in wanted for group in groups]


def _queue(groups: Sequence[Recipe], count: int) -> None:
    store, made = services.store(), []
    try:
        for first, seed in further(groups, count):
            made.append(store.clone(first.id, state.visitor(), seed=seed))
        services.lab().tend(now=True)
    except LabError as error:
        st.session_state[DONE] = str(error)
    compare_choice.choose([*st.session_state.get(compare_choice.RUNS, []), *made])
    compare_choice.seen("seeds")
