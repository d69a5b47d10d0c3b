"""Filters as pictures with printed signs, each laid over the picture, and one filter through its whole training."""

from typing import Any

import streamlit as st

from core.look.kernels import Kernels, applied, kernels
from core.look.maps import record
from core.look.opened import Opened
from core.runs.openings import weights_at
from ui import services
from ui.components.map_wall import Row, clicked, map_wall, numbers, pictures
from ui.parts.code import show_code
from ui.parts.inside_picture import Picture
from ui.parts.inside_subject import Subject

COLOURS = ("red", "green", "blue")
FRAMES = 20  # moments in the film of one filter


@st.fragment
def filters(subject: Subject, picture: Picture | None) -> None:
    """The kernels of one layer, what they make of the picture, and the chosen one large."""
    opened = subject.opened
    every = kernels(opened)
    names = {each.path: each.title for each in every}
    path = st.selectbox("Layer", list(names), format_func=names.__getitem__, key="inside-kernel-layer", width=420)
    layer = next(each for each in every if each.path == path)
    chosen = min(_chosen(), layer.filters - 1)
    convolution = layer.weights.shape[2] > 1 or layer.weights.shape[3] > 1
    st.caption(
        "Orange and + add to the answer where the picture is bright, blue and − take away; no colour, no look. "
        "Click a filter to see it large."
    )
    map_wall(_kernel_rows(layer, chosen), key="inside-kernels", chosen=("filters", chosen, 0, 0), pick="panel")
    if picture is not None and convolution:
        st.subheader("Each filter over the picture" if layer.first else "What each filter makes of the maps before it")
        maps = applied(layer, picture.pixels) if layer.first else _maps(opened, picture, path)
        note = (
            "the bare filter over pixels of 0 to 1, without bias" if layer.first else "with bias, before the activation"
        )
        map_wall(
            [numbers("filters", "", maps, note=note, panel="filter", tile=84 if len(maps) <= 24 else 0)],
            key="inside-applied", pick="nothing",
        )  # fmt: skip
    _large(layer, chosen, picture)
    if len(subject.steps) > 1:
        _film(subject, layer, chosen)
    show_code(kernels, applied)


def _chosen() -> int:
    found = clicked(st.session_state.get("inside-kernels"))
    return found[1] if found else 0


def _kernel_rows(layer: Kernels, chosen: int) -> list[Row]:
    count, inputs, height, width = layer.weights.shape
    most = float(layer.weights.abs().max()) or 1.0
    size = 76 if max(height, width) > 1 else 0
    if layer.first and inputs in (1, 3):
        titles = ("",) if inputs == 1 else COLOURS
        return [
            numbers(
                "filters" if not i else f"filters-{title}", title, layer.weights[:, i], most=most, panel="filter",
                tile=size if count <= 40 else 48, signs=True, note=f"{count} filters of {height}×{width}",
            )
            for i, title in enumerate(titles)
        ]  # fmt: skip
    sums = layer.weights.pow(2).sum(1).sqrt() if height * width > 1 else layer.weights[:, 0]
    rows = [
        numbers(
            "filters", f"{count} filters", sums, panel="filter", tile=34 if count <= 128 else 26,
            note=f"how strongly each of {count} filters looks at each place, all {inputs} input channels together",
        )
    ]  # fmt: skip
    if height * width > 1:
        rows.append(
            numbers(
                "inputs", f"filter {chosen + 1}", layer.panels(chosen), most=most, panel="input channel", signs=True,
                tile=58 if inputs <= 64 else 34, note=f"its {inputs} kernels, one for each input channel",
            )
        )  # fmt: skip
    return rows


def _large(layer: Kernels, chosen: int, picture: Picture | None) -> None:
    """The chosen filter with its numbers."""
    _, inputs, height, width = layer.weights.shape
    if max(height, width) > 9 or inputs > 3:
        return
    bias = "" if layer.biases is None else f", bias {float(layer.biases[chosen]):+.3f}".replace("-", "−")
    st.subheader(f"Filter {chosen + 1}{bias}")
    rows = [
        numbers("large", "", layer.weights[chosen], tile=48 * width, signs=True, panel="kernel", note="its weights",
                labels=COLOURS if inputs == 3 else ())
    ]  # fmt: skip
    if picture is not None and layer.first:
        rows.append(
            pictures("picture", "", picture.pixels[None], tile=240, panel="the picture, map", note="the picture")
        )
        over = applied(layer, picture.pixels)[chosen][None]
        rows.append(numbers("over", "", over, tile=240, panel="map", note="the filter over it"))
    map_wall(rows, key="inside-large-wall", pick="nothing", flow=True)


def _maps(opened: Opened, picture: Picture, path: str) -> Any:
    return next(view for view in record(opened, picture.pixels, [path]) if view.path == path).maps


def _film(subject: Subject, layer: Kernels, chosen: int) -> None:
    """The same filter at every snapshot of the run, on one scale."""
    assert subject.run is not None
    import torch

    step = max(1, -(-len(subject.steps) // FRAMES))
    moments = [*subject.steps[:-1:step], subject.steps[-1]]
    frames, labels = [], []
    for at, epoch in moments:
        weights = weights_at(services.store(), subject.run.id, at, f"{layer.path}.weight")
        frames.append(weights.view(layer.weights.shape)[chosen, 0])
        labels.append(f"{epoch:.2g}")
    st.subheader(f"Filter {chosen + 1} while it learned")
    map_wall(
        [
            numbers(
                "film", "", torch.stack(frames), labels=tuple(labels), signs=True, tile=64, panel="epoch",
                note="by epoch; all on one scale",
            )
        ],
        key="inside-film",
        pick="nothing",
    )  # fmt: skip
