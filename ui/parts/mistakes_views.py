"""The confusions of one network: the board with pictures and map, and the way from a picture to the Inside page."""

from typing import Any

import streamlit as st

from core.look.confusion import interval, matrix
from core.look.embedding import basis, tsne
from core.look.judged import Judged, judged
from ui.components.mistakes_board import board, cell
from ui.parts import canvas, mistakes_map
from ui.parts.errand import progress
from ui.parts.links import INSIDE, obeyed, page_of, tell
from ui.parts.mistakes_answers import answers, errand
from ui.parts.mistakes_pictures import Pictures
from ui.parts.mistakes_sheets import test_sheets
from ui.parts.mistakes_stars import stars
from ui.parts.mistakes_subject import Network
from ui.parts.signs import signs
from ui.parts.words import percent, share

KEY = "mistakes-board"
PCA, TSNE = "PCA", "t-SNE"


def summary(of: Network, found: Judged, pictures: Pictures) -> None:
    """How many are right, with what that is worth."""
    right, count = int(found.right.sum()), len(found)
    low, high = interval(right, count)
    st.metric(
        f"Right on {count:,} test pictures of {pictures.dataset}", share(found.accuracy, count),
        help="Measured now, in full precision, on test pictures that no run learns from.",
    )  # fmt: skip
    mistakes = f"{count - right:,} mistake{'s' * (count - right != 1)}"
    st.caption(
        f"{mistakes}. With other pictures of the same kind it might be {percent(low)} to {percent(high)} "
        "(95 % interval)."
    )


@st.fragment
def confusions(of: Network, pictures: Pictures, found: Judged) -> None:
    """The board; only this part of the page runs again when something on it changes."""
    with st.container(horizontal=True, vertical_alignment="center"):
        map_name = st.segmented_control(
            "Map", [PCA, TSNE], key="mistakes-map", required=True, default=PCA, persist_state="session",
            help="PCA: the two directions in which the network's view of the pictures differs most, at once. "
            "t-SNE: keeps neighbours together; distances between far groups mean little. Takes up to a minute.",
        )  # fmt: skip
        with st.popover("Draw a star", icon=":material/star:"):
            drawing = canvas.pad_now()
            canvas.show_pad("Draw here", "Your drawing is the star on the map.")
            assert drawing is not None
    shown, place = maps(of, pictures, found, str(map_name))
    board(
        KEY, "mistakes", answers(found, (of.key, pictures.key)), test_sheets(pictures),
        signs(of.opened.classes), of.opened.classes, shown, str(map_name),
        stars=stars(of.opened, found, place), start=start(len(of.opened.classes)),
        inside=of.link if pictures.dataset == of.opened.dataset else "",
        notes={"mistakes": "Below each picture: what it is → what the network says."},
        on_cell=lambda: _keep_cell(len(of.opened.classes)), on_inside=lambda: look_inside(of),
    )  # fmt: skip
    go_inside(of)


def maps(of: Network, pictures: Pictures, found: Judged, wanted: str) -> tuple[list[dict[str, Any]], Any]:
    """The maps there are, and how a new picture is laid on the one that is wanted."""
    key = (of.key, pictures.key)
    first, base = mistakes_map.pca(found, key)
    if wanted != TSNE:
        return [first], base.place
    asked = errand("tsne", of, pictures)
    second, places = mistakes_map.tsne(asked)
    if places is None or len(places) != len(found):
        progress(asked, "The t-SNE map is being made in the background")
        return [first], base.place
    return [first, second], mistakes_map.nearest(found, places)


def start(classes: int) -> tuple[int | None, int | None] | None:
    """The cell that the link opens, such as `4-9`; `4-` is a whole row."""
    parts = st.query_params.get("cell", "").split("-")
    if len(parts) != 2 or not all(part == "" or (part.isascii() and part.isdigit()) for part in parts):
        return None
    numbers = tuple(int(part) if part else None for part in parts)
    return cell({"cell": numbers}, classes)


def _keep_cell(classes: int) -> None:
    chosen = cell(st.session_state.get(KEY), classes)
    tell("cell", "" if chosen is None else "-".join("" if each is None else str(each) for each in chosen))


def look_inside(of: Network, key: str = KEY) -> None:
    """Opens the Inside page with this network and the clicked test picture."""
    number = st.session_state[key].get("inside")
    if isinstance(number, int) and 0 <= number < 10**7:
        st.session_state["inside-number"] = number
        st.session_state["inside-source"] = "Test set"
        st.session_state["inside-class"] = "any class"
        st.session_state["inside-net"] = of.choice
        if of.run is not None:
            st.session_state["run"] = of.run.id
            st.session_state[f"inside-step-{of.run.id}"] = of.step
        obeyed()  # no link: what was chosen here stays
        st.session_state["mistakes-go"] = number


def go_inside(of: Network) -> None:
    """Turns to the Inside page when a picture was sent there."""
    number = st.session_state.pop("mistakes-go", None)
    if number is not None:
        link = dict(part.split("=") for part in of.link.split("&"))
        st.switch_page(page_of(INSIDE), query_params={**link, "picture": str(number)})


CODE = (matrix, judged, basis, tsne)
