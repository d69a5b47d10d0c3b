"""The time machine on the page: which run, which picture, which layer, and the player that moves them all."""

from typing import Any

import streamlit as st

from core.errors import LabError
from core.look.embedding import Basis
from core.look.film import film
from core.look.kernels import kernels
from ui.components.time_machine import stepped, time_machine
from ui.parts import canvas
from ui.parts import time_data as frames
from ui.parts.code import show_code
from ui.parts.errand import progress
from ui.parts.links import nearest, tell
from ui.parts.mistakes_pictures import Pictures
from ui.parts.mistakes_sheets import test_sheets
from ui.parts.mistakes_stars import pad_picture
from ui.parts.mistakes_subject import Network
from ui.parts.pictures import png
from ui.parts.signs import both, signs

KEY = "time-player"
PAD, TEST = "Your drawing", "A test picture"
CURVES = {"test/accuracy": "test", "train/accuracy": "training"}


@st.fragment
def player(of: Network, pictures: Pictures) -> None:
    """Everything that the slider moves; only this part runs again when another picture or layer is chosen."""
    asked, found, whole = frames.film(of, pictures)
    if not whole:
        lead = "The film is being made in the background" if found is None else "You can play already; meanwhile"
        progress(asked, lead, lambda: asked.file(frames.FIRST_PART).is_file())
    if found is None:
        return
    lost = found["lost"].tolist()
    if lost:
        st.warning(
            f"{len(lost)} snapshot{'s' * (len(lost) != 1)} of run {of.choice} cannot be read and "
            f"{'are' if len(lost) != 1 else 'is'} left out: step {', '.join(map(str, lost[:8]))}.",
            icon=":material/broken_image:",
        )
    steps = tuple(int(step) for step in found["steps"])
    path, title = _layer(of)
    picture, name = _picture(of, pictures)
    base = Basis(found["mean"], found["axes"], (0.0, 0.0))
    box = (found["places"].min((0, 1)), found["places"].max((0, 1)))
    count = found["answers"].shape[1]
    try:
        maps = None if picture is None else frames.map_film(of, asked.key, steps, path, picture, base, box)
        time_machine(
            KEY,
            {
                "run": of.choice,
                "film": frames.film_address(asked, found, whole, pictures, of),
                "kernels": frames.kernel_film(of, asked.key, steps, path),
                "maps": maps,
                "picture": None if picture is None else png(picture),
                "pictureName": name,
                "sheets": test_sheets(pictures),
                "classes": signs(of.opened.classes),
                "curves": frames.curves(int(of.choice), CURVES),
                "start": steps.index(_moment(of, steps)),
                "kernelTitle": "Kernels",
                "kernelNote": f"layer {title}, up to {frames.PANELS} of its filters, on one scale for all moments",
                "mapTitle": "Maps of the picture",
                "mapNote": f"what layer {title} makes of {name}; blue is below zero, orange above",
            },
            on_step=lambda: _keep(dict(of.steps)),
        )
    except LabError as error:
        st.warning(str(error), icon=":material/error:")
        return
    st.caption(
        f"{len(steps)} moments, judged on {count:,} test pictures of {pictures.dataset}. One map for all moments: the "
        "two principal components of what the last layer got at all of them. So nothing on it moves but what the "
        "network changed. Thin lines behind the curve: what the run noted while it trained."
    )
    show_code(film, kernels)


def _layer(of: Network) -> tuple[str, str]:
    """Which layer's kernels and maps are shown."""
    titles = frames.layers(of)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        path = st.selectbox(
            "Layer", list(titles), format_func=titles.__getitem__, key=f"time-layer-{of.choice}", width=260,
            persist_state="session",
        )  # fmt: skip
        ways = [PAD, TEST]
        if "time-picture" not in st.session_state:
            st.session_state["time-picture"] = PAD if pad_picture(of.opened) is not None else TEST
        st.segmented_control("Picture", ways, key="time-picture", required=True, persist_state="session")
        if st.session_state["time-picture"] == PAD:
            with st.popover("Draw", icon=":material/draw:"):
                canvas.pad_now()
                canvas.show_pad("Draw here", "Its maps, its answer and its star follow your pen.")
        else:
            st.number_input("Number", 0, 9_999, 0, key="time-number", width=140, persist_state="session")
    return path, titles[path]


def _picture(of: Network, pictures: Pictures) -> tuple[Any, str]:
    """The picture whose maps are shown, and what it is called."""
    if st.session_state["time-picture"] == PAD:
        drawing = pad_picture(of.opened)
        if drawing is None:
            st.info("Nothing is drawn yet: press Draw, or take a test picture.", icon=":material/draw:")
        return drawing, "your drawing"
    number = min(int(st.session_state.get("time-number", 0)), len(pictures.truth) - 1)
    label = both(of.opened.classes[int(pictures.truth[number])])
    return pictures.x[number], f"test picture {number:,} ({label})"


def _moment(of: Network, steps: tuple[int, ...]) -> int:
    """The step to begin at: the address's, else the one that was on the page before somebody looked elsewhere."""
    epochs, key = dict(of.steps), f"time-step-{of.choice}"
    if "epoch" in st.query_params or st.session_state.get(key) not in steps:
        st.session_state[key] = nearest({step: epochs[step] for step in steps})
    step = int(st.session_state[key])
    if step != steps[-1]:
        tell("epoch", f"{epochs[step]:.4g}")
    return step


def _keep(epochs: dict[int, float]) -> None:
    step = stepped(st.session_state.get(KEY))
    if step in epochs:
        tell("epoch", f"{epochs[step]:.4g}")
