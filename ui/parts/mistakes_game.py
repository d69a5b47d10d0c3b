"""The label game: some training labels are flipped in secret; who finds them by loss and on the map?"""

import random
from typing import Any

import streamlit as st

from core.config import RunConfig
from core.data.wrong import fixes, flipped, taught, used, written
from core.errors import LabError
from core.look.finds import Finds, finds
from core.look.judged import judged
from core.look.side import sentence, side
from core.runs.fixes import LEAVE, Fixes, changed
from core.runs.run import Run
from ui import services, state
from ui.components.mistakes_board import board
from ui.parts import mistakes_data as data
from ui.parts import mistakes_subject as subject
from ui.parts import tiles
from ui.parts.code import show_code
from ui.parts.signs import both, sign
from ui.parts.words import facts, percent

KEY = "mistakes-hunt"
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
        first = linked if linked in titles else next(iter(titles), NEW)
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
    if child is not None:
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
    mine = [each for each in services.runs()[0] if each.parent == run.id and TAG in each.tags]
    return mine[0] if mine else None


@st.fragment
def hunt(run: Run, child: Run | None) -> None:
    """The training pictures, the most surprising labels first."""
    if st.session_state.pop("mistakes-handed", False):
        st.rerun()  # the score is above, outside this part
    of = subject.network(run.id)
    shown = lesson(run)
    key = ("hunt", of.key, run.config.key())
    found = services.once(key, lambda: judged(of.opened, shown["x"], shown["told"]))
    table = Fixes(services.store())
    marks = table.of(run.id)
    places = {int(number): i for i, number in enumerate(shown["places"].tolist())}
    marks = {picture: label for picture, label in marks.items() if picture in places}
    given = changed(marks)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(given)}** labels changed, **{len(marks) - len(given)}** left as they are.")
        same = child is not None and fixes(child.config.fixed_labels, 10**9, 10**6) == given
        st.button(
            "Hand in: train again with these labels", icon=":material/school:", type="primary", key="game-hand-in",
            disabled=not given or same, on_click=_hand_in, args=(run, given),
            help="The same network, the same seed, the same pictures: only your labels are new.",
        )  # fmt: skip
    channels, height, width = of.opened.shape
    first, _ = data.pca(found, key)
    order = shown["places"]
    board(
        KEY, "hunt", data.answers(found, key, order.numpy()),
        data.sheets(("training", run.config.dataset, run.config.train_size, run.config.seed), len(order),
                    max(height, width), channels, lambda low, high: lesson(run)["x"][low:high].numpy()),
        data.signs(of.opened.classes), of.opened.classes, [first], "PCA", what="Training picture", marks=marks,
        notes={"hunt": "Below each picture: the label that the network was told. Click one to judge it."},
        on_mark=lambda: _mark(run.id, places, len(of.opened.classes)),
    )  # fmt: skip
    show_code(flipped, finds)


def lesson(run: Run) -> dict[str, Any]:
    """What the run learned from: the pictures' numbers, the pictures, and the labels it was told."""
    all_of = services.dataset(run.config.dataset)

    def make() -> dict[str, Any]:
        places = used(run.config, len(all_of.y_train))
        told = taught(run.config, all_of.y_train, len(all_of.classes))[places]
        return {"places": places, "x": all_of.x_train[places], "told": told}

    found: dict[str, Any] = services.once(("lesson", run.config.key()), make)
    return found


def _mark(run: int, places: dict[int, int], classes: int) -> None:
    """Writes down what was said about one picture; what comes from a browser is not trusted."""
    value = st.session_state[KEY].get("mark")
    if not isinstance(value, list | tuple) or len(value) != 2:
        return
    picture, label = value
    if picture not in places:
        return
    table = Fixes(services.store())
    if label is None:
        table.take_back(run, picture)
    elif isinstance(label, int) and LEAVE <= label < classes:
        table.say(run, picture, label, state.visitor())


def _hand_in(run: Run, given: dict[int, int]) -> None:
    try:
        text = written(given)
        services.store().clone(run.id, state.visitor(), fixed_labels=text)
        services.lab().tend(now=True)
        st.session_state["mistakes-handed"] = True
    except LabError as error:
        st.session_state["mistakes-said"] = str(error)
        st.session_state["mistakes-handed"] = True


def reckon(run: Run, child: Run) -> Finds:
    """Found, missed and false alarms of what was handed in."""
    labels = services.dataset(run.config.dataset).y_train
    count = len(services.dataset(run.config.dataset).classes)
    secret = flipped(run.config, labels, count)
    given = fixes(child.config.fixed_labels, len(labels), count)
    return finds(secret, given, {each: int(labels[each]) for each in {*secret, *given}})


def score(run: Run, child: Run) -> None:
    """What was found, and what it was worth on the clean test set."""
    if child.status != "finished":
        waiting(child, "A network learns from your labels")
        return
    found = reckon(run, child)
    before, after = run.result.get("test/accuracy"), child.result.get("test/accuracy")
    with st.container(border=True):
        columns = st.columns(4)
        columns[0].metric("Found", f"{found.found} of {found.flipped}")
        columns[1].metric("Missed", len(found.missed))
        columns[2].metric("False alarms", len(found.alarms), help="Labels that nobody had flipped. You may be right!")
        if before is not None and after is not None:
            gain = f"{100 * (after - before):+.2f} points"
            columns[3].metric("On the clean test set", percent(after), gain, help=f"Before: {percent(before)}")
        if found.third:
            st.caption(f"{len(found.third)} of the found ones were given a third label, which is wrong again.")
        st.write(worth(run, child))
        with st.popover("Show the answers", icon=":material/visibility:"):
            reveal("Missed", found.missed, run)
            reveal("False alarms", found.alarms, run)


def worth(run: Run, child: Run) -> str:
    """Whether the fixed labels made a difference, in words."""
    first, second = subject.network(child.id), subject.network(run.id)
    pictures = subject.pictures(first.opened, run.config.dataset)
    mine, theirs = data.judge(first, pictures), data.judge(second, subject.pictures(second.opened, pictures.dataset))
    count = min(len(mine), len(theirs))
    counts = side(mine.first(count).right, theirs.first(count).right)
    return sentence(counts, "the network with your labels", "the one before")


def reveal(title: str, numbers: tuple[int, ...], run: Run) -> None:
    """Some pictures with their true labels."""
    all_of = services.dataset(run.config.dataset)
    secret = flipped(run.config, all_of.y_train, len(all_of.classes))
    st.markdown(f"**{title}** ({len(numbers)}{', the first 12' if len(numbers) > 12 else ''})")
    tiles.style()
    tiles.row(
        tiles.tile(
            data.small(all_of.x_train[number]),
            f"is {both(all_of.classes[int(all_of.y_train[number])])}",
            f"told {sign(all_of.classes[secret[number]])}" if number in secret else "never flipped",
        )
        for number in numbers[:12]
    )
    if not numbers:
        st.caption("None.")
