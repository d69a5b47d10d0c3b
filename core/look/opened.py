"""An opened network: a classifier together with all that is needed to show it pictures."""

import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from core.data.scaling import scaled
from core.errors import LabError
from core.nets.card import Card
from core.nets.line import Net
from core.nets.summary import Row, summary


@dataclass(frozen=True, eq=False)
class Opened:
    """A network in evaluation mode, its class names, and how its pixels are scaled."""

    title: str
    net: Net
    classes: tuple[str, ...]
    dataset: str
    scale: str
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of the pictures it eats."""
        return self.net.shape

    @cached_property
    def rows(self) -> list[Row]:
        """The layers with their shapes, parameters, multiply-adds and receptive fields."""
        return summary(self.net, self.shape)

    @cached_property
    def words(self) -> dict[str, str]:
        """path -> what the layer is called, such as `2 · pool 2` or `5 · res 64 · conv1`."""
        return {row.name: _title(row.name, row.word, self.net) for row in self.rows}

    def eats(self, pictures: Tensor) -> Tensor:
        """uint8 pictures (N, C, H, W) or one (C, H, W) -> what the network's first layer gets, (N, C, H, W)."""
        if pictures.dim() == 3:
            pictures = pictures[None]
        if tuple(pictures.shape[1:]) != self.shape:
            raise LabError(
                f"The picture is {by(pictures.shape[1:])}; {self.title} eats {by(self.shape)}"
                " (channels x height x width)."
            )
        return scaled(pictures, self.scale, self.mean, self.std)

    def probabilities(self, pictures: Tensor) -> Tensor:
        """(N, classes), each row adding up to 1."""
        with torch.inference_mode():
            return torch.softmax(self.net(self.eats(pictures)).float(), 1)

    def index(self, name: str) -> int:
        """The number of a class by its name."""
        if name not in self.classes:
            raise LabError(
                f"The class is {name!r}, which this network does not have. It has: {', '.join(self.classes)}."
            )
        return self.classes.index(name)

    def private(self) -> "Opened":
        """The same with a copy of the network that shares its weights: hooks on the copy disturb nobody else."""
        shared = {id(each): each for each in (*self.net.parameters(), *self.net.buffers())}
        return self.with_net(copy.deepcopy(self.net, shared))

    def layer(self, path: str) -> nn.Module:
        """A layer by its path, such as layers.0."""
        layers: dict[str, nn.Module] = dict(self.net.named_modules())
        if path and path in layers:
            return layers[path]
        raise LabError(f"The layer is {path!r}, which this network does not have.")

    def with_net(self, net: Net, title: str | None = None) -> "Opened":
        """The same with another network of the same line in it, for instance after surgery."""
        other = replace(self, net=net.eval(), title=title or self.title)
        vars(other).update(rows=self.rows, words=self.words)  # measured once: the layers are the same
        return other


def opened(net: Net, card: Card) -> Opened:
    """A network from a checkpoint, opened."""
    return Opened(card.name, net.eval(), card.classes, card.dataset, card.scale, card.mean, card.std)


def fitted(picture: NDArray[Any], shape: tuple[int, int, int]) -> tuple[Tensor, tuple[str, ...]]:
    """Any uint8 picture (H, W), (H, W, 3) or (H, W, 4) as this shape wants it, and sentences on what was changed."""
    pixels = np.asarray(picture)
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] not in (1, 3, 4)):
        raise LabError(
            f"The picture is an array of {by(pixels.shape)} {pixels.dtype};"
            " allowed: height x width, or that x 3 or 4, of bytes."
        )
    if 0 in pixels.shape:
        raise LabError(f"The picture is {by(pixels.shape)}: it has no pixels.")
    notes: list[str] = []
    channels, height, width = shape
    image = Image.fromarray(pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels)
    if image.mode == "RGBA":
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image).convert("RGB")
        notes.append("What was transparent is white now.")
    if image.mode == "RGB" and channels == 1:
        image = image.convert("L")
        notes.append("This network sees no colours: the picture was made grey.")
    if image.mode == "L" and channels == 3:
        image = image.convert("RGB")
        notes.append("This network wants three colours: the grey picture was copied into each.")
    if image.size != (width, height):
        notes.append(f"The picture was {image.height}x{image.width}; this network eats {height}x{width}.")
        image = _squared(image, width / height).resize((width, height), Image.Resampling.LANCZOS)
    array = np.asarray(image, dtype=np.uint8)
    array = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
    return torch.from_numpy(array.copy()), tuple(notes)


def by(shape: "tuple[int, ...] | torch.Size") -> str:
    """`3x32x32`."""
    return "x".join(map(str, shape))


def _squared(image: Image.Image, ratio: float) -> Image.Image:
    """The middle of the picture in the network's proportions: squeezing would make a circle an egg."""
    wide = min(image.width, max(1, round(image.height * ratio)))
    tall = min(image.height, max(1, round(image.width / ratio)))
    left, top = (image.width - wide) // 2, (image.height - tall) // 2
    return image.crop((left, top, left + wide, top + tall))


def _title(path: str, word: str, net: Net) -> str:
    """`layers.4.conv1` with the word `conv 64 3x3` becomes `5 · res 64 · conv1 · conv 64 3x3`."""
    parts = path.split(".")
    if len(parts) < 2 or not parts[1].isdigit():
        return word
    number = int(parts[1])
    inside = ".".join(parts[2:])
    own = net.places[number].layer.text
    return f"{number + 1} · {own}" if not inside else f"{number + 1} · {own.split()[0]} {inside} · {word}"
