"""Reports: running an experiment again, and how far that is."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.config import RunConfig
from core.config.experiment import OURS, Experiment, Row, longest, quick
from core.errors import LabError
from core.look.reproduced import Standing
from core.runs.run import Run
from ui import services, state
from ui.navigation import PAGES
from ui.parts.words import LOOKS, duration, facts, percent, plain

SEEDS = (1, 2, 3, 5)
COMPARE = next((place.path for place in PAGES if place.file == "compare.py"), None)
TRAIN = next(place.path for place in PAGES if place.file == "train.py")


def seconds(row: Row, stood: Standing, short: bool) -> float | None:
    """What one run of a row takes, judged by the measured ones."""
    if row.config is None or stood.seconds is None or not stood.epochs:
        return None
    per_epoch = stood.seconds / stood.epochs
    if not short:
        return per_epoch * row.config.epochs
    whole = 50_000 if row.config.dataset == "cifar10" else 60_000
    shortened = quick(row.config)
    return per_epoch * shortened.epochs * min(1.0, shortened.train_size / whole)


def estimate(rows: Sequence[Row], found: Mapping[str, Standing], short: bool, seeds: int) -> str:
    """`about 4 min`, or that nobody knows yet."""
    costs = [seconds(row, found[row.name], short) for row in rows]
    known = [cost for cost in costs if cost is not None]
    if not known:
        return "time not known yet"
    total = seeds * sum(known) * len(costs) / len(known)
    return f"about {duration(max(total, 1.0))}"


def lacking(experiment: Experiment) -> str:
    """Why an experiment cannot be run here; empty when it can."""
    rows = experiment.runnable
    theirs = [row for row in rows if not row.probe]
    if not theirs:
        return experiment.missing
    states = services.datasets()
    for row in theirs:
        assert row.config is not None
        name = row.config.dataset
        if (
            states.get(name, ("absent",))[0] == "absent"
            and states.get(name.partition("@")[0], ("absent",))[0] == "absent"
        ):
            return experiment.missing or f"The dataset {name} is not here."
    return ""


def again(experiment: Experiment, found: Mapping[str, Standing]) -> None:
    """The buttons with their estimate of time."""
    why = lacking(experiment)
    if why:
        st.caption(f":material/block: Not to be run from here. {why}")
        return
    rows = longest([row for row in experiment.runnable if row.name != OURS])
    key = f"again-{experiment.name}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        seeds = st.selectbox(
            "Seeds", SEEDS, key=f"{key}-seeds", width=90, help="Runs of each row; more tell luck apart."
        )
        count = len(rows) * seeds
        for short, label, icon in ((True, "Run quick", ":material/bolt:"), (False, "Run in full", ":material/replay:")):
            text = f"{label} · {estimate(rows, found, short, seeds)}"
            note = (
                "A tenth of the epochs on 10,000 pictures: shows the way, no figure to compare."
                if short
                else "The recipe as it stands above, all epochs and pictures."
            )
            st.button(
                text,
                icon=icon,
                key=f"{key}-{'quick' if short else 'full'}",
                help=f"{note} Queues {count} run{'s' * (count > 1)}.",
                on_click=start,
                args=(experiment, rows, short, seeds),
            )
        ours = found.get(OURS)
        if ours is not None and ours.row.config is not None and services.at_hand(ours.row.config.dataset):
            st.button(
                f"Run ours · {estimate([ours.row], found, False, seeds)}",
                icon=":material/trophy:",
                key=f"{key}-ours",
                help=f"{ours.row.title}: {ours.row.about}",
                on_click=start,
                args=(experiment, [ours.row], False, seeds),
            )
        mine = [record.run for each in found.values() for record in each.records if record.run is not None]
        if mine and COMPARE:
            listed = ",".join(map(str, dict.fromkeys(mine)))
            st.page_link(COMPARE, label="Compare these runs", icon=":material/compare:", query_params={"runs": listed})


def start(experiment: Experiment, rows: Sequence[Row], short: bool, seeds: int) -> None:
    """Queues every row with every seed; runs that are already there are not done twice."""
    store = services.store()
    added = 0
    try:
        for seed in range(seeds):
            for row in rows:
                assert row.config is not None
                config = (quick(row.config) if short else row.config).replace(seed=seed)
                if not _there(store, config):
                    tags = (experiment.name, "quick" if short else "full")
                    name = f"{experiment.name} {row.title}, seed {seed}{' (quick)' if short else ''}"
                    store.add(config, name, owner=state.visitor(), tags=tags)
                    added += 1
        services.lab().tend(now=True)
    except LabError as error:
        st.session_state["said"] = str(error)
    st.session_state[f"begun-{experiment.name}"] = added


def _there(store: services.Store, config: RunConfig) -> bool:
    """The same run finished already, or on its way."""
    if store.same(config):
        return True
    return any(run.config == config for run in store.runs(status=("queued", "running", "paused")))


def group(experiment: Experiment, newest: Sequence[Run]) -> list[Run]:
    """The runs of this experiment, oldest first."""
    return [run for run in reversed(newest) if experiment.name in run.tags]


def progress(experiment: Experiment, newest: Sequence[Run]) -> None:
    """How far the queued runs are; redrawn while one of them moves, and the whole page when they are done.

    `newest` are the runs as they were before the page read what is measured: a run that ended since still moves.
    """
    runs = group(experiment, newest)
    begun = st.session_state.get(f"begun-{experiment.name}")
    if begun == 0:
        st.caption("All of these runs are there already: nothing was queued.")
    if not runs:
        return
    moving = [run for run in runs if run.active]
    if not moving:
        done(runs)
        return

    def tick() -> None:
        services.lab().tend()
        now = group(experiment, services.runs()[0])
        active = [run for run in now if run.active]
        if not active:
            st.rerun()
        shown = [run for run in now if run.active or run.created >= min(each.created for each in active) - 1]
        share = sum(run.progress if run.active else 1.0 for run in shown) / len(shown)
        over = len(shown) - len(active)
        left = _left(shown)
        st.progress(share, text=f"{over} of {len(shown)} runs done{f', {duration(left)} left' if left else ''}")
        lines(active[:4])

    st.fragment(tick, run_every=1.0)()


def _left(runs: Sequence[Run]) -> float | None:
    """Seconds left for the group, as far as its runs tell."""
    paces = [run.remaining for run in runs if run.status == "running" and run.remaining is not None]
    ended = [run.seconds for run in runs if run.status == "finished" and run.seconds]
    waiting = sum(run.status == "queued" for run in runs)
    if waiting and not ended:
        return None
    return sum(paces) + waiting * (sum(ended) / len(ended) if ended else 0.0)


def done(runs: Sequence[Run]) -> None:
    """The last own runs of an experiment, folded."""
    with st.expander(f"Runs of this lab ({len(runs)})", icon=":material/list:"):
        lines(runs[-24:])


def lines(runs: Sequence[Run]) -> None:
    """A line for each run: its name as a link, its accuracy, its state."""
    for run in runs:
        icon, colour = LOOKS[run.status]
        accuracy = run.result.get("test/accuracy")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link(TRAIN, label=plain(run.name), icon=icon, query_params={"run": str(run.id)}, width="stretch")
            figure = f"**{percent(accuracy)}** · " if accuracy is not None else ""
            st.markdown(f"{figure}:{colour}[{facts(run)}]", width="content")
