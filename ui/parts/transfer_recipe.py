"""The recipe of a retraining: trunk, task, rung of the freeze ladder and the few knobs that matter."""

from typing import Any

import streamlit as st

from core.config import PRESETS, RunConfig
from core.errors import LabError
from core.runs import trunks
from ui import services
from ui.parts import links
from ui.parts.controls import STATES

LADDER = {
    "last": "Last layer",
    "last-2": "Last two",
    "block": "Last block",
    "all": "All layers",
    "scratch": "From scratch",
}
SAID = {
    "last": "Only the new head learns. The trunk runs once over every picture; after that an epoch takes a moment.",
    "last-2": "The new head and the layer below it learn.",
    "block": "The last block of convolutions and everything behind it learns.",
    "all": "Everything learns, the trunk more slowly than the new head.",
    "scratch": "The same layers with random weights: what the trunk's weights are worth.",
}
RECIPES = {"r1-greek": "R1: Greek letters", "r1-animals": "R1: ten animals", "r2-resnet50": "R2: CIFAR-10"}
OWN = "own"
START = RunConfig(epochs=5, batch_size=64, lr=3e-3, snapshots=10)
CHANGES: dict[str, Any] = {"rotate": 12.0, "zoom": 0.12, "shear": 12.0, "shift": 0.05}
LINKED = {"trunk": "trunk", "dataset": "task", "retrain": "learns"}  # value: its word in the address
CHOSEN = ("trunk", "dataset", "retrain", "head", "epochs", "lr", "copies", "unfreeze_at")


def _values(recipe: str) -> dict[str, Any]:
    config = PRESETS[recipe].config
    return {name: getattr(config, name) for name in CHOSEN}


def _take() -> None:
    recipe = st.session_state["tr-recipe"]
    if recipe in RECIPES:
        st.session_state["tr-values"] = _values(recipe)
        for name in CHOSEN:
            st.session_state.pop(f"tr-{name}", None)


def _turned() -> None:
    for name in CHOSEN:
        if f"tr-{name}" in st.session_state:
            st.session_state["tr-values"][name] = st.session_state[f"tr-{name}"]
    st.session_state["tr-recipe"] = OWN


def controls() -> RunConfig | None:
    """Trunk, task, rung and the few knobs that matter; a RunConfig, or None with a sentence on the page."""
    _recall()
    values = st.session_state["tr-values"]
    st.segmented_control(
        "Recipe", [*RECIPES, OWN], format_func={**RECIPES, OWN: "Your own"}.get, key="tr-recipe", on_change=_take,
        label_visibility="collapsed", required=True, persist_state="session",
    )  # fmt: skip
    _tell()
    choices, sets = trunks.choices(services.lab().runs()[0]), services.datasets()
    left, right = st.columns(2, gap="large")
    with left:
        _select("Trunk", "trunk", list(choices), lambda name: choices.get(name, name))
        if about := _about(values["trunk"]):
            st.caption(about)
    with right:
        _select("New task", "dataset", list(sets), str)
        known = sets.get(values["dataset"])
        st.caption(f"{STATES[known[0]]} {known[1]}" if known else f"{STATES['absent']} Put it into the data folder.")
    _default("retrain")
    st.segmented_control(
        "What learns", list(LADDER), format_func=LADDER.get, key="tr-retrain", on_change=_turned, required=True
    )
    st.caption(SAID[values["retrain"]])
    with st.expander("Head, epochs, rate", icon=":material/tune:"), st.container(horizontal=True):
        _number("Epochs", "epochs", 1, 200, 1)
        _number("Rate", "lr", 1e-6, 1.0, 0.001)
        _number("Changed copies", "copies", 0, 200, 5)
        _number("Unfreeze a rung every … epochs", "unfreeze_at", 0, 100, 1)
        heads = {
            "linear": "one linear layer",
            "gap-256": "mean, 256 units, dropout",
            "kept": "the trunk's own, for the classes it knows",
        }
        _select("Head", "head", list(heads), heads.get)
    recipe = st.session_state["tr-recipe"]
    base = PRESETS[recipe].config if recipe in RECIPES else START
    try:
        config = base.replace(**values)
        return config.replace(**CHANGES) if config.copies and recipe == OWN else config
    except LabError as error:
        st.error(str(error), icon=":material/error:")
        return None


def _recall() -> None:
    """The recipe and its values as they were left, or as the address says: the one is never without the other."""
    if "tr-values" in st.session_state:
        return
    said = {name: st.query_params[word] for name, word in LINKED.items() if word in st.query_params}
    if said.get("retrain") not in LADDER:
        said.pop("retrain", None)
    linked = st.query_params.get("recipe", "")
    recipe = linked if linked in RECIPES else "r1-greek"
    st.session_state["tr-values"] = _values(recipe) | said
    st.session_state["tr-recipe"] = OWN if said else recipe


def _tell() -> None:
    """The address says the recipe, or trunk, task and rung of one's own."""
    recipe, values = st.session_state["tr-recipe"], st.session_state["tr-values"]
    links.tell("recipe", recipe if recipe in list(RECIPES)[1:] else "")
    for name, word in LINKED.items():
        links.tell(word, values[name] if recipe == OWN else "")


def _about(trunk: str) -> str:
    """What the trunk has learned, from its card."""
    try:
        found = trunks.found(trunk)
    except LabError as error:
        return str(error)
    if found.card is None:
        return "Weights of ImageNet's 1.2 million photos: from the lab's home, or downloaded when the run begins."
    return found.card.about or f"Learned {found.card.dataset}."


def _default(name: str) -> None:
    st.session_state.setdefault(f"tr-{name}", st.session_state["tr-values"][name])


def _select(label: str, name: str, options: list[str], show: Any) -> None:
    value = st.session_state["tr-values"][name]
    _default(name)
    st.selectbox(label, options if value in options else [value, *options], format_func=show, key=f"tr-{name}",
                 on_change=_turned)  # fmt: skip


def _number(label: str, name: str, low: float, high: float, step: float) -> None:
    _default(name)
    shape = "%g" if isinstance(step, float) else "%d"
    st.number_input(label, low, high, step=step, format=shape, key=f"tr-{name}", on_change=_turned)
