"""The views of one network: confusions with pictures and map, the ten worst, and a table of all classes."""

import html
from typing import Any

import streamlit as st

from core.look.confusion import ClassFigures, interval, matrix, pairs, per_class
from core.look.embedding import basis, tsne
from core.look.judged import Judged, judged
from core.look.worst import Worst, worst
from core.runs import errands
from ui.components.mistakes_board import board, cell
from ui.parts import canvas
from ui.parts import mistakes_data as data
from ui.parts.code import show_code
from ui.parts.links import INSIDE, page_of
from ui.parts.mistakes_subject import Network, Pictures, link
from ui.parts.pictures import png
from ui.parts.signs import both, named, sign
from ui.parts.words import percent

KEY = "mistakes-board"
PCA, TSNE = "PCA", "t-SNE"


def summary(of: Network, found: Judged, pictures: Pictures) -> None:
    """How many are right, with what that is worth."""
    right, count = int(found.right.sum()), len(found)
    low, high = interval(right, count)
    st.metric(
        f"Right on {count:,} test pictures of {pictures.dataset}", percent(found.accuracy),
        help="Measured now, in full precision, on test pictures that no run learns from. A run that was trained in "
        "bf16 noted a hair more or less.",
    )  # fmt: skip
    st.caption(
        f"{count - right:,} mistakes. With other pictures of the same kind it might be {percent(low)} to "
        f"{percent(high)} (95 % interval)."
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
        KEY, "mistakes", data.answers(found, (of.key, pictures.key)), data.test_sheets(pictures),
        data.signs(of.opened.classes), of.opened.classes, shown, str(map_name),
        stars=data.stars(of.opened, found, place), start=start(len(of.opened.classes)),
        inside=of.link if pictures.dataset == of.opened.dataset else "",
        notes={"mistakes": "Below each picture: what it is → what the network says."},
        on_cell=lambda: _keep_cell(len(of.opened.classes)), on_inside=lambda: look_inside(of),
    )  # fmt: skip
    go_inside(of)


def maps(of: Network, pictures: Pictures, found: Judged, wanted: str) -> tuple[list[dict[str, Any]], Any]:
    """The maps there are, and how a new picture is laid on the one that is wanted."""
    key = (of.key, pictures.key)
    first, base = data.pca(found, key)
    if wanted != TSNE:
        return [first], base.place
    asked = data.errand("tsne", of, pictures)
    second, places = data.tsne(asked)
    if places is None or len(places) != len(found):
        progress(asked, "The t-SNE map")
        return [first], base.place
    return [first, second], data.nearest(found, places)


def progress(asked: errands.Errand, what: str) -> None:
    """How far a background errand is; the page is drawn again when it is done."""

    def look() -> None:
        now = errands.ask(asked)
        if now.done:
            st.rerun()
        if now.error:
            st.warning(now.error)
            st.button("Try again", on_click=errands.again, args=(asked,), key=f"again-{asked.key}")
            return
        st.progress(now.share, text=f"{what} is being made in the background: {now.doing.lower()} …")

    st.fragment(look, run_every=1.0)()


def start(classes: int) -> tuple[int | None, int | None] | None:
    """The cell that the link opens, such as `4-9`; `4-` is a whole row."""
    parts = st.query_params.get("cell", "").split("-")
    if len(parts) != 2 or not all(part == "" or (part.isascii() and part.isdigit()) for part in parts):
        return None
    numbers = tuple(int(part) if part else None for part in parts)
    return cell({"cell": numbers}, classes)


def _keep_cell(classes: int) -> None:
    chosen = cell(st.session_state.get(KEY), classes)
    link(cell=None if chosen is None else "-".join("" if each is None else str(each) for each in chosen))


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
        st.session_state["mistakes-go"] = number


def go_inside(of: Network) -> None:
    """Turns to the Inside page when a picture was sent there."""
    number = st.session_state.pop("mistakes-go", None)
    if number is not None:
        link = dict(part.split("=") for part in of.link.split("&"))
        st.switch_page(page_of(INSIDE), query_params={**link, "picture": str(number)})


