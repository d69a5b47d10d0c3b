"""Makes the shipped models: python -m checkpoints.make.ink --ink FOLDER --data FOLDER

First every writer is held out once: the figures of models that never saw that hand go on the cards. Then the models
that ship learn from everybody. All of it takes one to two hours on one core.
"""

import argparse
import datetime
import pickle
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn

from checkpoints.make import learn
from checkpoints.make.judge import fair_bonus, favoured, figures, hold_out
from checkpoints.make.learn import MEAN, STD
from checkpoints.make.tasks import TASKS, Material, Task, gather, train
from core import paths
from core.nets import checkpoint
from core.nets.card import Card

FOLDS = 3
HONEST = (
    "The figures for unseen writers are those of models trained with that writer held out;"
    " this one then learned from all of them."
)


def main() -> None:
    options = _options()
    torch.set_num_threads(1)
    all_of = _kept(options.cache, "material", lambda: gather(options.ink, options.data))
    say(f"gathered {len(all_of.drawn)} drawings, {len(all_of.none)} outliers")
    held = _kept(options.cache, "held-out", lambda: hold_out(all_of, options.pictures // 3, FOLDS, say))
    bonus = fair_bonus(held["ink34"], held["ink-digits"], held["ink-greek24"])
    say(f"letters' bonus {bonus}")
    held["ink34"] = favoured(held["ink34"], bonus)
    start: nn.Module | None = None
    for name, task in TASKS.items():
        began = time.perf_counter()
        pictures = options.pictures if start is None else 2 * options.pictures // 3
        net = train(task, all_of, all_of.drawn, all_of.none, pictures, 7, start, say)
        seconds = time.perf_counter() - began
        start = start or net
        if task.name in options.only:
            _ship(net, task, all_of, figures(held[name]), bonus, seconds, options.out)


def _ship(
    net: nn.Module,
    task: Task,
    all_of: Material,
    judged: tuple[dict[str, Any], dict[str, Any]],
    bonus: float,
    seconds: float,
    out: Path,
) -> None:
    """Writes weights and card."""
    if task.name == "ink34":
        net = _with_bonus(net, bonus)
    found, reading = judged
    test = task.mine(all_of.test)
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
        device="cpu, one core, bf16",
        made=datetime.date.today().isoformat(),
        figures=found,
        reading=reading,
    )
    checkpoint.save(out / task.name, net.eval().to(memory_format=torch.contiguous_format), card)  # type: ignore[arg-type]
    say(f"shipped {task.name}: {found}")


def _with_bonus(net: nn.Module, bonus: float) -> nn.Module:
    last = [each for each in net.modules() if isinstance(each, nn.Linear)][-1]
    with torch.no_grad():
        last.bias[10:] += bonus
    return net


def _kept(folder: Path | None, name: str, make: Any) -> Any:
    """A step's result, kept in a folder of one's own so that the next try begins there."""
    file = folder / f"{name}.pickle" if folder else None
    if file and file.exists():
        return pickle.loads(file.read_bytes())  # noqa: S301 - written by this script, on this machine
    made = make()
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pickle.dumps(made))
    return made


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--ink", type=Path, required=True, help="digits/WRITER/DIGIT, greek/WRITER/LETTER, greek24*/LETTER"
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="a data folder with MNIST/raw, anime64.npz, cifar10.npz"
    )
    parser.add_argument("--pictures", type=int, default=600_000, help="seen in the training of ink34")
    parser.add_argument("--only", nargs="*", default=list(TASKS), help="write only these")
    parser.add_argument("--cache", type=Path, help="keep gathered pictures and held-out answers here")
    parser.add_argument("--out", type=Path, default=paths.shipped())
    return parser.parse_args()


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


if __name__ == "__main__":
    main()
