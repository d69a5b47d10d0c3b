"""How fast pictures come out of a generator, and how fast a GAN trains beside the plain loop."""

from typing import Any

import torch

from bench.clock import seconds
from core.config import RunConfig
from core.data.dataset import made
from core.latent.atlas import atlas
from core.latent.directions import sefa
from core.latent.latent import Latent
from core.latent.sampler import Sampler, opened
from core.nets import checkpoint
from core.train.duel import Duel

NAME = "dcgan-anime"
LIMITS = {"picture": 0.025, "sefa": 0.1, "atlas": 20.0, "grid_64": 0.4}  # seconds
FASTER = 3.0  # than the plain fp32 loop, where the CPU has bf16


def measure(quick: bool = False) -> dict[str, Any]:
    """Seconds on this machine."""
    if NAME not in checkpoint.names("gan"):
        return {"skipped": f"the generator {NAME} is not here"}
    sampler = opened(checkpoint.find(NAME))
    times = 5 if quick else 30
    figures = {
        "picture": seconds(lambda: sampler.picture(Latent(1).edit(3, 1.0)), times),
        "picture_with_moves": seconds(lambda: sampler.picture(_moved(sampler)), times),
        "sefa": seconds(lambda: sefa(sampler), times),
        "grid_64": seconds(lambda: [sampler.picture(Latent(seed)) for seed in range(64)], 2 if quick else 5),
        "atlas": seconds(lambda: atlas(sampler), 1),
    }
    config = RunConfig("noise", "dcgan", batch_size=32, lr=2e-4, schedule="constant", kind="gan")
    ours, plain = _speed(config, quick), _speed(config.replace(precision="fp32"), quick, contiguous=True)
    return {
        "ours": ours,
        "plain": plain,
        "ratio": ours / plain,
        "limit": FASTER,
        "plain_way": "R0's DCGAN, batches of 32, fp32, weights as torch lays them out; pictures a second",
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


def _speed(config: RunConfig, quick: bool, contiguous: bool = False) -> float:
    """Pictures a second of whole steps, both networks."""
    luck = torch.Generator().manual_seed(0)
    x = torch.randint(0, 256, (640, 3, 64, 64), generator=luck, dtype=torch.uint8)
    y = torch.zeros(640, dtype=torch.int64)
    duel = Duel(config, made("noise", (x, y), (x[:0], y[:0]), ()), torch.device("cpu"), None)
    if contiguous:
        for net in duel.nets:
            net.to(memory_format=torch.contiguous_format)
    places = duel.places(0, 0)
    duel.advance(places[0])
    return config.batch_size / seconds(lambda: duel.advance(places[1]), 2 if quick else 6)
