"""How fast pictures come out of a generator, and how fast a GAN trains beside the plain loop."""

import subprocess
import sys
import time
from statistics import median
from typing import Any

import torch

from bench.clock import seconds
from bench.plain_gan import noise
from core import paths
from core.config import RunConfig
from core.data.dataset import made
from core.latent.atlas import atlas
from core.latent.directions import sefa
from core.latent.latent import Latent
from core.latent.sampler import Sampler, opened
from core.nets import checkpoint
from core.train.device import settle
from core.train.duel import Duel

NAME = "dcgan-anime"
LIMITS = {"picture": 0.025, "sefa": 0.1, "atlas": 20.0, "grid_64": 0.4}  # seconds
FASTER = 3.0  # than the plain fp32 loop, where the CPU has bf16
BATCH, SMALL = 128, 32  # pictures: report R0's own, and the size that makes better pictures


def measure(quick: bool = False) -> dict[str, Any]:
    """Seconds on this machine."""
    if NAME not in checkpoint.names("gan"):
        return {"skipped": f"the generator {NAME} is not here"}
    settle()
    sampler = opened(checkpoint.find(NAME))
    times = 5 if quick else 30
    figures = {
        "picture": seconds(lambda: sampler.picture(Latent(1).edit(3, 1.0)), times),
        "picture_with_moves": seconds(lambda: sampler.picture(_moved(sampler)), times),
        "sefa": seconds(lambda: sefa(sampler), times),
        "grid_64": seconds(lambda: [sampler.picture(Latent(seed)) for seed in range(64)], 2 if quick else 5),
        "atlas": seconds(lambda: atlas(sampler), 1),
    }
    training = {str(batch): side_by_side(batch, 2 if quick else 6) for batch in (BATCH, SMALL)}
    return {
        **training[str(BATCH)],
        "limit": FASTER,
        "plain_way": "R0's DCGAN in a process of its own: DataLoader, PIL, fp32, torch's layout; pictures a second",
        "by_batch": training,
        "threads": torch.get_num_threads(),
        "seconds": figures,
        "limits": LIMITS,
        "fraction_of_limit": {name: figures[name] / limit for name, limit in LIMITS.items()},
    }


def _moved(sampler: Sampler) -> Latent:
    latent = Latent(1)
    for name in sampler.directions:
        latent = latent.move(name, 1.0)
    return latent


def side_by_side(batch: int, rounds: int) -> dict[str, float]:
    """Pictures a second of whole steps, both networks, ours and the plain loop's in turns: a noisy machine meets both.

    The plain loop has a process to itself, for ours has settled this one.
    """
    config = RunConfig("noise", "dcgan", batch_size=batch, lr=2e-4, schedule="constant", kind="gan")
    x, y = noise(10 * batch), torch.zeros(10 * batch, dtype=torch.int64)
    duel = Duel(config, made("noise", (x, y), (x[:0], y[:0]), ()), torch.device("cpu"), None)
    places = duel.places(0, 0)
    command = [sys.executable, "-m", "bench.plain_gan", str(batch), str(torch.get_num_threads())]
    ours, plain = [], []
    with subprocess.Popen(
        command, cwd=paths.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdin and process.stdout
        for turn in range(rounds + 2):
            process.stdin.write("step\n")
            plain.append(float(process.stdout.readline()))
            began = time.perf_counter()
            duel.advance(places[turn % len(places)])
            ours.append(time.perf_counter() - began)
        process.stdin.close()
    mine, theirs = median(ours[2:]), median(plain[2:])  # the first two warm up
    return {"ours": batch / mine, "plain": batch / theirs, "ratio": theirs / mine}
