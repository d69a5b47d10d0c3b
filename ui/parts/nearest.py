"""The nearest: the five training pictures that are most like the drawing."""

from functools import lru_cache
from typing import Any

import streamlit as st

from ui import services
from ui.parts import tiles
from ui.parts.code import show_code
from ui.parts.models import Model
from ui.parts.signs import sign

WAYS = {"pixels": "by pixels", "features": "by the network's features"}


def show(model: Model, image: Any) -> None:
    """Five pictures of the training set with their labels."""
    name = source(model)
    if name is None:
        st.info("The pictures that this network was trained on are not on this machine.")
        return
    way = st.segmented_control(
        "Alike", list(WAYS), format_func=WAYS.get, default="pixels", required=True, key="nearest-by",
        persist_state="session", label_visibility="collapsed",
    )  # fmt: skip
    data = services.dataset(name)
    neighbours = _neighbours(model.key, model.predictor, data)
    with st.spinner("Looking at the training pictures through this network …", show_time=True):
        found = neighbours.pixels(image) if way == "pixels" else neighbours.features(image)
    tiles.row(
        tiles.tile(
            data.x_train[each.index, 0].numpy(),
            f"{max(each.alike, 0):.0%} alike",
            f"no. {each.index:,}",
            f"a {data.classes[int(data.y_train[each.index])]} of the training set",
            sign(data.classes[int(data.y_train[each.index])]),
        )
        for each in found
    )
    count = len(data.x_train) if way == "pixels" else min(neighbours.most, len(data.x_train))
    kind = "their pixels" if way == "pixels" else "what the last layer gets of them"
    st.caption(f"Out of {count:,} training pictures of {name}, compared by {kind} (cosine).")
    show_code(*_code(way))


def source(model: Model) -> str | None:
    """The dataset to look in: the network's own, else one with the same classes that is ready."""
    states = services.datasets()
    digits = all(label.isdigit() for label in model.classes)
    greek = not any(label.isdigit() for label in model.classes)
    close = ("mnist", "strokes-digits") if digits else ("strokes-greek",) if greek else ("strokes",)
    for name in (model.predictor.card.dataset, *close):
        if states.get(name, ("", ""))[0] == "ready" and tuple(services.frame(name)[0]) == (1, 28, 28):
            return str(name)
    return None


def _code(way: str) -> list[Any]:
    from core.look import neighbours

    return [neighbours.by_pixels] if way == "pixels" else [neighbours.by_features, neighbours.features]


@lru_cache(maxsize=4)
def _neighbours(key: str, predictor: Any, data: Any) -> Any:
    from core.look.neighbours import Neighbours

    return Neighbours(predictor, data.x_train)
