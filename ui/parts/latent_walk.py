"""Walks and sums: pictures put on a shelf, the way between them as a GIF or MP4, and A - B + C."""

import base64

import streamlit as st

from core.latent.latent import Latent
from core.latent.walks import NO_FILMS, arithmetic, films, gif, mp4, walk
from ui import services
from ui.parts.code import show_code
from ui.parts.latent_place import extended, go, here
from ui.parts.latent_subject import Subject
from ui.parts.pictures import strip
from ui.parts.tiles import address, channels

MOST = 12


def shelf(subject: Subject) -> list[Latent]:
    """The pictures this visitor put aside."""
    found: list[Latent] = st.session_state.setdefault("latent-shelf", {}).setdefault(subject.link, [])
    return found


def view(subject: Subject) -> None:
    """The shelf, the walk between its pictures, and sums of them."""
    st.subheader("From one picture to another")
    kept = shelf(subject)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Put the picture above on the shelf", icon=":material/add:", on_click=_add, args=(subject,), type="primary"
        )
        if kept:
            st.button("Clear the shelf", on_click=kept.clear)
    if not kept:
        st.caption("Pick a picture above and put it here; with two or more there is a walk, with three there are sums.")
        return
    sampler = extended(subject)
    pictures = [sampler.picture(each) for each in kept]
    strip([channels(each) for each in pictures], [str(i + 1) for i in range(len(kept))], side=96, label="The shelf")
    left, right = st.columns(2, gap="large")
    with left:
        _walk(subject, kept)
    with right:
        _sum(subject, kept)
    show_code(walk, arithmetic)


def _add(subject: Subject) -> None:
    kept = shelf(subject)
    latent = here(subject).baked(subject.sampler.size, extended(subject).directions)
    if latent not in kept:
        kept.append(latent)
        del kept[:-MOST]


def _walk(subject: Subject, kept: list[Latent]) -> None:
    st.markdown("**Walk** along the shelf and back")
    if len(kept) < 2:
        st.caption("A walk needs a second picture.")
        return
    between = st.slider("Pictures from one to the next", 4, 20, 12, key="latent-between")
    key = (subject.key, tuple(kept), between)
    pictures = services.once(("walk", *key), lambda: walk(subject.sampler, kept, between))
    film = services.once(("gif", *key), lambda: gif(pictures))
    st.html(
        f'<img class="ink-film" alt="A walk between {len(kept)} pictures"'
        f' src="data:image/gif;base64,{base64.b64encode(film).decode()}">'
    )
    with st.container(horizontal=True):
        st.download_button("GIF", film, "walk.gif", "image/gif", icon=":material/download:")
        if films():  # made when somebody asks for it: ten times the GIF's work
            st.download_button("MP4", lambda: mp4(pictures), "walk.mp4", "video/mp4", icon=":material/movie:")
        else:
            st.caption(NO_FILMS)


def _sum(subject: Subject, kept: list[Latent]) -> None:
    st.markdown("**Sums**: the middle of A, minus that of B, plus that of C")
    if len(kept) < 3:
        st.caption("A sum needs three pictures, such as *green hair* - *brown hair* + *another face*.")
        return
    numbers = list(range(1, len(kept) + 1))
    sides = [
        st.multiselect(name, numbers, default=[numbers[place]], key=f"latent-sum-{name}-{len(kept)}")
        for place, name in enumerate("ABC")
    ]
    if not all(sides):
        st.caption("Each of A, B and C needs at least one picture.")
        return
    answer = arithmetic(subject.sampler, *([kept[i - 1] for i in side] for side in sides))
    st.html(f'<img class="ink-film" alt="The sum" src="{address(subject.sampler.picture(answer))}">')
    st.button("Take it into the panel", on_click=go, args=(subject, answer))
