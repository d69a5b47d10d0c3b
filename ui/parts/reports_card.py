"""Reports: the card of one experiment: what they claim, what we measured, and what follows."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.charts.figure import escaped, palette
from core.charts.reports import Course, courses, ladder
from core.config import PRESETS
from core.config.experiment import Experiment
from core.look.reproduced import Record, Standing, findings, points, within
from core.runs import measured
from core.runs.run import Run
from ui.components.chart_grid import Key, Panel, chart_grid
from ui.navigation import PAGES
from ui.parts import reports_run
from ui.parts.reports_rows import short, table

KINDS = {  # verdict on a claim -> its sign
    "holds": ":green[:material/check_circle: **Holds**]",
    "fails": ":red[:material/swap_vert: **The other way round**]",
    "noise": ":orange[:material/casino: **Chance**]",
    "single": ":gray[:material/help: **One seed**]",
    "unknown": ":gray[:material/hourglass_empty: **Open**]",
}


def card(experiment: Experiment, found: Mapping[str, Standing], newest: Sequence[Run]) -> None:
    """Everything about one experiment."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(f"{experiment.report} · {experiment.title}", anchor=experiment.name, width="stretch")
            _badge(found)
        st.markdown(experiment.claim)
        st.html(table(list(found.values()), st.context.theme.type))
        if experiment.per_epoch:
            epochs(experiment, found)
        _claims(experiment, found)
        _ours(experiment, found)
        if experiment.why:
            st.markdown(f":material/lightbulb: **Why.** {experiment.why}")
            aside(experiment)
        for row in experiment.rows:
            if row.about:
                st.caption(f"**{row.title}**: {row.about}")
        st.caption(f":material/edit_note: **What the report leaves open.** {experiment.assumed}")
        _elsewhere(experiment)
        reports_run.again(experiment, found)
        reports_run.progress(experiment, newest)


def _badge(found: Mapping[str, Standing]) -> None:
    close, known = within(list(found.values()))
    if not known:
        partial = any(each.partial for each in found.values() if not each.row.probe)
        st.badge("followed in part" if partial else "as reported", color="gray")
    elif close == known:
        st.badge(f"{close} of {known} rows within 1.5 points", color="green")
    else:
        st.badge(f"{close} of {known} rows within 1.5 points", color="orange")


def _claims(experiment: Experiment, found: Mapping[str, Standing]) -> None:
    """Each conclusion, and whether it holds."""
    judged = findings(experiment, found)
    for each in judged:
        if each.kind == "unknown":
            continue
        said = each.sentence
        for start in ("Holds: ", "The other way round: ", "Cannot be told from chance: "):
            said = said.removeprefix(start)
        st.markdown(f"{KINDS[each.kind]} {each.claim.text}{f': {said}' if said else ''}")
    waiting = [each.claim.text for each in judged if each.kind == "unknown"]
    if waiting:
        st.markdown(f"{KINDS['unknown']} until both of its rows are measured: {'; '.join(waiting)}.")
    off = [each for each in found.values() if each.agrees is False and not each.row.probe]
    if off:
        worst = max(off, key=lambda each: abs(each.off or 0))
        st.markdown(
            f":material/straighten: Farthest off: {worst.row.title}, {points(worst.off or 0)} points from the report."
        )


def _ours(experiment: Experiment, found: Mapping[str, Standing]) -> None:
    """Our own recipe for the same task, beside the best figure of the report."""
    if experiment.ours is None:
        return
    stood, best = found["ours"], max((row.accuracy or 0 for row in experiment.reported), default=0)
    if stood.level is None:
        st.caption(
            f"Our own recipe for this task is the preset `{experiment.ours}`; it has not been measured here yet."
        )
        return
    beats = f", {points(stood.level.mean - best)} points to the report's best" if best else ""
    time = f" in {short(stood.seconds)}" if stood.seconds is not None else ""
    st.markdown(
        f":material/trophy: **Ours**: `{experiment.ours}` reaches **{100 * stood.level.mean:.2f} %**{time}{beats}. "
        f"{PRESETS[experiment.ours].about}"
    )


def _elsewhere(experiment: Experiment) -> None:
    """The page of the lab where one does this by hand, if that page is there."""
    place = next((each for each in PAGES if each.file == experiment.page), None)
    if place is not None:
        st.page_link(place.path, label=f"Do it yourself on the page {place.title}", icon=place.icon)


def epochs(experiment: Experiment, found: Mapping[str, Standing]) -> None:
    """Curves over epochs, with bands over seeds, the report's ranges, and the line of guessing."""
    lines = [_course(each) for each in found.values() if each.records and not each.row.probe]
    if not lines:
        return
    chart_grid(
        [
            Panel(
                "epochs",
                "Epoch by epoch",
                courses(lines, experiment.chance),
                "line: test · dashes: training · bar at the right: the report's range · dots: guessing",
                wide=True,
            )
        ],
        legend=[Key(each.name, palette(place)) for place, each in enumerate(lines)],
        key=f"epochs-{experiment.name}",
        file=f"inkling-{experiment.name}",
    )


def aside(experiment: Experiment) -> None:
    """The rows once more, as a script measured them in several ways to show why."""
    found = measured.aside(experiment.aside[0]) if experiment.aside else {}
    if not found or not experiment.aside:
        return
    rows = [row for row in experiment.reported if any(row.title in values for values in found.values())]
    lines: list[tuple[str, list[float | None]]] = [("as reported", [row.accuracy for row in rows])]
    lines += [(name, [(values.get(row.title) or [None])[-1] for row in rows]) for name, values in found.items()]
    chart = ladder([escaped(row.title) for row in rows], lines)
    chart_grid(
        [Panel("aside", experiment.aside[1], chart, "test accuracy at the end", wide=True)],
        legend=[Key(name, palette(place)) for place, (name, _) in enumerate(lines)],
        key=f"aside-{experiment.name}",
        file=f"inkling-{experiment.aside[0]}",
    )


def _course(stood: Standing) -> Course:
    records: list[Record] = list(stood.records)
    length = min(len(each.accuracy) for each in records)
    columns = [[each.accuracy[epoch] for each in records] for epoch in range(length)]
    train = [
        sum(each.train[epoch] for each in records) / len(records)
        for epoch in range(min(length, *map(_trained, records)))
    ]
    said = (stood.row.low, stood.row.accuracy) if stood.row.low is not None and stood.row.accuracy is not None else None
    means = [sum(column) / len(column) for column in columns]
    return Course(stood.row.title, means, [min(c) for c in columns], [max(c) for c in columns], train, said)


def _trained(record: Record) -> int:
    return len(record.train)
