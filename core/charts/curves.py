"""Curves of runs: what the live plot draws, and the same as a plotly figure for finished runs and exports."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.theme import colour, dash, styled

Array = NDArray[np.float32]

# panel -> (title, axis label, metrics from the faintest to the one that counts)
PANELS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "loss": ("Loss", "cross-entropy", ("train/loss", "val/loss", "test/loss")),
    "accuracy": ("Accuracy", "share right", ("train/accuracy", "val/accuracy", "test/accuracy")),
    "lr": ("Learning rate", "step size", ("lr",)),
    "speed": ("Speed", "pictures a second", ("images_per_second",)),
}
GAN_PANELS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "scores": ("Two scores", "share", ("gan/d_right_on_real", "gan/g_fools_d")),
    "loss": ("Losses", "loss", ("gan/d_loss", "gan/g_loss")),
    "distance": ("Feature distance", "1: real beside real", ("gan/feature_distance",)),
    "variety": ("Diversity", "1: as real ones", ("gan/diversity",)),
}
GAN_METRICS = tuple(name for _, _, names in GAN_PANELS.values() for name in names)
METRICS = tuple(name for _, _, names in PANELS.values() for name in names)
AXES = {"epochs": "epoch", "steps": "step", "seconds": "second"}


class Line(Protocol):
    """One metric of one run: four arrays of one length."""

    @property
    def steps(self) -> Any: ...
    @property
    def epochs(self) -> Any: ...
    @property
    def seconds(self) -> Any: ...
    @property
    def values(self) -> Any: ...


def packed(line: Line) -> list[str]:
    """Epochs, steps, seconds (the order of AXES) and values as base64 of float32: a third of the JSON numbers."""
    return [_text(column) for column in (line.epochs, line.steps, line.seconds, line.values)]


def _text(column: Any) -> str:
    return base64.b64encode(np.ascontiguousarray(column, dtype="<f4").tobytes()).decode()


def faint(metric: str) -> bool:
    """Training curves stay in the background; what is judged on unseen pictures stands out."""
    return metric.startswith("train/")


def curves(
    runs: Sequence[tuple[int, str]],
    lines: Mapping[int, Mapping[str, Line]],
    panel: str,
    axis: str = "epochs",
    log: bool = False,
    theme: str | None = "light",
) -> go.Figure:
    """One panel (loss, accuracy, lr, speed) with every run in its own colour."""
    title, label, metrics = PANELS[panel]
    figure = go.Figure()
    for run, name in runs:
        for metric in metrics:
            line = lines.get(run, {}).get(metric)
            if line is None or not len(line.values):
                continue
            figure.add_scatter(
                x=np.asarray(getattr(line, axis), dtype=np.float32),
                y=np.asarray(line.values, dtype=np.float32),
                name=f"{name} · {metric}",
                opacity=0.45 if faint(metric) else 1.0,
                line={"color": colour(run, theme), "width": 1.2 if faint(metric) else 2.2, "dash": dash(run)},
                mode="lines",
                hovertemplate="%{y:.4g}",
            )
    styled(figure, theme)
    figure.update_layout(title={"text": title, "x": 0, "font": {"size": 14}}, showlegend=False, uirevision="keep")
    figure.update_xaxes(title=AXES[axis])
    figure.update_yaxes(title=label, type="log" if log else "linear")
    return figure
