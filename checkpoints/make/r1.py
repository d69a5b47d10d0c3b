"""Makes `r1-lenet-mnist`: report R1's net of 21,840 parameters on MNIST, by the lab's own training loop.

python -m checkpoints.make.r1            (MNIST is taken from LAB_DATA, or downloaded)
"""

import argparse
import datetime
import platform
from pathlib import Path

import torch

from core import paths
from core.config import RunConfig
from core.data import registry
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.named import resolve
from core.nets.rewrite import rewrite
from core.train.facts import Ended, Metric, Snapshot
from core.train.fit import fit

CONFIG = RunConfig("mnist", "r1-lenet", epochs=10, batch_size=128, lr=6e-3, dropout=0.1, snapshots=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=paths.shipped())
    out = parser.parse_args().out
    torch.set_num_threads(1)
    data = registry.load("mnist")
    last, seconds, found = None, 0.0, {}
    for fact in fit(CONFIG, data, torch.device("cpu")):
        if isinstance(fact, Metric) and "test/accuracy" in fact.values:
            print(f"epoch {fact.epoch:.0f}: test accuracy {fact.values['test/accuracy']:.4f}", flush=True)
        if isinstance(fact, Snapshot):
            last, seconds = fact, fact.seconds
        if isinstance(fact, Ended):
            found = fact.values
    assert last
    card = Card(
        name="r1-lenet-mnist",
        net=rewrite(resolve(CONFIG.net), CONFIG),
        shape=data.shape,
        classes=data.classes,
        about="Report R1's net of 21,840 parameters on MNIST alone: no drawings, no warped digits, nothing to refuse."
        " Its reading of your own digits shows what the ink models learned in addition.",
        dataset="mnist",
        mean=data.mean,
        std=data.std,
        config=CONFIG.to_dict(),
        accuracy=found.get("test/accuracy"),
        seconds=round(seconds, 1),
        device=f"cpu, one core of {platform.machine()}",
        made=datetime.date.today().isoformat(),
        figures={name: value for name, value in found.items() if name.startswith("test/")},
    )
    checkpoint.write(out / card.name, last.weights, card)
    print(f"shipped {card.name}: {card.figures}", flush=True)


if __name__ == "__main__":
    main()
