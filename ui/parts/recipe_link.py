"""The recipe in the address: a reload keeps what was turned, and a teacher's link brings a prepared recipe along."""

from typing import Any

import streamlit as st

from core.config import KNOBS, PRESETS
from core.errors import LabError, unknown
from ui.parts import links, recipe

PRESET, SET = "preset", "set"  # the words of the address: preset=r2-mnist-1&set=epochs=30&set=lr=0.1
UNTOLD = ("fixed_labels",)  # hundreds of numbers that the label game writes


def restore() -> None:
    """Before the sidebar's first time: the recipe is what the address says; what it cannot be is told."""
    if recipe.STATE in st.session_state or not {PRESET, SET} & set(st.query_params):
        return
    name = st.query_params.get(PRESET) or next(iter(PRESETS))
    try:
        if name not in PRESETS:
            raise unknown("preset", name, PRESETS)
        recipe.take(name)
    except LabError as error:
        _told(error)
        recipe.take(next(iter(PRESETS)))
    for each in st.query_params.get_all(SET):
        knob, _, text = each.partition("=")
        try:
            if knob not in KNOBS or knob in UNTOLD:
                raise unknown("knob", knob, KNOBS)
            recipe.turn(knob, KNOBS[knob].parse(text))
        except LabError as error:
            _told(error)


def tell() -> None:
    """The address says the preset, where it is not the first, and what was turned."""
    now = recipe.current()
    before = recipe.start(now["preset"])
    turned = {name: value for name, value in now["values"].items() if value != before[name] and name not in UNTOLD}
    links.tell(PRESET, now["preset"] if now["preset"] != next(iter(PRESETS)) else "")
    links.tell(SET, *(f"{name}={written(value)}" for name, value in turned.items()))


def written(value: Any) -> str:
    """A knob's value as `Knob.parse` reads it back, to the last digit."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _told(error: LabError) -> None:
    st.warning(f"The link's recipe: {error}", icon=":material/link_off:")
