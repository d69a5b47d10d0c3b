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


@st.cache_data(show_spinner=False)
def device() -> dict[str, Any]:
    """The device and precision in use, as words."""
    from core.train.device import describe

    return dict(describe())
