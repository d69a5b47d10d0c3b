"""What a training run says while it trains: metrics, snapshots and sentences."""

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor


@dataclass(frozen=True)
class Metric:
    """Some figures at one step, e.g. {"train/loss": 0.31, "lr": 0.006}."""

    step: int  # optimiser steps done so far
    epoch: float  # passes over the training set done so far, fractions included
    seconds: float  # training time so far, all attempts added up
    values: dict[str, float]


@dataclass(frozen=True)
class Snapshot:
    """The network at one step, and all that a later process needs to go on as if nothing had happened."""

    step: int
    epoch: float
    seconds: float
    weights: dict[str, Tensor]  # the network's state_dict, on the CPU
    resume: dict[str, Tensor]  # optimiser, averages, random generators: flat names, on the CPU
    meta: dict[str, Any] = field(default_factory=dict)  # JSON values that belong to `resume`
    keep: bool = True  # False: only for resuming; the worker may drop it once a newer one is stored


@dataclass(frozen=True)
class Event:
    """A sentence for the log, e.g. why the run ended or that memory ran out."""

    step: int
    text: str
    level: str = "info"  # info, warning, error


@dataclass(frozen=True)
class Ended:
    """The last fact of every run: why it ended and its final figures."""

    step: int
    reason: str  # finished, early-stop, target, time, diverged
    text: str  # the sentence for the page
    values: dict[str, float]


@dataclass(frozen=True)
class Tick:
    """Nothing new, only a step edge: the chance to stop, pause or beat the heart."""

    step: int
    epoch: float
    seconds: float


Fact = Tick | Metric | Snapshot | Event | Ended
