"""Sampler: a trained generator and its discriminator, ready to be asked for pictures."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.config import RunConfig
from core.errors import LabError
from core.latent.attributes import table_for
from core.latent.latent import Latent
from core.nets import checkpoint
from core.nets.gan import Discriminator, Generator, pair
from core.train.device import autocast, autocast_dtype

Pixels = NDArray[np.uint8]
Directions = dict[str, Tensor]


@dataclass(eq=False)
class Sampler:
    """Everything a page needs of a generator. Pictures are made one at a time in fp32, so that they never differ."""

    title: str
    generator: Generator
    discriminator: Discriminator
    dataset: str = ""
    classes: tuple[str, ...] = ()  # empty: the generator knows none
    directions: Directions = field(default_factory=dict)  # by name, (latent,) each
    extras: Mapping[str, Tensor] = field(default_factory=dict)  # what was stored beside the weights, such as an atlas

    @property
    def size(self) -> int:
        """How many numbers it eats."""
        return self.generator.latent

    def picture(self, latent: Latent) -> Pixels:
        """(S, S, 3) or (S, S) bytes. The same Latent gives the same bytes, always."""
        made: Pixels = pixels(self.make(self.point(latent)[None], self.labels([latent.label])))[0]
        return made

    def point(self, latent: Latent) -> Tensor:
        """The numbers behind a picture: (latent,)."""
        return torch.tensor(latent.numbers(self.size, self.directions), dtype=torch.float32)

    def labels(self, labels: list[int | None]) -> Tensor | None:
        """The classes as a generator wants them; None where it knows none."""
        if not self.classes:
            return None
        for label in labels:
            if label is not None and not 0 <= label < len(self.classes):
                raise LabError(f"The latent asks for class {label}; this generator has 0 to {len(self.classes) - 1}.")
        return torch.tensor([label or 0 for label in labels])

    @torch.inference_mode()
    def make(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """(N, latent) -> (N, C, S, S) in -1..1, one at a time."""
        y = self.labels([None] * len(z)) if y is None else y
        with one_thread():
            return torch.cat([self.generator(z[i : i + 1], None if y is None else y[i : i + 1]) for i in range(len(z))])

    @torch.inference_mode()
    def many(self, z: Tensor, y: Tensor | None = None, batch: int = 64) -> Tensor:
        """The same for measuring, in batches and in bf16 where the silicon has it: quick, the last bit is not sure."""
        y = self.labels([None] * len(z)) if y is None else y
        made = []
        for i in range(0, len(z), batch):
            with quick(len(z) > batch):
                made.append(self.generator(z[i : i + batch], None if y is None else y[i : i + batch]))
        return torch.cat(made)

    @torch.inference_mode()
    def judged(self, x: Tensor, y: Tensor | None = None, batch: int = 64) -> Tensor:
        """The discriminator's answer to each picture by itself: above zero it believes in it."""
        with quick():
            return torch.cat(
                [
                    self.discriminator(x[i : i + batch], None if y is None else y[i : i + batch], group=1)
                    for i in range(0, len(x), batch)
                ]
            )


def quick(many: bool = True) -> torch.autocast:
    """bf16, but only where the CPU multiplies it: one that imitates it takes twenty times as long as in fp32."""
    cpu = torch.device("cpu")
    return autocast(cpu, autocast_dtype("auto", cpu) if many else None)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """For one small picture more threads only wait for each other: 3 ms alone, 130 ms with two on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def pixels(x: Tensor) -> Pixels:
    """(N, C, S, S) in -1..1 -> bytes (N, S, S, 3) or (N, S, S)."""
    whole = x.add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)
    found: Pixels = np.ascontiguousarray(whole.permute(0, 2, 3, 1).numpy())
    return np.ascontiguousarray(found[..., 0]) if found.shape[-1] == 1 else found


def opened(folder: Path) -> Sampler:
    """A saved generator, checked against its card."""
    tensors, card = checkpoint.read(folder)
    if card.kind != "gan":
        raise LabError(f"{folder} holds a {card.kind}; allowed here: a GAN.")
    config = RunConfig.from_dict(card.config)
    classes = card.classes if config.conditional else ()
    return sampler(card.name, config.replace(net=card.net), card.shape, classes, tensors)


def sampler(
    title: str, config: RunConfig, shape: tuple[int, int, int], classes: tuple[str, ...], tensors: Mapping[str, Tensor]
) -> Sampler:
    """From the weights of a checkpoint or a snapshot."""
    made = pair(config.net, shape, config.latent, len(classes), config.d_norm)
    for name, net in (("generator", made.generator), ("discriminator", made.discriminator)):
        fill(
            net,
            {key.removeprefix(f"{name}."): v for key, v in tensors.items() if key.startswith(f"{name}.")},
            title,
            name,
        )
    order = list(table_for(shape[0], config.dataset))  # as the page lists them; others come after those
    directions = {
        key.removeprefix("direction."): v.float() for key, v in tensors.items() if key.startswith("direction.")
    }
    directions = dict(sorted(directions.items(), key=lambda pair: [*order, pair[0]].index(pair[0])))
    extras = {key: value for key, value in tensors.items() if key.startswith("atlas.")}
    nets = [net.eval().to(memory_format=torch.channels_last) for net in made]
    return Sampler(title, nets[0], nets[1], config.dataset, classes, directions, extras)  # type: ignore[arg-type]


def fill(net: torch.nn.Module, tensors: Mapping[str, Tensor], title: str, what: str) -> None:
    """Puts half-precision weights into a network, or says which one does not fit."""
    wanted = net.state_dict()
    for name in sorted({*tensors, *wanted}):
        if name not in tensors or name not in wanted:
            lack = "lack" if name in wanted else "hold"
            raise LabError(f"{title} does not fit its card: the weights of its {what} {lack} {name!r}.")
        if tensors[name].shape != wanted[name].shape:
            have, want = (("x".join(map(str, each.shape)) or "one number") for each in (tensors[name], wanted[name]))
            raise LabError(f"{title} does not fit its card: {name} of its {what} is {have}, the card's needs {want}.")
        if not bool(torch.isfinite(tensors[name].float()).all()):
            raise LabError(f"{title} is damaged: {name} of its {what} holds a number that is none (NaN or infinity).")
    net.load_state_dict({name: value.to(wanted[name].dtype) for name, value in tensors.items()})


def described(latent: Latent, size: int) -> dict[str, Any]:
    """For the command line: what a picture was made from."""
    return {"latent": latent.to_dict(), "size": size, "link": latent.to_link()}
