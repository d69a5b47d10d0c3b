"""The recipe in the sidebar: a preset and what the visitor changed about it, kept across pages."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.config import KNOBS, PRESETS, RunConfig
from ui import services

STATE = "recipe"  # session_state: {"preset": name, "values": {knob: value}}
OFFLINE = "strokes-digits"  # what every machine has: the same shape and classes as MNIST


@dataclass(frozen=True)
class Recipe:
    """What the sidebar says: the config, or the sentences that say why there is none."""

    preset: str
    config: RunConfig | None
    errors: tuple[str, ...] = ()


def current() -> dict[str, Any]:
    """The recipe being written: made from the first preset on the first visit."""
    if STATE not in st.session_state:
        take(next(iter(PRESETS)))
    recipe: dict[str, Any] = st.session_state[STATE]
    return recipe


def take(preset: str) -> None:
    """All knobs as the preset has them; a dataset that is not here yet gives way to one that is."""
    write(preset, start(preset))


def start(preset: str) -> dict[str, Any]:
    """What every knob of a preset stands at on this machine."""
    values = dict(vars(PRESETS[preset].config))
    if services.datasets().get(values["dataset"], ("absent",))[0] != "ready" and values["dataset"] == "mnist":
        values["dataset"] = OFFLINE
    return values


def write(preset: str | None, values: dict[str, Any]) -> None:
    """Replaces the whole recipe, widgets included."""
    known = preset if preset in PRESETS else next(iter(PRESETS))
    st.session_state[STATE] = {"preset": known, "values": values}
    for name in [*KNOBS, "line"]:  # the widgets start again from the new values
        st.session_state.pop(key(name), None)
    st.session_state[key("preset")] = known


def turn(name: str, value: Any) -> None:
    """Sets one knob, its widget included."""
    current()["values"][name] = value
    st.session_state.pop(key(name), None)
    if name == "net":
        st.session_state.pop(key("line"), None)


def chosen(name: str) -> Any:
    """What the widget of a knob says; None when the recipe was replaced after the visitor had touched it."""
    return st.session_state.get(key(name))


def key(name: str) -> str:
    """The widget key of a knob."""
    return f"knob-{name}"


def changes() -> dict[str, tuple[Any, Any]]:
    """knob -> (the preset's value, the visitor's value), where they differ."""
    recipe = current()
    before = PRESETS[recipe["preset"]].config
    return {
        name: (getattr(before, name), value)
        for name, value in recipe["values"].items()
        if value != getattr(before, name)
    }


def said(value: Any) -> str:
    """A knob's value as a word."""
    if value is None:
        return "as the line"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
