"""What surgery made of a network: its accuracy before and now, and the damage of each filter when it is muted alone."""

from typing import Any

import streamlit as st

from core.look.damage import Below, accuracy, affordable, below, ranking
from core.look.opened import Opened
from core.look.surgery import Cut, convolution, convolutions
from ui import services
from ui.parts.inside_ranking import bars
from ui.parts.inside_subject import Subject, perform
from ui.parts.inside_tests import NONE, tests
from ui.parts.mistakes_pictures import Pictures
from ui.parts.words import FEW, share


def outcome(subject: Subject) -> None:
    """Accuracy on the test pictures, before and now."""
    known = tests(subject.opened)
    if known is None:
        st.info(f"{NONE}, so its accuracy cannot be measured.")
        return
    count = affordable(subject.opened, len(known.truth))
    now, before = judged(subject, known), judged(subject, known, whole=True)
    st.metric(
        f"Accuracy on {count:,} test pictures{_of(subject, known)}",
        share(now, count),
        delta=change(now - before, count) if subject.cuts else None,
        delta_color="normal" if now != before else "off",  # no arrow that praises where nothing has changed
        delta_arrow="auto" if now != before else "off",
        help="Measured anew after every cut, in full precision; a run trained in bf16 noted a hair more or less.",
    )


def _of(subject: Subject, known: Pictures) -> str:
    """Which set, where it is not the network's own."""
    return "" if known.dataset == subject.opened.dataset else f" of {known.dataset}"


def change(by: float, count: int) -> str:
    """By how much the share has changed."""
    if count >= FEW:
        return f"{100 * by:+.2f} points"
    pictures = round(by * count)
    return f"{pictures:+d} picture{'s' * (abs(pictures) != 1)}"


def own_accuracy(subject: Subject) -> float | None:
    """For the card of a kept network: measured on the set that the card names, or not at all."""
    known = tests(subject.opened)
    return judged(subject, known) if known is not None and known.dataset == subject.opened.dataset else None


def judged(subject: Subject, known: Pictures, whole: bool = False) -> float:
    """Accuracy after all cuts, or of the untouched network; activations below the first cut are kept."""
    opened, key, cuts = (
        (subject.whole, (*subject.whole_key, ()), ()) if whole else (subject.opened, subject.key, subject.cuts)
    )
    paths_cut = [cut.path for cut in cuts] or convolutions(subject.whole)[:1]
    lowest = min(paths_cut, key=lambda each: int(each.split(".")[1]))
    return float(
        services.once(
            ("accuracy", key, known.key),
            lambda: accuracy(opened, _start(subject.whole, subject.whole_key, known, lowest)),
        )
    )


def _start(opened: Opened, key: tuple[Any, ...], known: Pictures, path: str) -> Below:
    """The test pictures, run up to the layer that holds `path`."""
    count = affordable(opened, len(known.truth))
    layer = int(path.split(".")[1])
    found: Below = services.once(
        ("below", key, layer, count, known.key),
        lambda: below(opened, known.x[:count], known.truth[:count], path),
        large=True,
    )
    return found


def damages(subject: Subject, path: str) -> None:
    """Which filters the network cannot do without."""
    opened = subject.opened
    known = tests(opened)
    if known is None:
        return
    filters = convolution(opened, path).out_channels
    count = affordable(opened, len(known.truth), filters + 1)
    st.markdown(f"**Damage when muted alone**, on {count:,} test pictures{_of(subject, known)}")
    key = ("ranking", subject.key, path, count, known.key)
    asked = st.session_state.setdefault("inside-ranked", set())
    if key not in asked:
        st.button("Rank the filters", icon=":material/sort:", key="inside-rank", on_click=asked.add, args=(key,))
        return
    with st.spinner(f"Muting {filters} filters, one after the other …"):
        damage = services.once(
            key, lambda: ranking(opened, below(opened, known.x[:count], known.truth[:count], path), path)
        )
    worst = max(range(filters), key=damage.__getitem__)
    st.html(bars(damage))
    if damage[worst] <= 0:
        st.caption("No filter of this layer does damage when it is muted alone: on these pictures the others make do.")
        return
    st.button(
        f"Mute the most damaging, filter {worst + 1}", icon=":material/volume_off:", key="inside-mute-worst",
        on_click=_mute_worst, args=(subject, path, worst),
    )  # fmt: skip


def _mute_worst(subject: Subject, path: str, worst: int) -> None:
    st.session_state["inside-cut-filter"] = worst
    perform(subject, Cut(path, worst, "mute"))
