"""What can be varied: the knobs, and the values of each, filled in with sensible ones."""

from typing import Any

import streamlit as st

from core.config import KNOBS
from core.config.vary import FIXED, Vary, parse, shown
from core.errors import LabError
from core.nets.named import NETS

SUGGESTED = {  # what a lesson would try; everything else is filled in from what the knob may be
    "batch_size": "32, 64, 128, 256, 400",
    "lr": "0.001, 0.003, 0.01, 0.03, 0.1",
    "epochs": "1, 2, 4, 8",
    "dropout": "0, 0.25, 0.5, 0.75",
    "kernel": "3, 5, 7",
    "filters": "8/16, 16/32, 32/64",
    "momentum": "0, 0.5, 0.9, 0.99",
    "weight_decay": "0, 0.0001, 0.01",
    "label_smoothing": "0, 0.05, 0.1",
    "train_size": "500, 2000, 10000",
}
FIRST = ("batch_size", "lr", "epochs", "dropout", "activation", "optimiser")
FOLDS = ("basic", "optimiser", "data")  # of the sidebar; the other folds are read by special runs only


def knobs() -> list[str]:
    """What can be varied: the six of beginner mode, or all."""
    if st.session_state.get("beginner", True):
        return list(FIRST)
    rest = [name for name, knob in KNOBS.items() if knob.fold in FOLDS and name not in (*FIRST, *FIXED)]
    return [*FIRST, *rest]


def title(name: str) -> str:
    return KNOBS[name].label if name in KNOBS else name


def values(name: str) -> Vary | LabError:
    """The widget of a knob's values, filled in with sensible ones."""
    knob, key = KNOBS[name], f"vary-values-{name}"
    listed: list[Any] = (
        list(NETS) if name == "net" else list(knob.choices) or ([True, False] if knob.kind is bool else [])
    )
    try:
        if listed:
            chosen = st.multiselect("Values", listed, listed[:5], format_func=shown, key=key, persist_state="session")
            return Vary(name, tuple(chosen))
        text = st.text_input(
            "Values",
            SUGGESTED.get(name) or spread(name),
            key=key,
            persist_state="session",
            help="With commas. Or a range to search in: 0.0001..0.1:log",
        )
        return parse(f"{name}={text}")
    except LabError as error:
        return error


def spread(name: str) -> str:
    """Some values between what a knob may be at least and at most."""
    knob = KNOBS[name]
    low, high = knob.low or 0, min(knob.high or 1, 1000)
    steps = [low + (high - low) * share for share in (0, 0.25, 0.5)]
    return ", ".join(shown(round(each) if knob.kind is int else each) for each in dict.fromkeys(steps))
