"""A picture that a generator made, to be looked at inside a classifier: any seed, or the very picture of a link."""

import random

import streamlit as st

from core.errors import LabError
from core.latent.latent import Latent
from core.latent.sampler import Sampler
from core.look.opened import Opened
from core.look.seen import made_seen
from ui import services
from ui.parts.latent_subject import generators, opened
from ui.parts.links import LATENT, page_of

MADE = "Made"
KEPT = "inside-made"  # session_state: {generator's link: Latent}
TAKEN = "inside-made-taken"  # the address that was obeyed last, so that a newer one is obeyed, too


def arrive() -> None:
    """An address that asks for a made picture chooses it, and the network beside it, before any widget is drawn."""
    wanted = st.query_params.get("made"), st.query_params.get("z", "0")
    if wanted[0] is None or wanted == st.session_state.get(TAKEN):
        return
    st.session_state[TAKEN] = wanted
    try:
        latent = Latent.from_link(wanted[1])
        opened(wanted[0]).picture(latent)
    except LabError as error:
        st.warning(str(error))
        return
    st.session_state.setdefault(KEPT, {})[wanted[0]] = latent
    st.session_state["inside-made-from"] = wanted[0]
    st.session_state["inside-source"] = MADE
    if "model" in st.query_params or "run" in st.query_params:
        st.session_state.pop("inside-net", None)


def leave() -> None:
    """Another kind of picture was chosen: the address no longer says which made one."""
    for name in ("made", "z"):
        st.query_params.pop(name, None)


def choose(network: Opened) -> tuple[object, str | None, tuple[str, ...], str] | None:
    """The widgets; then the picture for this network, what was asked for, what was changed, and where it is from."""
    names = generators()
    asked = st.session_state.get("inside-made-from")
    if asked is not None and asked not in names:
        names[asked] = asked.replace("run:", "run ").replace("@", " · step ")
    if not names:
        st.info("No generator yet: train a GAN on the Train page first.")
        return None
    link = st.selectbox(
        "Made by", list(names), format_func=names.__getitem__, key="inside-made-from", persist_state="session"
    )
    sampler = opened(link)
    latent = st.session_state.setdefault(KEPT, {}).setdefault(link, Latent(0))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Another", icon=":material/casino:", on_click=_another, args=(link, sampler), key="inside-made-next")
        if path := page_of(LATENT):
            st.page_link(
                path, label="Move its numbers", icon=":material/tune:",
                query_params={"model": link.partition("@")[0], "z": latent.to_link()},
            )  # fmt: skip
    _linked(link, latent)
    frame = services.FRAMES.get(sampler.dataset)
    pixels, notes = made_seen(
        network, sampler.picture(latent), sampler.generator.shape[0] == 1, frame[0][1] if frame else None
    )
    wanted = sampler.classes[latent.label or 0] if sampler.classes else None
    where = f"made by {sampler.title}, seed {latent.seed}" + (f", asked for {wanted}" if wanted else "")
    return pixels, wanted if wanted in network.classes else None, notes, where


def _another(link: str, sampler: Sampler) -> None:
    seed = random.randrange(2**31)
    label = seed % len(sampler.classes) if sampler.classes else None
    st.session_state[KEPT][link] = Latent(seed, label=label)


def _linked(link: str, latent: Latent) -> None:
    now = (link, latent.to_link())
    st.session_state[TAKEN] = now
    for name, value in zip(("made", "z"), now, strict=True):
        if st.query_params.get(name) != value:
            st.query_params[name] = value
