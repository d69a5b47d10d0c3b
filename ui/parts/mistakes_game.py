"""The label game: some training labels are flipped in secret; who finds them by loss and on the map?"""

import random

import streamlit as st

from core.config import RunConfig
from core.errors import LabError
from core.runs.run import Run
from ui import services, state
from ui.parts import mistakes_subject as subject
from ui.parts.mistakes_hunt import hunt
from ui.parts.mistakes_score import score
from ui.parts.words import facts

TAG = "label-game"
SIZES = (1000, 2000, 3000, 5000, 10_000)
SHARES = (0.02, 0.05, 0.1)
NEW = 0


def game() -> None:
    """One game at a time: start it, find the labels, hand in, see the score."""
    st.write(
        "In real data sets some labels are wrong. Here the lab flips a few **training** labels in secret and trains a "
        "network on them. A picture whose label surprises the network has a high loss, and lies among strangers on the "
        "map: look there. Put wrong labels right, hand in, and a new network shows what it was worth. The test set "
        "stays clean."
    )
    runs = [run for run in services.runs()[0] if TAG in run.tags and not run.config.fixed_labels]
    linked = state.opened()
    titles = {run.id: f"game {run.id} · {run.config.dataset}, {run.config.train_size:,} pictures" for run in runs}
    if st.session_state.get("mistakes-game") not in (NEW, *titles):
        ended = (run.id for run in runs if run.status == "finished")  # one that waits would push the class's game away
        first = linked if linked in titles else next(ended, next(iter(titles), NEW))
        st.session_state["mistakes-game"] = first
    with st.container(width=420):
        chosen = st.selectbox(
            "Game", [*titles, NEW], format_func=lambda each: titles.get(each, "a new game …"), key="mistakes-game",
            persist_state="session",
        )  # fmt: skip
    if said := st.session_state.pop("mistakes-said", None):
        st.error(said)
    if chosen == NEW:
        new()
        return
    play(services.store().run(chosen))


def new() -> None:
    """What the next game is about."""
    sets = [name for name, (kind, _) in services.datasets().items() if kind == "ready" and services.at_hand(name)]
    if not sets:
        st.info("A game needs a dataset on this machine. Train once on `strokes-digits`: the lab draws it by itself.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Dataset", sets, key="game-dataset", width=200)
        st.selectbox("Training pictures", SIZES, 2, format_func=lambda each: f"{each:,}", key="game-size", width=160)
        st.selectbox("Wrong labels", SHARES, format_func=lambda each: f"{each:.0%}", key="game-share", width=140)
        st.button("Flip them and train", icon=":material/casino:", type="primary", on_click=_start, key="game-start")


def recipe(dataset: str, size: int, share: float, seed: int) -> RunConfig:
    """A short run: one that trains for long learns the wrong labels by heart, and nothing surprises it any more."""
    net = "r1-lenet" if services.frame(dataset)[0] == (1, 28, 28) else "pairs-128"
    config = RunConfig(dataset, net, epochs=5, batch_size=64, lr=0.01, optimiser="muon", nesterov=True)
    return config.replace(dropout=0.1, train_size=size, wrong_labels=share, seed=seed)


def _start() -> None:
    chosen = st.session_state
    try:
        config = recipe(chosen["game-dataset"], chosen["game-size"], chosen["game-share"], random.randrange(2**31))
        run = services.store().add(config, "label game", owner=state.visitor(), tags=[TAG])
        services.lab().tend(now=True)
    except LabError as error:
        chosen["mistakes-said"] = str(error)
        return
    chosen["mistakes-game"] = run


def play(run: Run) -> None:
    """The game as far as it is."""
    if run.status != "finished":
        waiting(run, "The network learns from the labels, right and wrong")
        return
    subject.fits(run)
    child = handed_in(run)
    if child is not None and child.status != "finished":
        waiting(child, "A network learns from your labels")
    elif child is not None:
        score(run, child)
    hunt(run, child)


def waiting(run: Run, what: str) -> None:
    """Progress of a run, and a sentence when it ended otherwise."""
    if not run.active:
        st.warning(f"{what}: run {run.id} is {run.status}. {run.error or 'Resume it on the Train page.'}")
        return

    def look() -> None:
        services.lab().tend()
        now = services.store().run(run.id)
        if not now.active:
            st.rerun()
        st.progress(now.progress, text=f"{what} (run {run.id}: {facts(now)}) …")

    st.fragment(look, run_every=0.5)()


def handed_in(run: Run) -> Run | None:
    """The newest run with labels that people put right."""
    children = [each for each in services.runs()[0] if each.parent == run.id and TAG in each.tags]
    mine = [each for each in children if each.config.fixed_labels]  # not the same game trained once more
    return mine[0] if mine else None
