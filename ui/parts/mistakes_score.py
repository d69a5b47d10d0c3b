"""The score of a label game: what was found, and what it was worth on the clean test set."""

import streamlit as st

from core.data.wrong import fixes, flipped
from core.look.finds import Finds, finds
from core.look.side import sentence, side
from core.runs.run import Run
from ui import services
from ui.parts import mistakes_pictures, tiles
from ui.parts import mistakes_subject as subject
from ui.parts.mistakes_answers import judge
from ui.parts.mistakes_sheets import small
from ui.parts.signs import both, sign
from ui.parts.words import percent


def reckon(run: Run, child: Run) -> Finds:
    """Found, missed and false alarms of what was handed in."""
    labels = services.dataset(run.config.dataset).y_train
    count = len(services.dataset(run.config.dataset).classes)
    secret = flipped(run.config, labels, count)
    given = fixes(child.config.fixed_labels, len(labels), count)
    return finds(secret, given, {each: int(labels[each]) for each in {*secret, *given}})


def score(run: Run, child: Run) -> None:
    """What was found, and what it was worth on the clean test set."""
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
            were = "was" if len(found.third) == 1 else "were"
            st.caption(f"{len(found.third)} of those found {were} given a third label, which is wrong again.")
        st.write(worth(run, child))
        with st.popover("Show the answers", icon=":material/visibility:"):
            reveal("Missed", found.missed, run)
            reveal("False alarms", found.alarms, run)


def worth(run: Run, child: Run) -> str:
    """Whether the fixed labels made a difference, in words."""
    first, second = subject.network(child.id), subject.network(run.id)
    pictures = mistakes_pictures.pictures(first.opened, run.config.dataset)
    mine, theirs = judge(first, pictures), judge(second, mistakes_pictures.pictures(second.opened, pictures.dataset))
    count = min(len(mine), len(theirs))
    counts = side(mine.first(count).right, theirs.first(count).right)
    return sentence(
        counts, "the network with your labels", "the one before", "Would it be so in another game? Play it."
    )


def reveal(title: str, numbers: tuple[int, ...], run: Run) -> None:
    """Some pictures with their true labels."""
    all_of = services.dataset(run.config.dataset)
    secret = flipped(run.config, all_of.y_train, len(all_of.classes))
    st.markdown(f"**{title}** ({len(numbers)}{', the first 12' if len(numbers) > 12 else ''})")
    tiles.style()
    tiles.row(
        tiles.tile(
            small(all_of.x_train[number]),
            f"is {both(all_of.classes[int(all_of.y_train[number])])}",
            f"told {sign(all_of.classes[secret[number]])}" if number in secret else "never flipped",
        )
        for number in numbers[:12]
    )
    if not numbers:
        st.caption("None.")
