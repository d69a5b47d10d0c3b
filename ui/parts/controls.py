"""The sidebar of a recipe: widgets in, RunConfig out."""

import streamlit as st

from core.config import KNOBS, PRESETS, RunConfig
from core.errors import LabError
from ui import services
from ui.parts import recipe, recipe_link
from ui.parts.gan_recipe import gan_knobs, gan_network
from ui.parts.knobs import knob
from ui.parts.network import network
from ui.parts.recipe import Recipe, key, said

FOLDS = {
    "basic": ("Basic", ":material/tune:"),
    "optimiser": ("Optimiser", ":material/trending_down:"),
    "data": ("Data", ":material/photo_library:"),
    "transfer": ("Transfer", ":material/move_down:"),
}
OWN_WIDGET = ("dataset", "net", "fixed_labels")  # the last one is written by the label game
STATES = {
    "ready": ":green-badge[:material/check: ready]",
    "downloadable": ":orange-badge[:material/download: will be downloaded]",
    "absent": ":red-badge[:material/close: absent]",
}


def controls() -> Recipe:
    """Draws the whole recipe in the sidebar and returns what it says."""
    recipe_link.restore()
    with st.sidebar:
        preset()
        beginner = st.toggle(
            "Beginner mode",
            value=True,
            key="beginner",
            persist_state="session",
            help="Only the six knobs that matter most.",
        )
        dataset()
        now = _config().config or RunConfig()
        if now.kind == "gan":
            errors = [gan_network(now), *gan_knobs(beginner)]
        else:
            errors = [network(now, full=not beginner)]
            if beginner:
                errors += [knob(name) for name, each in KNOBS.items() if each.beginner]
            else:
                errors += [error for fold in FOLDS for error in folded(fold)]
        config = _config()
        differences()
    recipe_link.tell()
    found = tuple(error for error in [*config.errors, *errors] if error)
    return Recipe(config.preset, None if found else config.config, found)


def preset() -> None:
    """The reports' recipes first."""
    recipe.current()
    st.session_state.setdefault(key("preset"), recipe.current()["preset"])
    st.selectbox(
        "Preset",
        list(PRESETS),
        key=key("preset"),
        format_func=lambda name: PRESETS[name].title,
        on_change=_took_preset,
        help="A recipe to start from; every knob below can still be turned.",
    )
    st.caption(PRESETS[recipe.current()["preset"]].about)


def _took_preset() -> None:
    if (preset := recipe.chosen("preset")) is not None:
        recipe.take(preset)


def dataset() -> None:
    """Where the pictures come from, and whether they are here."""
    known = services.datasets()
    chosen = recipe.current()["values"]["dataset"]
    st.session_state.setdefault(key("dataset"), chosen)
    options = list(known) if chosen in known else [*known, chosen]
    state, about = known.get(chosen, ("absent", "This file is no longer in the data folder."))
    st.selectbox("Dataset", options, key=key("dataset"), on_change=_took_dataset, help=about)
    aside = "" if state == "ready" else f" No network here? Take `{recipe.OFFLINE}`: the lab draws it by itself."
    st.caption(f"{STATES[state]}{aside}")


def _took_dataset() -> None:
    if (dataset := recipe.chosen("dataset")) is not None:
        recipe.current()["values"]["dataset"] = dataset


def folded(fold: str) -> list[str | None]:
    """One fold of knobs; its title says how many of them were turned."""
    title, icon = FOLDS[fold]
    names = [name for name, each in KNOBS.items() if each.fold == fold and name not in OWN_WIDGET]
    with st.expander(title, icon=icon, expanded=fold == "basic", key=f"fold-{fold}"):
        return [knob(name) for name in names]


def differences() -> None:
    """What is not as the preset has it, each with its way back."""
    changed = recipe.changes()
    if not changed:
        return
    st.markdown(f"**Changed from the preset** ({len(changed)})")
    for name, (before, now) in changed.items():
        text = "network" if name == "net" else f"{KNOBS[name].label}: {said(now)}, was {said(before)}"
        st.button(
            text,
            key=f"back-{name}",
            icon=":material/undo:",
            type="tertiary",
            on_click=recipe.turn,
            args=(name, before),
            help="Put it back as the preset has it.",
        )
    st.button("Put everything back", key="back-all", on_click=_back)


def _back() -> None:
    name = recipe.current()["preset"]
    recipe.write(name, dict(vars(PRESETS[name].config)))


def _config() -> Recipe:
    """The recipe's values as a config, or why they are none."""
    made = recipe.current()
    try:
        return Recipe(made["preset"], RunConfig(**made["values"]))
    except LabError as error:
        return Recipe(made["preset"], None, (str(error),))
