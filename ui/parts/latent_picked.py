"""A direction from pictures that somebody picks: some with it, some without."""

from typing import Any

import streamlit as st

from core.latent import picked
from core.latent.latent import Latent
from core.latent.sampler import Directions
from ui import services
from ui.components.contact_sheet import contact_sheet
from ui.parts.latent_place import extended, here
from ui.parts.latent_sliders import COLUMNS, on_page, pictures, sample, turning
from ui.parts.latent_subject import Subject
from ui.parts.pictures import strip
from ui.parts.tiles import channels

SIGNS = {"+": "with it", "−": "without it"}
WAYS = {"eye": "what the eye sees", "numbers": "their mean numbers"}
HELP = (
    "*What the eye sees*: what tells both groups apart is found in the pictures, then among the numbers; a few pictures"
    " are enough, but the eye hardly sees on which side something is. *Their mean numbers*: from the middle of one"
    " group's numbers to the middle of the other's; with few pictures much of it is chance."
)
NAME = "your own"

Sides = dict[str, list[Latent]]


def sides(subject: Subject) -> Sides:
    """What this visitor picked: pictures with it and pictures without."""
    found: Sides = st.session_state.setdefault("latent-picked", {}).setdefault(subject.link, {"+": [], "−": []})
    return found


def sheet(subject: Subject) -> None:
    """The samples; a click puts one to those with it or to those without."""
    chosen, seeds = sides(subject), on_page()
    sign = st.segmented_control(
        "A click puts a picture to those", list(SIGNS), format_func=SIGNS.get, default="+", required=True,
        key="latent-sign", help="For instance with blue hair, and without. A second click takes it away again.",
    )  # fmt: skip
    place = {sample(subject, seed): seed - seeds[0] for seed in seeds}
    contact_sheet(
        "latent-picking",
        pictures(subject, seeds),
        COLUMNS,
        f"Samples {seeds[0]} to {seeds[-1]}; a click puts one to those {SIGNS[sign]}",
        None,
        lambda: _picked(subject, seeds, sign),
        marks={place[each]: side for side, several in chosen.items() for each in several if each in place},
        name=("latent-sheet", subject.key, seeds[0]),
    )
    turning("-picking")
    st.button(f"The picture above is {SIGNS[sign]}", icon=":material/add:", on_click=_above, args=(subject, sign))


def direction(subject: Subject) -> tuple[Directions, tuple[Any, ...]]:
    """What is picked; the direction once there is a picture on each side, and the key that says all of it."""
    chosen = sides(subject)
    for side, several in chosen.items():
        st.caption(f"**{SIGNS[side].capitalize()}**: {len(several) or 'none yet'}")
        if several:
            strip([channels(subject.sampler.picture(each)) for each in several], [""] * len(several), side=44,
                  label=f"Pictures {SIGNS[side]}")  # fmt: skip
    if any(chosen.values()):
        st.button("Begin again", icon=":material/restart_alt:", on_click=_clear, args=(subject,))
    if not all(chosen.values()):
        st.info("One picture with it and one without are the least; six and six are better.")
        return {}, ()
    way = st.segmented_control(
        "The direction follows", list(WAYS), format_func=WAYS.get, default="eye", required=True, key="latent-way",
        help=HELP,
    )  # fmt: skip
    key = ("latent-picked", subject.key, way, tuple(chosen["+"]), tuple(chosen["−"]))
    vectors: Directions = services.once(key, lambda: {NAME: _direction(subject, way, chosen)})
    return vectors, key


def _direction(subject: Subject, way: str, chosen: Sides) -> Any:
    if way == "numbers":
        return picked.by_numbers(subject.sampler, chosen["−"], chosen["+"])
    known = services.once(("latent-seen", subject.key), lambda: picked.seen(subject.sampler))
    return picked.by_eye(subject.sampler, chosen["−"], chosen["+"], known)


def put(chosen: Sides, latent: Latent, sign: str) -> None:
    """To one side; from there back to none; from the other side to this one."""
    already = latent in chosen[sign]
    for several in chosen.values():
        if latent in several:
            several.remove(latent)
    if not already:
        chosen[sign].append(latent)
        del chosen[sign][: -picked.MOST]


def _picked(subject: Subject, seeds: list[int], sign: str) -> None:
    place = st.session_state["latent-picking"].get("picked")
    if isinstance(place, int) and 0 <= place < len(seeds):
        put(sides(subject), sample(subject, seeds[place]), sign)


def _above(subject: Subject, sign: str) -> None:
    latent = here(subject)
    if latent.moves:  # the directions' names may be forgotten, the picture shall stay
        latent = latent.baked(subject.sampler.size, extended(subject).directions)
    put(sides(subject), latent, sign)


def _clear(subject: Subject) -> None:
    for several in sides(subject).values():
        several.clear()
