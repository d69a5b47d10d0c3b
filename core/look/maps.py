"""Feature maps: what every layer answers to one picture, read with torch's own forward hooks."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from core.look.opened import Opened

PANELS = 1200  # a network with more maps than this is shown block by block
UNSEEN = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Flatten, nn.Identity)  # they change no number while it answers


@dataclass(frozen=True, eq=False)
class View:
    """One layer while one picture passes: what came in, what went out."""

    path: str  # layers.0
    call: int  # torchvision uses one ReLU in several places: 0, 1, …
    title: str  # 1 · conv 10 5x5
    layer: nn.Module
    before: tuple[Tensor, ...]  # without the batch: (channels, height, width) or (numbers,)
    after: Tensor
    channels_last: bool = False  # ConvNeXt puts the channels last for a while

    @property
    def name(self) -> str:
        """One word that finds this view again."""
        return f"{self.path}#{self.call}" if self.call else self.path

    @property
    def maps(self) -> Tensor:
        """(channels, height, width); flat numbers are maps of one pixel."""
        if self.after.dim() != 3:
            return self.after.reshape(-1, 1, 1)
        return self.after.permute(2, 0, 1) if self.channels_last else self.after

    @property
    def panels(self) -> int:
        """As many as there are channels, always."""
        return int(self.maps.shape[0])

    @property
    def seen(self) -> bool:
        """False for layers that only pass their numbers on."""
        return not isinstance(self.layer, UNSEEN)


@dataclass(frozen=True)
class Block:
    """A part of a network that is looked at in one go."""

    title: str
    paths: tuple[str, ...]  # modules; everything inside them belongs to the block
    panels: int


def record(opened: Opened, picture: Tensor, only: Iterable[str] | None = None) -> list[View]:
    """The views of one uint8 picture (C, H, W) in the order of the layers; `only` names the modules to look into."""
    opened = opened.private()
    views: list[View] = []
    calls: dict[str, int] = {}
    wanted = None if only is None else tuple(only)
    incoming: dict[str, tuple[Tensor, ...]] = {}
    turned = [False]  # channels last?
    last: list[Tensor] = []  # the very tensor of the last view, to see whether a block added something of its own

    def enter(path: str, layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        incoming[path] = tuple(_own(each) for each in inputs if isinstance(each, Tensor))

    def leave(path: str, layer: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        if _leaf(layer) or not last or output is not last[0]:
            call = calls[path] = calls.get(path, -1) + 1
            if isinstance(dims := getattr(layer, "dims", None), list):  # torchvision's Permute
                turned[0] = dims[-1] == 1
            title = opened.words.get(path) or f"{_owner(path, opened)} · together"
            views.append(View(path, call, title, layer, incoming.pop(path, ()), _own(output), turned[0]))
        last[:] = [output]

    hooks: list[Any] = []
    for path, layer in opened.net.named_modules():
        if not path or path == "layers" or type(layer) is nn.Sequential or not _within(path, wanted):
            continue
        if _leaf(layer):  # cloned on the way in, too: torchvision's ReLUs overwrite what they are given
            hooks.append(layer.register_forward_pre_hook(partial(enter, path)))
        hooks.append(layer.register_forward_hook(partial(leave, path)))
    try:
        with torch.inference_mode():
            opened.net(opened.eats(picture))
    finally:
        for hook in hooks:
            hook.remove()
    return views


def blocks(opened: Opened, most: int = PANELS) -> list[Block]:
    """The whole network if its maps can be looked at in one go, else its parts in order."""
    layers = dict(opened.net.named_modules())
    seen = [row for row in opened.rows if row.output_shape and not isinstance(layers[row.name], UNSEEN)]
    sizes = [(row.name, row.output_shape[0]) for row in seen]
    parts = list(_parts(opened.net.layers, "layers"))

    def panels(paths: Iterable[str]) -> int:
        return sum(size for name, size in sizes if _within(name, tuple(paths)))

    whole = tuple(path for path, _ in parts)
    if panels(whole) <= most:
        return [Block("the whole network", whole, panels(whole))]
    groups: list[list[str]] = []
    for path, layer in parts:
        small = _leaf(layer) and not isinstance(layer, nn.Conv2d | nn.Linear)
        if groups and small:  # an activation or a pool goes with the layer before it
            groups[-1].append(path)
        else:
            groups.append([path])
    return [Block(_owner(group[0], opened), tuple(group), panels(group)) for group in groups]


def block_of(opened: Opened, path: str) -> int:
    """The number of the block in which a layer lies."""
    return next((i for i, block in enumerate(blocks(opened)) if _within(path, block.paths)), 0)


def _parts(layer: nn.Module, path: str) -> Iterable[tuple[str, nn.Module]]:
    """The layers of a network; a backbone is taken apart down to its blocks, a block stays whole."""
    for name, child in layer.named_children():
        below = f"{path}.{name}"
        backbone = path == "layers" and type(child).__module__.startswith("torchvision")
        if backbone or type(child) is nn.Sequential:  # a subclass of Sequential is a block
            yield from _parts(child, below)
        else:
            yield below, child


def _leaf(layer: nn.Module) -> bool:
    return not any(True for _ in layer.children())


def _own(tensor: Tensor) -> Tensor:
    """The first picture of the batch, copied: a later layer may write into the same memory."""
    return tensor[0].detach().float().clone(memory_format=torch.contiguous_format)


def _within(path: str, paths: tuple[str, ...] | None) -> bool:
    return paths is None or any(path == each or path.startswith(each + ".") for each in paths)


def _owner(path: str, opened: Opened) -> str:
    """`5 · res 64` for a module inside it, `resnet18 layer1.0` inside a backbone."""
    parts = path.split(".")
    if len(parts) < 2 or not parts[1].isdigit():
        return path
    text = opened.net.places[int(parts[1])].layer.text
    inside = ".".join(parts[2:])
    return f"{int(parts[1]) + 1} · {text} {inside}".rstrip()
