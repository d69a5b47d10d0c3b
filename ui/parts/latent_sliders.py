"""The samples to pick from, and the panel whose picture follows the sliders."""

import streamlit as st

from core.errors import LabError
from core.latent.atlas import Atlas
from core.latent.latent import Latent
from core.latent.sampler import Pixels
from core.latent.walks import png
from ui import quick_made, services
from ui.components.contact_sheet import contact_sheet
from ui.components.latent_panel import latent_panel
from ui.parts.inside_subject import networks
from ui.parts.latent_place import PANEL, box, extended, follows, go, heard, here, linked, shareable
from ui.parts.latent_subject import Subject
from ui.parts.links import INSIDE, page_of

COLUMNS, SAMPLES = 8, 64
FAR = 5.0  # of a direction's slider


def samples(subject: Subject) -> None:
    """64 pictures; a click takes one into the panel."""
    seeds = on_page()
    contact_sheet(
        "latent-samples",
        pictures(subject, seeds),
        COLUMNS,
        f"Samples {seeds[0]} to {seeds[-1]} of {subject.sampler.title}; click one to move its sliders",
        framed(subject),
        lambda: _pick(subject, seeds),
        name=("latent-sheet", subject.key, seeds[0]),
    )
    turning("")


def framed(subject: Subject) -> int | None:
    """The place of the sample that the picture began with; of a sum, or in another class, it is none of them."""
    latent, seeds = here(subject), on_page()
    begun = latent.label == sample(subject, latent.seed).label and latent.has_of_seed(subject.sampler.size)
    return latent.seed - seeds[0] if begun and latent.seed in seeds else None


def on_page() -> list[int]:
    """The seeds of the samples on the page."""
    page = st.session_state.setdefault("latent-page", 0)
    return list(range(page * SAMPLES, (page + 1) * SAMPLES))


def pictures(subject: Subject, seeds: list[int]) -> list[Pixels]:
    """The samples, made once for everybody."""
    found: list[Pixels] = services.once(
        ("samples", subject.key, seeds[0]), lambda: [subject.sampler.picture(sample(subject, seed)) for seed in seeds]
    )
    return found


def turning(key: str) -> None:
    """The buttons that turn over to other samples."""
    seeds = on_page()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Other samples", icon=":material/casino:", on_click=_turn, args=(1,), key=f"latent-other{key}")
        if seeds[0]:
            st.button("Back", icon=":material/arrow_back:", on_click=_turn, args=(-1,), key=f"latent-back{key}")
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
    """The panel by itself: while a slider moves it asks `quick_made`, and nothing of the page runs. What shows the
    picture elsewhere hears the panel's bell once a slider is let go and its picture is there (`follows`)."""
    sampler = extended(subject)
    before = framed(subject)
    if heard(subject, sampler):
        linked(subject)
        if framed(subject) != before:
            st.rerun()  # the frame among the samples goes, too
    kept, latent = box(subject), here(subject)
    latent_panel(
        PANEL,
        {
            "model": subject.link,
            "asks": quick_made.offer(sampler, subject.key),
            "generation": kept["generation"],
            "seen": kept["seen"],
            "state": latent.to_dict(),
            "base": Latent(latent.seed).numbers(sampler.size),
            **quick_made.shown(sampler, latent),
            "named": [
                {"name": name, "low": -FAR, "high": FAR, "note": f"Along this direction {name} changes most"}
                for name in sampler.directions
            ],
            "notes": services.once(("notes", subject.key, found is None), lambda: notes(found, sampler.size)),
            "classes": list(sampler.classes),
        },
    )


def notes(found: Atlas | None, size: int) -> list[str]:
    """What each index moves, for the search and the hints."""
    if found is None:
        return [""] * size
    return [", ".join(f"{name} {moved:+.2f}" for name, moved in found.strongest(i)[:2]) for i in range(size)]


@st.fragment
def keep(subject: Subject) -> None:
    """Save, open, share: a file or a link that gives this very picture again; and the way into a classifier."""
    follows("latent-keep-bell")
    with st.container(horizontal=True):
        _share(subject)
        _inside(subject)


def _inside(subject: Subject) -> None:
    """The same picture as a classifier sees it."""
    options, titles = networks()
    path = page_of(INSIDE)
    if not options or not path:
        return
    with st.popover("Look at it inside…", icon=":material/frame_inspect:"):
        st.caption("What does a network that reads digits, letters or things make of this picture?")
        first = options.index("r1-lenet-mnist") if "r1-lenet-mnist" in options else 0
        choice = st.selectbox("Network", options, first, format_func=titles.__getitem__, key="latent-inside")
        where = {"run": str(choice)} if isinstance(choice, int) else {"model": choice}
        picture = {"made": subject.moment, "z": shareable(subject).to_link()}
        st.page_link(path, label="Open it there", icon=":material/arrow_forward:", query_params=where | picture)


def _share(subject: Subject) -> None:
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
