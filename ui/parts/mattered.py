"""What mattered: the places of the drawing that the answer hangs on."""

from typing import Any

import streamlit as st

from ui.parts import tiles
from ui.parts.code import show_code
from ui.parts.models import Model
from ui.parts.signs import both, sign


def show(model: Model, prediction: Any) -> None:
    """Heat maps for the best answer and for the second: cover a place, see how far the answer falls."""
    from core.look.heat import heat

    image = prediction.prepared.image
    targets = [label for label, chance in prediction.top[:3] if chance >= 0.01][:2] or [prediction.label]
    with st.container(horizontal=True, gap="medium"):
        tiles.row(
            [tiles.tile(image, "the drawing", "as the network sees it")]
            + [
                tiles.tile(
                    heat(model.predictor, image, label),
                    f"why {both(label)}",
                    f"{dict(prediction.top)[label]:.0%} sure",
                    f"orange where covering the drawing makes {label} less likely, blue where more",
                    sign(label),
                )
                for label in targets
            ]
        )
    st.caption(
        "Every place is covered once with a small black square (occlusion). "
        "**Orange**: without this place the answer falls; it speaks for the character. "
        "**Blue**: without it the answer rises; it speaks against it. The Inside page has three more ways to ask."
    )
    show_code(heat)
