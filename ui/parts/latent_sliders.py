"""The samples to pick from, and the panel whose picture follows the sliders."""

import time

import streamlit as st

from core.errors import LabError
from core.latent.atlas import Atlas
from core.latent.latent import Latent
from core.latent.walks import png
from ui import services
from ui.components.contact_sheet import contact_sheet
from ui.components.latent_panel import latent_panel
from ui.parts.latent_place import PANEL, box, extended, go, heard, here, linked, shareable
from ui.parts.latent_subject import Subject
from ui.parts.tiles import address

COLUMNS, SAMPLES = 8, 64
FAR = 5.0  # of a direction's slider


def samples(subject: Subject) -> None:
    """64 pictures; a click takes one into the panel."""
    page = st.session_state.setdefault("latent-page", 0)
    seeds = list(range(page * SAMPLES, (page + 1) * SAMPLES))
    pictures = services.once(
        ("samples", subject.key, page), lambda: [subject.sampler.picture(sample(subject, seed)) for seed in seeds]
    )
    latent = here(subject)
    plain = latent == sample(subject, latent.seed) and latent.seed in seeds
    contact_sheet(
        "latent-samples",
        pictures,
        COLUMNS,
        f"Samples {seeds[0]} to {seeds[-1]} of {subject.sampler.title}; click one to move its sliders",
        latent.seed - seeds[0] if plain else None,
        lambda: _pick(subject, seeds),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Other samples", icon=":material/casino:", on_click=_turn, args=(1,))
        if page:
            st.button("Back", icon=":material/arrow_back:", on_click=_turn, args=(-1,))
        st.caption(f"seeds {seeds[0]} to {seeds[-1]}")


def sample(subject: Subject, seed: int) -> Latent:
    """The picture of a seed; where there are classes, each seed shows the next one."""
    classes = subject.sampler.classes
    return Latent(seed, label=seed % len(classes)) if classes else Latent(seed)


def _turn(by: int) -> None:
    st.session_state["latent-page"] = max(0, st.session_state["latent-page"] + by)


def _pick(subject: Subject, seeds: list[int]) -> None:
    place = st.session_state["latent-samples"].get("picked")
    if isinstance(place, int) and 0 <= place < len(seeds):
        go(subject, sample(subject, seeds[place]))


@st.fragment
def panel(subject: Subject, found: Atlas | None) -> None:
    """The panel by itself: while a slider moves nothing else of the page runs."""
    sampler = extended(subject)
    let_go = heard(subject, sampler)
    if let_go:
        linked(subject)
    kept, latent = box(subject), here(subject)
    began = time.perf_counter()
    picture = sampler.picture(latent)
    took = (time.perf_counter() - began) * 1000
    changed = len(latent.edits) + len(latent.moves)
    told = f"seed {latent.seed}" + (f", {changed} change{'s' * (changed != 1)}" if changed else "")
    latent_panel(
        PANEL,
        {
            "model": subject.link,
            "generation": kept["generation"],
            "seen": kept["seen"],
            "state": latent.to_dict(),
            "base": Latent(latent.seed).numbers(sampler.size),
            "image": address(picture),
            "alt": f"Made picture, {told}",
            "said": f"{told} · made in {took:.0f} ms",
            "named": [
                {"name": name, "low": -FAR, "high": FAR, "note": f"Along this direction {name} changes most"}
                for name in sampler.directions
            ],
            "notes": notes(found, sampler.size),
            "classes": list(sampler.classes),
        },
    )
    if let_go:  # the picture is on its way; now what else shows it: the file to save, the strips below
        st.rerun()


def notes(found: Atlas | None, size: int) -> list[str]:
    """What each index moves, for the search and the hints."""
    if found is None:
        return [""] * size
    return [", ".join(f"{name} {moved:+.2f}" for name, moved in found.strongest(i)[:2]) for i in range(size)]


def keep(subject: Subject) -> None:
    """Save, open, share: a file or a link that gives this very picture again."""
    with st.popover("Save, open, share", icon=":material/ios_share:"):
        latent = shareable(subject)
        picture = subject.sampler.picture(latent)
        st.caption("The address of this page shows this very picture. The file does the same, anywhere.")
        name = f"latent-{subject.link.replace(':', '-')}-{latent.seed}"
        with st.container(horizontal=True):
            st.download_button(
                "Numbers", latent.to_json(), f"{name}.json", "application/json", icon=":material/data_object:"
            )
            st.download_button("Picture", png(picture, 4), f"{name}.png", "image/png", icon=":material/image:")
        given = st.file_uploader("Open a file of numbers", type=["json"], key="latent-file")
        if given and st.session_state.get("latent-opened") != given.file_id:
            st.session_state["latent-opened"] = given.file_id
            try:
                opened = Latent.from_json(given.getvalue().decode("utf-8", "replace"), subject.sampler.size)
                extended(subject).picture(opened)
            except LabError as error:
                st.error(str(error))
            else:
                go(subject, opened)
                st.rerun()
