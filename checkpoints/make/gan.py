"""Makes the shipped generators: `dcgan-anime` (anime faces) and `gan-digits` (digits by class), by the lab's fit_gan.

LAB_DATA=… LAB_HOME=/somewhere python -m checkpoints.make.gan dcgan-anime     trains; killed, it goes on where it was
LAB_DATA=… LAB_HOME=/somewhere python -m checkpoints.make.gan dcgan-anime --ship     writes the checkpoint of the newest
… python -m checkpoints.make.gan dcgan-anime --atlas    only finds directions and atlas of the shipped checkpoint anew
Snapshots and sample grids lie in LAB_HOME. `--recipe r0` trains report R0's recipe on the same pictures, to compare.
"""

import argparse
import datetime
import json
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from core import paths
from core.config import RunConfig, preset
from core.data import registry
from core.data.batches import steps_per_epoch
from core.data.dataset import Dataset
from core.latent.atlas import atlas
from core.latent.directions import points, regression
from core.latent.sampler import Sampler, pixels, sampler
from core.look.opened import opened as read_by
from core.look.seen import made_seen
from core.nets import checkpoint
from core.nets.card import Card
from core.runs import snapfiles
from core.train import device
from core.train.duel import Duel
from core.train.facts import Ended, Event, Metric, Snapshot
from core.train.fit_gan import compare, fit_gan
from core.train.gan_pictures import squared
from core.train.likeness import Reference

OURS: dict[str, Any] = dict(gan_loss="bce", d_norm="batch", lr=2e-4, schedule="constant")
FACES = RunConfig("anime64", "gan-small", epochs=4, batch_size=16, average=0.998, flip=True, kind="gan", **OURS)
# After some epochs the discriminator wins, and in the seventh all faces became one. So it goes on calmly: both kinds of
# pictures are changed, a steep discriminator pays, and the rate falls to nothing.
CALM = FACES.replace(epochs=21, batch_size=32, schedule="cosine", warmup=0.0, diff_augment=True, r1=0.05)
DIGITS = preset("gan-digits")
R0 = RunConfig("anime64", "dcgan", epochs=25, batch_size=128, lr=2e-4, schedule="constant", kind="gan")
RECIPES = {  # each begins where the one before ended
    "dcgan-anime": (FACES, CALM),
    "gan-digits": (DIGITS,),
    "r0": (R0,),
}
ABOUT = {
    "dcgan-anime": "Anime faces from 128 numbers: a generator of 1.9 million weights and its discriminator, trained on"
    " 22,911 frontal faces.",
    "gan-digits": "Handwritten digits by class from 128 numbers: a small generator and its discriminator, from MNIST.",
}
JUDGE, ASKED = "ink-digits", 200  # who reads made digits, and how many of each class


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=list(ABOUT))
    parser.add_argument("--recipe", choices=["ours", "r0"], default="ours")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--ship", action="store_true")
    parser.add_argument("--atlas", action="store_true")
    parser.add_argument("--out", type=Path, default=paths.shipped())
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    device.settle()
    if chosen.atlas:
        tensors, card = checkpoint.read(chosen.out / chosen.name)
        found(tensors, card)
        checkpoint.write(chosen.out / chosen.name, tensors, card)
        return
    recipes = list(RECIPES["r0" if chosen.recipe == "r0" else chosen.name])
    recipes[-1] = recipes[-1].replace(epochs=chosen.epochs or recipes[-1].epochs)
    data = registry.load(recipes[0].dataset)
    if chosen.ship:
        ship(chosen.name, recipes, data, chosen.out)
        return
    start = None
    for run, config in enumerate(recipes, 1):
        last = newest(run)
        if last is None or last.step < steps_per_epoch(len(data.x_train), config.batch_size) * config.epochs:
            train(run, config, data, last, start)
            last = newest(run)
        start = last.weights if last else None


def train(run: int, config: RunConfig, data: Dataset, last: Snapshot | None, start: dict[str, Tensor] | None) -> None:
    if last:
        print(f"goes on from step {last.step}", flush=True)
    log = (paths.home() / "log.jsonl").open("a")
    for fact in fit_gan(config, data, torch.device("cpu"), last, start):
        if isinstance(fact, Snapshot):
            snapfiles.store(run, fact)
            tidy(run)
            grid(config, data, fact).save(paths.home() / "newest.png")
            if fact.keep:
                grid(config, data, fact).save(paths.home() / f"step-{fact.step:06d}.png")
        elif isinstance(fact, Metric):
            told = {name: round(value, 4) for name, value in fact.values.items()}
            log.write(json.dumps({"step": fact.step, "epoch": fact.epoch, "seconds": fact.seconds, **told}) + "\n")
            log.flush()
            if "gan/feature_distance" in fact.values:
                print(f"step {fact.step}, epoch {fact.epoch:.2f}, {fact.seconds:.0f} s: {told}", flush=True)
        elif isinstance(fact, Event | Ended):
            print(f"step {fact.step}: {fact.text}", flush=True)


def newest(run: int) -> Snapshot | None:
    """The newest snapshot that a run can go on from."""
    files = resumable(run)
    return snapfiles.restore(run, int(files[-1].name.split(".")[0])) if files else None


