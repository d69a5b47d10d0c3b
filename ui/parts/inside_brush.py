"""Painting a kernel: stamps of well-known kernels, and a brush for single weights."""

import streamlit as st
from torch import Tensor

from core.look.surgery import Cut, convolution, stamps
from ui.components.map_wall import clicked, map_wall, numbers
from ui.parts.inside_subject import Subject, cuts_of, keep_cuts, perform

CELL = 46  # pixels of one weight on the canvas


def brush(subject: Subject, path: str, chosen: int) -> None:
    """Stamps, and the kernel to paint on: a click gives a weight the brush's value, and everything follows at once."""
    conv = convolution(subject.opened, path)
    inputs = conv.weight.shape[1]
    channel = None
    if inputs > 1:
        channel = st.selectbox(
            "Kernel of", [None, *range(inputs)], key="inside-paint-channel", width=220,
            format_func=lambda each: f"all {inputs} input channels" if each is None else f"input channel {each + 1}",
        )  # fmt: skip
    weights = conv.weight[chosen, slice(None) if channel is None else slice(channel, channel + 1)].detach()
    length = float(weights.norm()) / len(weights) ** 0.5 or 1.0
    st.caption("Stamp a well-known kernel on it, as strong as the one it replaces:")
    with st.container(horizontal=True):
        for name, kernel in stamps(*weights.shape[1:], length).items():
            cut = Cut(path, chosen, "paint", channel=channel, kernel=kernel)
            st.button(name, on_click=perform, args=(subject, cut), key=f"inside-stamp-{name}")
    with st.expander("Paint it weight by weight", icon=":material/brush:"):
        if len(weights) > 1:
            st.caption("Choose one input channel above: each has a kernel of its own.")
        else:
            _canvas(subject, path, chosen, channel, weights[0])


def _canvas(subject: Subject, path: str, chosen: int, channel: int | None, kernel: Tensor) -> None:
    st.number_input(
        "Brush", -10.0, 10.0, 0.5, 0.25, key="inside-brush", width=130, help="The weight that a click sets."
    )
    key = (
        f"inside-canvas-{st.session_state.get('inside-strokes', 0)}"  # a new one after each stroke: the same cell again
    )
    row = numbers("canvas", "", kernel[None], tile=CELL * kernel.shape[1], signs=True, panel="kernel")
    args = (subject, path, chosen, channel, kernel, key)
    map_wall([row], key=key, on_pixel=lambda: _stroke(*args))


def _stroke(subject: Subject, path: str, chosen: int, channel: int | None, kernel: Tensor, key: str) -> None:
    """One weight painted; strokes on the same kernel are one cut, so that undo takes back the painting."""
    pixel = clicked(st.session_state.get(key))
    if pixel is None or not (pixel[2] < kernel.shape[0] and pixel[3] < kernel.shape[1]):
        return
    painted = kernel.clone()
    painted[pixel[2], pixel[3]] = st.session_state["inside-brush"]
    cut = Cut(path, chosen, "paint", channel=channel, kernel=tuple(tuple(line) for line in painted.tolist()))
    last = subject.cuts[-1] if subject.cuts else None
    if last and (last.path, last.filter, last.kind, last.channel) == (path, chosen, "paint", channel):
        keep_cuts(subject.whole_key, cuts_of(subject.whole_key)[:-1])
    perform(subject, cut)
    st.session_state["inside-strokes"] = st.session_state.get("inside-strokes", 0) + 1
