"""A small generator with random weights: enough for everything but beauty."""

import pytest

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
