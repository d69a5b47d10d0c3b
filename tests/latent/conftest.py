"""A small generator with random weights: enough for everything but beauty."""

import dataclasses

import pytest
import torch

from core.config import RunConfig
from core.latent.sampler import Sampler, sampler
from core.nets.gan import pair


def small(channels: int = 3, side: int = 32, classes: tuple[str, ...] = ()) -> Sampler:
    config = RunConfig("noise", "gan-small", kind="gan", latent=16, conditional=bool(classes))
    made = pair("gan-small", (channels, side, side), 16, len(classes), seed=1)
    tensors = {
        f"{name}.{key}": value for name, net in made._asdict().items() for key, value in net.state_dict().items()
    }
    for key, value in tensors.items():  # or every picture is grey
        if key.startswith("generator.") and value.ndim == 4:
            tensors[key] = value * 6
    return sampler("small", config, (channels, side, side), classes, tensors)


@pytest.fixture(scope="session")
def colour() -> Sampler:
    return small()


@pytest.fixture(scope="session")
def digits() -> Sampler:
    return small(1, 32, ("zero", "one", "two"))


@pytest.fixture(scope="session")
def bright(colour: Sampler) -> Sampler:
    """A generator whose picture gets lighter with the first number, and with nothing else."""

    class Bright(torch.nn.Module):
        latent, shape, start, first = 16, (3, 32, 32), colour.generator.start, colour.generator.first

        def forward(self, z, y=None):
            return torch.tanh(z[:, :1, None, None] / 4).expand(-1, 3, 32, 32)

    return dataclasses.replace(colour, generator=Bright())
