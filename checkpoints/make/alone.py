"""Answers report R0's wish by measurement: what happens when only one of the two networks learns on?

LAB_DATA=… python -m checkpoints.make.alone [--steps 150]      (a minute; begins with dcgan-anime)
Prints a line per look: both scores on pictures judged by themselves, feature distance and diversity.
"""

import argparse

import torch

from core.config import PRESETS
from core.data import registry
from core.nets import checkpoint
from core.train import device
from core.train.duel import Duel
from core.train.facts import Snapshot
from core.train.fit_gan import compare
from core.train.likeness import Reference


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=150)
    steps = parser.parse_args().steps
    torch.set_num_threads(1)
    device.settle()
    config = PRESETS["gan-faces"].config.replace(average=0.0, train_size=6000)
    data = registry.load(config.dataset)
    tensors, _ = checkpoint.read(checkpoint.find("dcgan-anime"))
    begin = {name: each.float() for name, each in tensors.items() if name.startswith(("generator.", "discriminator."))}
    reference = None
    for player in ("generator", "discriminator", "both"):
        duel = Duel(config.replace(train_only=player), data, torch.device("cpu"), Snapshot(0, 0, 0, begin, {}))
        reference = reference or Reference(duel.x)
        for step, chosen in enumerate(duel.places(0, 0)[: steps + 1]):
            if step % (steps // 3) == 0:
                found = compare(duel, reference)
                scores = {
                    name: round(value, 3)
                    for name, value in duel.window.take().items()
                    if "right" in name or "fools" in name
                }
                print(f"only {player}" if player != "both" else player, step, scores,
                      {name: round(value, 2) for name, value in found.items()}, flush=True)  # fmt: skip
            duel.advance(chosen)


if __name__ == "__main__":
    main()
