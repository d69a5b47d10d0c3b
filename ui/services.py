"""What all visitors share: the only place with Streamlit's caches."""

from typing import Any

import streamlit as st

from core import paths


def warm_up() -> None:
    """Import what is slow and load the shipped models, before the first visitor comes."""
    import pandas
    import plotly.graph_objects
    import torch

    predictors()
    assert pandas and plotly and torch


@st.cache_resource(show_spinner=False)
def _predictor(folder: str) -> Any:
    from core.look.predictor import Predictor

    from core.nets import checkpoint

    return Predictor(*checkpoint.load(paths.Path(folder)))


def predictors() -> dict[str, Any]:
    """The shipped models by name, ready to read a drawing; none is fine."""
    if not checkpoints():
        return {}
    from core.nets import checkpoint

    return {name: _predictor(str(checkpoint.find(name))) for name in checkpoints()}


def checkpoints() -> list[str]:
    """The names of the shipped models: folders that hold weights and a card."""
    return sorted(card.parent.name for card in paths.shipped().glob("*/card.json"))


@st.cache_data(ttl=10, show_spinner=False)
def dataset_states(folder: str) -> dict[str, tuple[str, str]]:
    """name -> (ready, downloadable or absent; what it is); a look at the disk every ten seconds is enough."""
    from core.data import registry

    return {name: (registry.state(name), registry.about(name)) for name in registry.names()}


def datasets() -> dict[str, tuple[str, str]]:
    """All datasets with their state and sentence, in the order of the registry."""
    return dataset_states(str(paths.data_dir()))


FRAMES = {  # (channels, height, width) and classes of sets that need not be loaded (or downloaded) to know them
    "mnist": ((1, 28, 28), 10),
    "fashion": ((1, 28, 28), 10),
    "kmnist": ((1, 28, 28), 10),
    "cifar10": ((3, 32, 32), 10),
    "strokes": ((1, 28, 28), 34),
    "strokes-digits": ((1, 28, 28), 10),
    "strokes-greek": ((1, 28, 28), 24),
}


def frame(name: str) -> tuple[tuple[int, int, int], int]:
    """The shape of one picture of a dataset and how many classes there are."""
    if name in FRAMES:
        return FRAMES[name]
    data = dataset(name)
    return data.shape, len(data.classes)


def dataset(name: str) -> Any:
    """The dataset itself; the registry keeps the last few in memory."""
    from core.data import registry

    return registry.load(name)


@st.cache_data(show_spinner=False)
def device() -> dict[str, Any]:
    """The device and precision in use, as words."""
    from core.train.device import describe

    return dict(describe())
