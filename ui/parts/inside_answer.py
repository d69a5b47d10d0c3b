"""The answer for the picture: what the network sees, what it says, and what it said before surgery."""

import html

import streamlit as st

from ui.parts.inside_picture import Picture
from ui.parts.inside_subject import Subject
from ui.parts.pictures import png
from ui.parts.signs import both, sign

SHOWN = 4  # classes


def answer(subject: Subject, picture: Picture) -> None:
    """The picture, the most probable classes, and whether they are right."""
    found = subject.opened.probabilities(picture.pixels)[0]
    classes = subject.opened.classes
    order = found.argsort(descending=True).tolist()[:SHOWN]
    best = order[0]
    right = picture.label is not None and classes[best] == picture.label
    verdict = "" if picture.label is None else ("right" if right else f"wrong: it is {both(picture.label)}")
    if subject.cuts:
        before = subject.whole.probabilities(picture.pixels)[0]
        was = int(before.argmax())
        change = "as before surgery," if was == best else f"{sign(classes[was])} before surgery,"
        verdict = f"{verdict} · {change} {float(before[best]):.1%} → {float(found[best]):.1%}".removeprefix(" · ")
    bars = "".join(_bar(sign(classes[i]), float(found[i]), i == best) for i in order)
    where = html.escape(f"{picture.where}: what the network sees, {'×'.join(map(str, picture.pixels.shape[1:]))}")
    st.html(
        f'<div class="ink-answer" data-testid="inside-answer" data-answer="{html.escape(classes[best])}">'
        f'<figure><img src="{png(picture.pixels)}" alt="{where}"><figcaption>{where}</figcaption></figure>'
        f"<div><p><b>{html.escape(sign(classes[best]))}</b> {html.escape(verdict)}</p>"
        f'<div class="bars">{bars}</div></div></div>'
    )
    for note in picture.notes:
        st.caption(note)


def _bar(name: str, share: float, best: bool) -> str:
    weight = ' class="best"' if best else ""
    return (
        f"<div{weight}><span>{html.escape(name)}</span><i><em style='width:{100 * share:.2f}%'></em></i>"
        f"<span>{100 * share:.1f} %</span></div>"
    )
