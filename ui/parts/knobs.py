"""One widget per knob, chosen by what the knob may be."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.config import KNOBS, Knob
from core.errors import LabError
from ui.parts import recipe
from ui.parts.recipe import key, said
from ui.parts.words import plain

TYPED = (
    "weight_decay",
    "average",
    "clip",
    "stop_seconds",
    "step_factor",
)  # tiny or huge values: a slider cannot hit them
AS_THE_LINE = "as the line says"


def knob(name: str) -> str | None:
    """Draws the widget of a knob; returns the sentence if what was typed is not allowed."""
    each = KNOBS[name]
    value = recipe.current()["values"][name]
    if each.kind is tuple:
        return _list(each, value)
    if each.kind is str and not each.choices:
        return _text(each, value)
    if each.choices or (each.kind is bool and each.optional):
        _choice(each, value)
    elif each.kind is bool:
        _widget(st.toggle, each, value)
    elif each.log or each.optional:
        _steps(each, value)
    elif each.kind is float and name not in TYPED:
        step = 10 ** -(3 if each.high in (0.999, 1.0) else 2) if (each.high or 0) <= 1 else 1.0
        _widget(st.slider, each, value, min_value=each.low, max_value=each.high, step=step, format="%g")
    elif each.kind is float:
        _widget(st.number_input, each, value, min_value=each.low, max_value=each.high, step=0.0001, format="%g")
    else:
        _widget(st.number_input, each, value, min_value=int(each.low or 0), max_value=int(each.high or 0), step=1)
    return None


def _widget(widget: Any, each: Knob, value: Any, **more: Any) -> None:
    st.session_state.setdefault(key(each.name), value)
    widget(each.label, key=key(each.name), help=each.help, on_change=_keep, args=(each.name,), **more)


def _keep(name: str) -> None:
    """The widget's value goes into the recipe, where it outlives the widget."""
    value = recipe.chosen(name)
    if value is not None:
        recipe.current()["values"][name] = None if value == AS_THE_LINE else value


def _choice(each: Knob, value: Any) -> None:
    options: list[Any] = list(each.choices) or [True, False]
    if each.optional:
        options.insert(0, AS_THE_LINE)
    _widget(st.selectbox, each, AS_THE_LINE if value is None else value, options=options, format_func=said)


def _steps(each: Knob, value: Any) -> None:
    options: list[Any] = sorted({*_ladder(each), *(() if value is None else (value,))})
    if each.optional:
        options.insert(0, AS_THE_LINE)
    start = AS_THE_LINE if value is None else value
    _widget(st.select_slider, each, start, options=options, format_func=said)


def _ladder(each: Knob) -> Sequence[float]:
    """The stops of a slider: 1, 1.5, 2, 3, 5, 7 in every decade, powers of two, or even steps."""
    low, high = each.low or 0, each.high or 1
    if each.log and each.kind is int:
        extra = (10, 20, 40, 50, 80, 100, 120, 150, 200, 400, 1000)
        return [n for n in (*(2**i for i in range(14)), *extra) if low <= n <= high]
    if each.log:
        stops = [float(f"{digit}e{power}") for power in range(-8, 3) for digit in (1, 1.5, 2, 3, 5, 6, 7)]
        return [stop for stop in stops if low <= stop <= high]
    if each.kind is int:
        return list(range(int(low), int(high) + 1))
    return [round(0.05 * i, 2) for i in range(int(high / 0.05) + 1)]


def _text(each: Knob, value: Any) -> str | None:
    """Any text; empty is none."""
    st.session_state.setdefault(key(each.name), value or "")
    text = st.text_input(each.label, key=key(each.name), help=each.help, placeholder="none")
    recipe.current()["values"][each.name] = text.strip() or None
    return None


def _list(each: Knob, value: Any) -> str | None:
    """Numbers typed with commas; wrong ones stay in the box, with the sentence below it."""
    st.session_state.setdefault(key(each.name), "" if value is None else said(value))
    text = st.text_input(each.label, key=key(each.name), help=each.help, placeholder=AS_THE_LINE)
    try:
        recipe.current()["values"][each.name] = each.parse(str(text))
    except LabError as error:
        st.error(plain(str(error)))
        return str(error)
    return None
