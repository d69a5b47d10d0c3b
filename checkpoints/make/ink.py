"""Makes the shipped models: python -m checkpoints.make.ink --ink FOLDER --data FOLDER

First every writer is held out once: the figures of models that never saw that hand go on the cards. Then the models
that ship learn from everybody. All of it takes two to four hours on one core; with --quick a few minutes, to see that
it all still works (the models are then worth nothing).
"""

import argparse
import datetime
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from checkpoints.make import learn
from checkpoints.make.biases import fair_biases, fairly
from checkpoints.make.judge import Answers, figures, hold_out, joined_answers
from checkpoints.make.keep import Kept
from checkpoints.make.learn import MEAN, STD
from checkpoints.make.tasks import MORE_DIGITS, TASKS, Material, Task, gather, train
from core import paths
from core.nets import checkpoint
from core.nets.card import Card

FOLDS = 5  # groups of writers
LITTLE = 0.02  # with --quick: of MNIST, strokes and outliers
FEW = 1500  # with --quick: pictures seen in each training
HONEST = (
    "The figures for unseen writers are those of models trained with that writer held out;"
    " this one then learned from all of them."
)


def main(arguments: list[str] | None = None) -> None:
    options = _options(arguments)
    torch.set_num_threads(1)
    keep = Kept(options.cache)
    all_of: Material = keep("material", gather, options.ink, options.data, LITTLE if options.quick else 1.0)
    say(f"gathered {len(all_of.drawn)} drawings, {len(all_of.none)} outliers")
    nets, seconds = _learned(all_of, options.pictures, keep)
    held = hold_out(all_of, options.judge_pictures, FOLDS, say, keep)
    nets["ink34"], held["ink34"] = with_biases(nets["ink34"], fair_biases(held["ink34"])), fairly(held["ink34"])
    for name, task in TASKS.items():
        _ship(nets[name], task, all_of, held[name], seconds[name], options.out)


def _learned(all_of: Material, pictures: int, keep: Kept) -> tuple[dict[str, nn.Module], dict[str, float]]:
    """The models that ship: they learn from everybody. The second and third begin with the first one's weights."""
    nets: dict[str, nn.Module] = {}
    seconds: dict[str, float] = {}
    for name, task in TASKS.items():
        start = nets.get("ink34")
        count = pictures if start is None else 2 * pictures // 3

        say(f"{name} learns from everybody")
        given: tuple[Any, ...] = (task, all_of, all_of.drawn, all_of.none, count, 7, start, say)
        nets[name], seconds[name] = keep(name, _timed, *given)
    # both alphabets in one net need more time, and more digits once the letters are known
    say("ink34 goes on")
    given = (TASKS["ink34"], all_of, all_of.drawn, all_of.none, pictures, 8, nets["ink34"], say, MORE_DIGITS)
    nets["ink34"], more = keep("ink34-more", _timed, *given)
    seconds["ink34"] += more
    return nets, seconds


def _timed(*given: Any) -> tuple[nn.Module, float]:
    began = time.perf_counter()
    return train(*given), time.perf_counter() - began


def _ship(
    net: nn.Module,
    task: Task,
    all_of: Material,
    held: list[Answers],
    seconds: float,
    out: Path,
) -> None:
    """Writes weights and card."""
    found, reading = figures(joined_answers(held))
    test = task.mine(all_of.test)
    if len(held[0].digits) < len(test):  # the other half has a say in the biases
        test = test.where(np.arange(len(test)) % 2 == 1)
    accuracy = None
    if len(test):
        right, count = learn.accuracy(learn.answers(net, test), test.labels)
        accuracy = right / count
        found = {"MNIST test": {"right": right, "of": count}} | found
    card = Card(
        name=task.name,
        net="",
        shape=(1, 28, 28),
        classes=task.labels,
        about=f"{task.about} {HONEST}",
        dataset="mnist, drawings by other people, strokes",
        mean=(MEAN,),
        std=(STD,),
        accuracy=accuracy,
        seconds=round(seconds, 1),
        device="cpu, one core",
        made=datetime.date.today().isoformat(),
        figures=found,
        reading=reading,
    )
    checkpoint.save(out / task.name, net.eval().to(memory_format=torch.contiguous_format), card)  # type: ignore[arg-type]
    say(f"shipped {task.name}: {found}")


def with_biases(net: nn.Module, biases: Tensor) -> nn.Module:
    """Adds them to what the last layer adds already."""
    last = [each for each in net.modules() if isinstance(each, nn.Linear)][-1]
    with torch.no_grad():
        last.bias += biases
    return net


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--ink", type=Path, required=True, help="digits/WRITER/DIGIT, greek/WRITER/LETTER, greek24*/LETTER"
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="a data folder with MNIST/raw, anime64.npz, cifar10.npz"
    )
    parser.add_argument("--pictures", type=int, default=400_000, help="seen in the training of ink34, twice")
    parser.add_argument("--judge-pictures", type=int, default=150_000, help="the same with writers held out")
    parser.add_argument(
        "--cache", type=Path, help="keep what each step made here, so that the next try goes on from there"
    )
    parser.add_argument("--quick", action="store_true", help="try the whole script with little of everything")
    parser.add_argument("--out", type=Path, default=paths.shipped())
    options = parser.parse_args(arguments)
    if options.quick:
        if options.out == paths.shipped():
            parser.error("--quick makes models that are worth nothing: say with --out where they shall go")
        options.pictures = options.judge_pictures = FEW
    return options


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


if __name__ == "__main__":
    main()
