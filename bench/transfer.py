"""What a frozen trunk saves when it runs once, and how good a new head gets."""

import os
import statistics
import tempfile
import time
from dataclasses import replace
from typing import Any
from unittest import mock

import torch

from core.config import PRESETS, RunConfig
from core.data import letters, registry
from core.data.dataset import Dataset
from core.data.strangers import strangers as drawn
from core.nets.weights import own
from core.runs import featurefiles, trunks
from core.runs.shots import measured
from core.train.device import one_thread
from core.train.facts import Ended
from core.train.features import compute
from core.train.fewshot import curve
from core.train.fit import fit
from core.train.training import Training

CPU = torch.device("cpu")
LIMIT = 20.0  # times faster per epoch
POINTS = 0.3  # percentage points of accuracy that may lie between the two ways


def measure(quick: bool = False) -> dict[str, Any]:
    """Cached features beside the trunk in every epoch, in one run; Greek letters; animals where they are here."""
    speed = side_by_side(12_000 if quick else 60_000, 2 if quick else 3)
    found: dict[str, Any] = {
        "ours": speed["epoch_on_features"],
        "plain": speed["epoch_with_trunk"],
        "ratio": speed["epoch_with_trunk"] / speed["epoch_on_features"],
        "limit": LIMIT,
        "plain_way": "the same run with the frozen trunk in every epoch",
        "threads": torch.get_num_threads(),
        "features": speed,
        "greek": greek(3 if quick else 10),
        "strangers": strangers(),
    }
    if own("mobilenet_v2").exists() and registry.state("animals10@128") == "ready":
        found["animals"] = animals(quick)
    return found


def strangers() -> dict[str, float]:
    """Seconds for the pictures of no class of a lesson: the first time, and when the class has drawn one thing more."""
    took = {}
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, LAB_HOME=folder):
        for name, drawings in (("first_lesson", 20), ("one_drawing_more", 21)):
            began = time.perf_counter()
            with one_thread():
                drawn(31 * drawings)  # every drawing is seen 31 times, and a stranger beside it each time
            took[name] = time.perf_counter() - began
    return took


def side_by_side(count: int, epochs: int) -> dict[str, float]:
    """One task, one seed, both ways in turns: seconds per epoch (tests left out), accuracy, and the one pass."""
    data = registry.load("strokes-digits")
    data = replace(data, x_train=data.x_train[:count], y_train=data.y_train[:count])
    config = RunConfig("strokes-digits", trunk="ink-greek24", epochs=epochs, batch_size=256, lr=3e-3, snapshots=1)
    config, net, _ = trunks.start(config, data.shape, len(data.classes))
    few = replace(data, x_train=data.x_train[:512], y_train=data.y_train[:512])
    _run(config.replace(epochs=1), few, None)  # what torch imports with its first optimiser belongs to neither way
    began = time.perf_counter()
    features = compute(net, net.frozen, config, data, CPU, lambda what, share: None)
    once = time.perf_counter() - began
    fast, good = _run(config, data, features)
    slow, plain = _run(config, data, None)
    return {
        "epoch_on_features": fast,
        "epoch_with_trunk": slow,
        "one_pass": once,
        "accuracy_on_features": good,
        "accuracy_with_trunk": plain,
        "points_between": 100 * abs(good - plain),
        "points_allowed": POINTS,
    }


def _run(config: RunConfig, data: Dataset, features: Any) -> tuple[float, float]:
    """Seconds per epoch, batches, steps and metrics, without tests and snapshots; and the accuracy at the end."""
    _, net, _ = trunks.start(config, data.shape, len(data.classes))
    aside = [0.0]

    def timed(real: Any) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            found = real(*given, **named)
            aside[0] += time.perf_counter() - began
            return found

        return call

    test, snapshot = Training.test, Training.snapshot
    Training.test, Training.snapshot = timed(test), timed(snapshot)  # type: ignore[method-assign]
    began = time.perf_counter()
    try:
        facts = list(fit(config, data, CPU, start=net, features=features))
    finally:
        Training.test, Training.snapshot = test, snapshot  # type: ignore[method-assign]
    seconds = time.perf_counter() - began - aside[0]
    end = next(fact for fact in facts if isinstance(fact, Ended))
    return seconds / config.epochs, end.values["test/accuracy"]


def greek(draws: int) -> dict[str, Any]:
    """R1's protocol over seeds, and 27 pictures with augmentation on trunks that have seen no human letter."""
    data, accuracies = registry.load("greek27"), []
    for seed in range(draws):
        config = PRESETS["r1-greek"].config.replace(seed=seed, snapshots=1)
        ready = trunks.prepared(config, data, None, CPU, lambda what, share: None)
        facts = list(fit(ready.config, ready.data, CPU, **ready.given))
        accuracies += [fact.values["test/accuracy"] for fact in facts if isinstance(fact, Ended)]
    few = {trunk: measured(trunk, "greek27", 20, (1, 3, 5, 9), draws) for trunk in ("r1-lenet-mnist", "strokes34")}
    return {
        "by_hand": letters.by_hand("greek27"),
        "pictures": len(data.y_test),
        "r1_protocol_mean": statistics.mean(accuracies),
        "r1_protocol_worst": min(accuracies),
        "few_shots": {trunk: {str(shot.k): shot.mean for shot in shots} for trunk, shots in few.items()},
    }


def animals(quick: bool) -> dict[str, Any]:
    """A frozen MobileNetV2 from one's own weights on ten animals: features, head, and five pictures per class."""
    side = "" if quick else "resize 224 | "
    data = registry.load("animals10@128")
    config = RunConfig("animals10@128", trunk=f"{side}mobilenet_v2 pretrained", epochs=20, batch_size=64, lr=2e-3)
    config = config.replace(weight_decay=0.05, snapshots=1)
    config, net, _ = trunks.start(config, data.shape, len(data.classes))
    began = time.perf_counter()
    features = featurefiles.kept(net, net.frozen, config, data, CPU, lambda what, share: None)
    once = time.perf_counter() - began
    began = time.perf_counter()
    facts = list(fit(config, data, CPU, start=net, features=features))
    seconds = time.perf_counter() - began
    last = [fact.values["test/accuracy"] for fact in facts if isinstance(fact, Ended)]
    shots = curve(
        features.x_train, features.y_train, features.x_test, data.y_test, len(data.classes), (5, 20), 5 if quick else 10
    )
    return {
        "accuracy": last[-1],
        "wanted": 0.96,
        "features_seconds": once,
        "head_seconds": seconds,
        "head_seconds_allowed": 30.0,
        "shots": {str(shot.k): shot.mean for shot in shots},
        "wanted_of_five": 0.88,
    }
