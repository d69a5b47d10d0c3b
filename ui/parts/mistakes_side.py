"""Two networks side by side: what one gets right and the other wrong, and whether that is more than luck."""

import streamlit as st

from core.errors import LabError
from core.look.judged import Judged
from core.look.side import sentence, side, together
from core.nets import checkpoint
from ui import services
from ui.components.mistakes_board import board
from ui.parts import links, mistakes_pictures
from ui.parts import mistakes_choice as choices
from ui.parts import mistakes_subject as subject
from ui.parts.code import show_code
from ui.parts.mistakes_answers import answers, judge
from ui.parts.mistakes_map import pca
from ui.parts.mistakes_pictures import Pictures
from ui.parts.mistakes_sheets import test_sheets
from ui.parts.mistakes_subject import Choice, Network
from ui.parts.mistakes_views import go_inside, look_inside
from ui.parts.signs import signs

KEY = "mistakes-side"


def beside(of: Network, pictures: Pictures, found: Judged, options: dict[Choice, str]) -> None:
    """The second network, the four kinds of pictures, and what they say."""
    others = {each: title for each, title in options.items() if each != of.choice}
    wanted = st.query_params.get("with", "")
    first: Choice | None = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else wanted or None
    if isinstance(first, int) and first != of.choice and "mistakes-with" not in st.session_state:
        choices.listed(first, others)
    first = first or likely(of, others)
    if not others:
        st.info("There is only one network so far. Train another one: then both can be laid side by side.")
        return
    with st.container(width=420):
        chosen = choices.choose("Beside it", "mistakes-with", others, first)
    if chosen is None:
        return
    links.tell("with", str(chosen))
    try:
        other = subject.network(chosen)
        theirs = judge(other, same(of, other, pictures))
    except LabError as error:
        st.warning(str(error), icon=":material/error:")
        return
    count = min(len(found), len(theirs))
    mine, theirs = found.first(count), theirs.first(count)
    counts = side(mine.right, theirs.right)
    titles = [of.title, other.title]
    key = (of.key, other.key, pictures.key)
    shown, _ = pca(mine, (of.key, pictures.key))
    board(
        KEY, "side", answers(mine, key, other=theirs), test_sheets(pictures),
        signs(of.opened.classes), of.opened.classes, [shown], "PCA",
        titles=titles, said=f"{sentence(counts, *titles)} {together(mine, theirs)}",
        on_inside=lambda: look_inside(of, KEY),
        inside=of.link if pictures.dataset == of.opened.dataset else "",
        notes={"side": f"Below each picture: what {titles[0]} says | what {titles[1]} says."},
    )  # fmt: skip
    go_inside(of)
    st.caption(f"Both read the same {count:,} test pictures of {pictures.dataset}. The map is that of {titles[0]}.")
    show_code(side, sentence, together)


def likely(of: Network, others: dict[Choice, str]) -> Choice | None:
    """The first of the others that knows the same classes, as far as can be told without opening one.

    One that still learns comes last: it would lose for having just begun.
    """
    runs = services.runs()[0]
    sets, early = {run.id: run.config.dataset for run in runs}, {run.id for run in runs if run.active}
    for each in sorted(others, key=early.__contains__):
        if isinstance(each, str):
            fits = tuple(checkpoint.card(checkpoint.find(each)).classes) == tuple(of.opened.classes)
        else:
            fits = sets.get(each) == of.opened.dataset
        if fits:
            return each
    return None


def same(of: Network, other: Network, pictures: Pictures) -> Pictures:
    """The same pictures for the other network; a sentence when it knows other classes."""
    if tuple(other.opened.classes) != tuple(of.opened.classes):
        raise LabError(
            f"{other.title} answers with other classes ({subject.listing(other.opened.classes)}) than {of.title} "
            f"({subject.listing(of.opened.classes)}): they cannot be laid side by side. Choose one with the same."
        )
    return mistakes_pictures.pictures(other.opened, pictures.dataset)
