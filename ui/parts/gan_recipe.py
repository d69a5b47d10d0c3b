"""The sidebar of a GAN's recipe: which pair, and the knobs that mean something for it."""

import streamlit as st

from core.config import KNOBS, RunConfig
from core.errors import LabError
from core.nets.gan import PLANS
from ui import services
from ui.parts import recipe
from ui.parts.knobs import knob
from ui.parts.recipe import key

BEGINNER = ("epochs", "batch_size", "lr", "conditional")
FOLDS = {
    "Basic": ("epochs", "batch_size", "lr", "seed", "latent", "conditional"),
    "Generator and discriminator": (
        "gan_loss", "d_norm", "d_steps", "d_lr", "label_smoothing", "r1", "diff_augment", "train_only", "trunk",
    ),
    "Optimiser and data": (
        "average", "schedule", "warmup", "precision", "snapshots", "stop_seconds", "shuffle", "flip", "train_size",
    ),
}  # fmt: skip


def gan_network(config: RunConfig) -> str | None:
    """The choice of a pair; a sentence if it cannot learn from this dataset."""
    values = recipe.current()["values"]
    if values["net"] not in PLANS:
        values["net"] = next(iter(PLANS))
    st.session_state[key("net")] = values["net"]
    st.selectbox("Networks", list(PLANS), key=key("net"), on_change=_chosen, help=PLANS[values["net"]].about)
    st.caption(PLANS[values["net"]].about)
    try:
        _, classes = services.frame(config.dataset)
    except LabError as error:
        st.error(str(error))
        return str(error)
    if config.conditional and not classes:
        said = f"Dataset {config.dataset!r} has no labels; a generator by class needs some: switch `By class` off."
        st.error(said)
        return said
    return None


def gan_knobs(beginner: bool) -> list[str | None]:
    """The knobs of a GAN, three when one begins."""
    if beginner:
        return [knob(name) for name in BEGINNER]
    errors: list[str | None] = []
    for title, names in FOLDS.items():
        with st.expander(title, expanded=title == "Basic", key=f"fold-gan-{title}"):
            errors += [_trunk() if name == "trunk" else knob(name) for name in names]
    return errors


def _trunk() -> str | None:
    """Where both networks begin: new, a saved pair, or a moment of a run."""
    each = KNOBS["trunk"]
    values = recipe.current()["values"]
    st.session_state.setdefault(key("trunk"), values["trunk"] or "")
    text = st.text_input(
        "Begin with",
        key=key("trunk"),
        placeholder="new networks",
        help="A saved GAN such as dcgan-anime, run:12, or run:12@1200 for that moment. With Train only: one learns on.",
    )
    values["trunk"] = each.parse(str(text).strip() or "none")
    return None


def _chosen() -> None:
    if (net := recipe.chosen("net")) is not None:
        recipe.turn("net", net)
