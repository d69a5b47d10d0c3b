"""Makes `r1-greek`, report R1's Greek letters to the letter, and two trunks: `r1-lenet-warped` and `strokes34`.

LAB_DATA=FOLDER python -m checkpoints.make.greek [--trunks]    (FOLDER holds MNIST/raw, ink/greek/course27 and writerNN)

R1's protocol: 27 pictures of alpha, beta and gamma, R1's own digit net, all frozen but a new last layer of 153
parameters, twelve epochs. It is judged on whole other writers, whom nothing here was chosen by.
"""

import argparse
import datetime
import platform
import time
from collections import Counter
from pathlib import Path

import torch

from checkpoints.make.tasks import LINE
from core import paths
from core.config import PRESETS, RunConfig
from core.data import letters, registry
from core.data.dataset import Dataset
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.line import Net
from core.runs import trunks
from core.train.facts import Ended, Metric, Snapshot
from core.train.fit import fit
from core.train.judge import logits

PLACES = "by writer"
SEEDS = 20  # runs of the protocol with other random heads and orders: the card says how much luck there is
WARP = {"rotate": 15, "zoom": 0.15, "shear": 15, "shift": 0.08}
DIGITS = RunConfig("mnist", "r1-lenet", 4, 128, 6e-3, dropout=0.1, momentum=0.5, snapshots=1, **WARP)  # type: ignore[arg-type]
PEN = RunConfig("strokes", LINE, 3, 256, 0.01, optimiser="muon", nesterov=True, average=0.98, snapshots=1).replace(
    rotate=12, zoom=0.15, shear=12, shift=0.06
)
TRUNKS = {
    "r1-lenet-warped": (
        DIGITS,
        "Report R1's net of 21,840 parameters on MNIST's digits, each a little turned, slanted, moved and resized anew "
        "in every epoch. It has seen no letter. The trunk of r1-greek.",
    ),
    "strokes34": (
        PEN,
        "Digits and Greek letters as the lab's own pen draws them; no human hand is in it, so it may be judged on "
        "everybody's. A trunk for the Transfer page. It cannot refuse.",
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=paths.shipped())
    parser.add_argument("--trunks", action="store_true", help="first make the trunks (six minutes on a core)")
    told = parser.parse_args()
    torch.set_num_threads(1)
    for name in TRUNKS if told.trunks else ():
        make_trunk(name, told.out)
    make_greek(told.out)


def make_greek(out: Path) -> None:
    """R1's protocol, twenty times; the run of seed 0 is shipped, as the protocol says nothing of choosing."""
    data, recipe = registry.load("greek27"), PRESETS["r1-greek"].config
    accuracies, (config, net, found) = judged(recipe, data)
    plain, _ = judged(recipe.replace(trunk="r1-lenet-mnist"), data)
    right, of = writers(net, data, config.scale)
    total, count = sum(right.values()), sum(of.values())
    figures = {
        "unseen writers, alpha, beta, gamma": {"right": total, "of": count, "accuracy": round(total / count, 4)},
        PLACES: {name: {"right": right[name], "of": of[name]} for name in sorted(of)},
        "R1, on 15 letters of its own": {"right": 12, "of": 15, "accuracy": 0.8},
        f"mean of {SEEDS} seeds": round(sum(accuracies) / SEEDS, 4),
        f"worst and best of {SEEDS} seeds": [round(min(accuracies), 4), round(max(accuracies), 4)],
        f"mean of {SEEDS} seeds on r1-lenet-mnist, whose digits were not warped": round(sum(plain) / SEEDS, 4),
        "right on the 27": round(found["epoch/train_accuracy"], 4),
        "parameters": {"frozen": 21_330, "trainable": 153},
    }
    about = (
        "Report R1's transfer to the letter: its digit net frozen, a new last layer of 153 parameters, 27 pictures of "
        "alpha, beta and gamma, twelve epochs. The trunk has seen MNIST's digits only, a little warped. Judged on the "
        "same three letters of nine other people, none of whom drew any of the 27; weight decay was chosen by four of "
        "them. It cannot refuse: whatever you draw, it picks one of the three."
    )
    card = card_of("r1-greek", about, data, config, total / count, found["seconds"], figures)
    checkpoint.save(out / "r1-greek", net, card)
    print(f"shipped r1-greek: {figures}", flush=True)


def judged(recipe: RunConfig, data: Dataset) -> tuple[list[float], tuple[RunConfig, Net, dict[str, float]]]:
    """The accuracies of all seeds, and what seed 0 has made."""
    runs = [learned(recipe.replace(seed=seed), data) for seed in range(SEEDS)]
    return [found["test/accuracy"] for _, _, found in runs], runs[0]


def make_trunk(name: str, out: Path) -> None:
    """A trunk that has seen none of the letters it will be judged on."""
    config, about = TRUNKS[name]
    data = registry.load(config.dataset)
    net, figures, seconds = trained_net(config, data, None)
    checkpoint.save(out / name, net, card_of(name, about, data, config, figures["test/accuracy"], seconds, figures))
    print(f"shipped {name}: {figures}", flush=True)


def learned(config: RunConfig, data: Dataset) -> tuple[RunConfig, Net, dict[str, float]]:
    """One run of the protocol."""
    ready = trunks.prepared(config, data, None, torch.device("cpu"), lambda what, share: None)
    net = ready.given["start"]
    _, figures, seconds = trained_net(ready.config, ready.data, ready.given)
    return ready.config, net, {**figures, "seconds": seconds}


def trained_net(
    config: RunConfig, data: Dataset, given: dict[str, object] | None
) -> tuple[Net, dict[str, float], float]:
    """The network after `fit`, its last figures and the seconds it took."""
    from core.nets.network import network

    net = given["start"] if given else network(config, data.shape, len(data.classes))
    assert isinstance(net, Net)
    began, figures, last = time.perf_counter(), {}, None
    for fact in fit(config, data, torch.device("cpu"), **(given or {"start": net})):  # type: ignore[arg-type]
        if isinstance(fact, Metric):
            figures |= {name: value for name, value in fact.values.items() if "accuracy" in name}
        if isinstance(fact, Snapshot):
            last = fact
        if isinstance(fact, Ended):
            figures |= fact.values
    assert last
    net.load_state_dict(last.weights)
    return net.eval(), figures, time.perf_counter() - began


def writers(net: Net, data: Dataset, scale: str) -> tuple[Counter[str], Counter[str]]:
    """writer -> letters read correctly, and letters in all."""
    names = [
        path.parent.parent.name for path, _, test in letters.course() if test and letters.cleaned(path) is not None
    ]
    answer = torch.cat(list(logits(net, data.x_test, scale, data.mean, data.std))).argmax(1)
    hits = (answer == data.y_test).tolist()
    right = Counter(name for name, hit in zip(names, hits, strict=True) if hit)
    return Counter({name: right[name] for name in names}), Counter(names)


def card_of(
    name: str, about: str, data: Dataset, config: RunConfig, accuracy: float, seconds: float, figures: dict[str, object]
) -> Card:
    return Card(
        name=name,
        net="",
        shape=data.shape,
        classes=data.classes,
        about=about,
        dataset=data.name,
        mean=data.mean,
        std=data.std,
        scale=config.scale,
        config=config.to_dict(),
        accuracy=accuracy,
        seconds=round(seconds, 1),
        device=f"cpu, one core of {platform.machine()}",
        made=datetime.date.today().isoformat(),
        figures=figures,
    )


if __name__ == "__main__":
    main()