def ten(of: Network, pictures: Pictures, found: Judged) -> None:
    """Report R2's ten worst, large."""
    listed = worst(found, 10, 3)
    st.caption(
        "The ten test pictures that cost this network most. The loss of a picture is minus the logarithm of the "
        "probability that the network gave to the right class: 0 is certain and right, 2.3 is one in ten, 4.6 is one "
        "in a hundred. Would you have read them?"
    )
    own = pictures.dataset == of.opened.dataset
    cards = "".join(_card(each, i, of, pictures, own) for i, each in enumerate(listed, 1))
    st.html(f'<div class="ink-worst" data-testid="worst">{cards}</div>')
    show_code(worst)


def _card(each: Worst, rank: int, of: Network, pictures: Pictures, own: bool) -> str:
    classes = of.opened.classes
    name = html.escape(both(classes[each.truth]))
    said = html.escape(both(classes[each.answer]))
    bars = "".join(
        f"<div{' class=true' if label == each.truth else ''}><span>{html.escape(sign(classes[label]))}</span>"
        f"<i><em style='width:{100 * chance:.2f}%'></em></i><span>{100 * chance:.1f} %</span></div>"
        for label, chance in each.top
    )
    verdict = (
        f"is <b>{name}</b>, read as <b>{said}</b>" if each.answer != each.truth else f"<b>{name}</b>, read rightly"
    )
    go = f'<a href="/inside?{of.link}&picture={each.picture}" target="_self">Look inside</a>' if own else ""
    alt = html.escape(f"test picture {each.picture}: is {classes[each.truth]}, read as {classes[each.answer]}")
    return (
        f'<figure><img src="{png(pictures.x[each.picture])}" alt="{alt}"><figcaption><p>{rank}. {verdict}</p>'
        f'<p class="small">loss {each.loss:.2f} · picture {each.picture:,}</p><div class="bars">{bars}</div>{go}'
        "</figcaption></figure>"
    )


def classes(of: Network, found: Judged) -> None:
    """A row for each class, and the most confused pairs in words."""
    names = of.opened.classes
    counts = matrix(found.truth, found.answers, len(names))
    rows = [row for row in per_class(counts, names) if row.pictures or row.called]
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.dataframe([_row(row) for row in rows], hide_index=True, column_config=_columns(), height="content")
        st.caption(
            "**Recognised** (recall): of all pictures of this class, the share that is read rightly; reports call it "
            "the accuracy of the class. **Believable** (precision): of all pictures that the network calls this class, "
            "the share that is. The interval says what the first might be with other pictures of the same kind."
        )
    with right:
        st.subheader("Most confused")
        listed = pairs(counts, 8)
        if not listed:
            st.write("Nothing is confused: every picture is read rightly.")
        st.markdown("\n".join(f"1. {_pair(each, names, counts)}" for each in listed))
    show_code(per_class, pairs)


def _row(row: ClassFigures) -> dict[str, Any]:
    recall = None if row.recall is None else 100 * row.recall
    precision = None if row.precision is None else 100 * row.precision
    span = f"{100 * row.low:.1f} – {100 * row.high:.1f}" if row.pictures else ""
    return {
        "class": both(row.name), "pictures": row.pictures, "right": row.right, "recognised": recall,
        "interval": span, "called so": row.called, "believable": precision,
    }  # fmt: skip


def _columns() -> dict[str, Any]:
    share = {"format": "%.1f %%", "min_value": 0.0, "max_value": 100.0}
    return {
        "recognised": st.column_config.ProgressColumn("recognised", **share),
        "believable": st.column_config.ProgressColumn("believable", **share),
        "interval": st.column_config.TextColumn("95 % interval"),
    }


def _pair(each: Any, names: Any, counts: Any) -> str:
    first, second = named(names[each.first]), named(names[each.second])
    of = int(counts[each.first].sum())
    back = f", and the other way round {each.back:,}" if each.back else ", never the other way round"
    return f"**{first}** is taken for **{second}**: {each.there:,} of {of:,}{back}."


CODE = (matrix, judged, basis, tsne)