def resumable(run: int) -> list[Path]:
    """What can be gone on from, oldest first."""
    files = (paths.run_dir(run) / "snapshots").glob("*.resume.safetensors")
    return sorted(files, key=lambda path: int(path.name.split(".")[0]))


def tidy(run: int) -> None:
    """Only the newest two can be gone on from."""
    snapfiles.remove(resumable(run)[:-2])


def opened(config: RunConfig, data: Dataset, snapshot: Snapshot) -> Duel:
    return Duel(config, data, torch.device("cpu"), Snapshot(0, 0, 0, snapshot.weights, {}))


def grid(config: RunConfig, data: Dataset, snapshot: Snapshot) -> Image.Image:
    """64 pictures from the run's fixed latents."""
    few = torch.arange(8)
    small = Dataset(data.name, data.x_train[few], few, data.x_test[:0], few[:0], data.classes, data.mean, data.std)
    duel = opened(config, small, snapshot)
    return sheet(duel.samples(duel.fixed))


def sheet(x: Tensor) -> Image.Image:
    """(64, C, S, S) as eight rows of eight."""
    channels, side = x.shape[1], x.shape[-1]
    pixels = ((x + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    tiled = pixels.view(8, 8, channels, side, side).permute(0, 3, 1, 4, 2).reshape(8 * side, 8 * side, channels)
    return Image.fromarray(tiled.squeeze(2).numpy() if channels == 1 else tiled.numpy())


def ship(name: str, recipes: Sequence[RunConfig], data: Dataset, out: Path) -> None:
    """The newest snapshot as a checkpoint: half precision, with the figures of its pictures."""
    stages = [last for run in range(1, len(recipes) + 1) if (last := newest(run)) is not None]
    if not stages:
        sys.exit("There is no snapshot in LAB_HOME: train first.")
    last, config = stages[-1], recipes[len(stages) - 1]
    half = {key: value.half() if value.is_floating_point() else value for key, value in last.weights.items()}
    duel = opened(config, data, Snapshot(last.step, 0, 0, {key: value.float() for key, value in half.items()}, {}))
    figures = compare(duel, Reference(duel.x))
    side = duel.x.shape[-1]
    card = Card(
        name=name,
        net=config.net,
        shape=(duel.x.shape[1], side, side),
        classes=duel.classes or ("picture",),
        kind="gan",
        about=ABOUT[name],
        dataset=config.dataset,
        mean=data.mean,
        std=data.std,
        config=config.to_dict(),
        seconds=round(sum(each.seconds for each in stages), 1),
        device=f"cpu, two shared cores of {platform.machine()}",
        made=datetime.date.today().isoformat(),
        figures={
            **figures,
            "epochs": round(sum(each.epoch for each in stages), 2),
            "steps": sum(each.step for each in stages),
        },
    )
    found(half, card)
    checkpoint.write(out / name, half, card)
    print(f"shipped {name}: {card.figures}", flush=True)


def found(tensors: dict[str, Tensor], card: Card) -> None:
    """What is found out about the generator and kept beside its weights: directions, atlas, how well it obeys."""
    for key in [each for each in tensors if each.startswith(("direction.", "atlas."))]:
        del tensors[key]
    config = RunConfig.from_dict(card.config)
    whole = sampler(card.name, config, card.shape, card.classes if config.conditional else (), tensors)
    began = time.perf_counter()
    whole.directions, fits = regression(whole)
    tensors |= {f"direction.{key}": vector.half() for key, vector in whole.directions.items()}
    tensors |= atlas(whole).tensors()
    card.figures["direction_fits"] = {key: round(fit, 3) for key, fit in fits.items()}
    if config.conditional and config.dataset == "mnist":
        card.figures["read_as_asked"] = obeyed(whole)
        card.figures["diversity_within_class"] = varied(whole, registry.load(config.dataset))
    print(f"directions and atlas: {time.perf_counter() - began:.1f} s", flush=True)


def obeyed(whole: Sampler) -> dict[str, float]:
    """The share of made digits of each class that the shipped reader of drawings reads as that class."""
    network = read_by(*checkpoint.load(checkpoint.find(JUDGE)))
    shares = {}
    for label, name in enumerate(whole.classes):
        made = pixels(whole.many(points(whole, ASKED, seed=31 + label), torch.full((ASKED,), label)))
        x = torch.stack([made_seen(network, each, True, 28)[0] for each in made])
        read = network.probabilities(x).argmax(1)
        shares[name] = round(float((read == network.index(name)).float().mean()), 4)
    return {"all": round(sum(shares.values()) / len(shares), 4), **shares}


def varied(whole: Sampler, data: Dataset) -> dict[str, float]:
    """How much made pictures of one class differ, in shares of real ones: over all classes a collapse of each hides."""
    real = squared(data.x_train[:8000]).float() / 127.5 - 1
    found = {}
    for label, name in enumerate(whole.classes):
        made = whole.many(points(whole, 64, seed=61 + label), torch.full((64,), label)).float()
        both = [torch.pdist(x.flatten(1)).mean() for x in (made, real[data.y_train[:8000] == label][:64])]
        found[name] = round(float(both[0] / both[1]), 3)
    return {"all": round(sum(found.values()) / len(found), 3), **found}


if __name__ == "__main__":
    main()
