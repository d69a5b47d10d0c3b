"""The ten worst, as report R2 shows them: the pictures that cost a network most, large."""

import html
import math
from collections.abc import Sequence

import streamlit as st

from core.look.judged import Judged
from core.look.worst import Worst, worst
from ui.parts.code import show_code
from ui.parts.mistakes_pictures import Pictures
from ui.parts.mistakes_subject import Network
from ui.parts.pictures import png
from ui.parts.signs import both, sign


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
    verdict = (
        f"is <b>{name}</b>, read as <b>{said}</b>" if each.answer != each.truth else f"<b>{name}</b>, read rightly"
    )
    go = f'<a href="/inside?{of.link}&picture={each.picture}" target="_self">Look inside</a>' if own else ""
    alt = html.escape(f"test picture {each.picture}: is {classes[each.truth]}, read as {classes[each.answer]}")
    return (
        f'<figure><img src="{png(pictures.x[each.picture])}" alt="{alt}"><figcaption><p>{rank}. {verdict}</p>'
        f'<p class="small">loss {each.loss:.2f} · picture {each.picture:,}</p>'
        f'<div class="bars">{bars(each, classes)}</div>{go}</figcaption></figure>'
    )


def bars(each: Worst, classes: Sequence[str]) -> str:
    """The likeliest answers, and the right one: the loss of a picture is of that."""
    top = list(each.top)
    if each.truth not in dict(top):
        top.append((each.truth, math.exp(-each.loss)))
    return "".join(
        f"<div{' class=true' if label == each.truth else ''}><span>{html.escape(sign(classes[label]))}</span>"
        f"<i><em style='width:{100 * chance:.2f}%'></em></i><span>{_chance(chance)}</span></div>"
        for label, chance in top
    )


def _chance(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.0005 else "&lt; 0.1 %"
