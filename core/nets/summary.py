"""The summary of a network: each layer's output, parameters, multiply-adds and receptive field."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from core.nets.field import Field, Fields
from core.nets.line import Net


@dataclass(frozen=True)
class Row:
    """One layer; residual blocks and backbones show every layer inside them."""

    name: str  # its path in the network, such as layers.0
    word: str  # its word in the line, such as `conv 10 5x5`
    output_shape: tuple[int, ...]  # of one picture
    parameters: int
    trainable: bool  # False: frozen, or nothing to train
    macs: int  # multiply-adds for one picture
    receptive: tuple[int, int]  # height and width of what one output number sees of the picture
    field: Field  # where exactly


def parameters(net: nn.Module) -> tuple[int, int]:
    """How many parameters there are, and how many of them train."""
    return (
        sum(each.numel() for each in net.parameters()),
        sum(each.numel() for each in net.parameters() if each.requires_grad),
    )


def summary(net: nn.Module, shape: tuple[int, int, int]) -> list[Row]:
    """The layers in the order a picture of this shape passes them."""
    rows: dict[str, Row] = {}
    fields = Fields(shape[1:])
    words = {f"layers.{i}": place.layer.text for i, place in enumerate(net.places)} if isinstance(net, Net) else {}

    def record(name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        fields.through(module, inputs[0], output)
        if name in rows or (isinstance(module, nn.Identity) and name not in words):
            return  # a module used twice (torchvision's ReLUs) is one row; an empty place is none
        own = [each for each in module.parameters(recurse=False)]
        rows[name] = Row(
            name,
            words.get(name) or describe(module),
            tuple(output.shape[1:]),
            sum(each.numel() for each in own),
            any(each.requires_grad for each in own),
            _macs(module, output),
            fields.seen(output),
            fields[output],
        )

    hooks = [
        module.register_forward_hook(lambda m, i, o, name=name: record(name, m, i, o))
        for name, module in net.named_modules()
        if not any(True for _ in module.children()) or any(True for _ in module.parameters(recurse=False))
    ]
    try:
        with torch.no_grad(), _resting(net), fields:
            start = next(net.parameters(), torch.zeros(0))
            net(fields.begin(torch.zeros(1, *shape, device=start.device, dtype=start.dtype)))
    finally:
        for hook in hooks:
            hook.remove()
    return list(rows.values())


@contextmanager
def _resting(net: nn.Module) -> Iterator[None]:
    """Evaluation mode for a moment: looking at a network must not change it."""
    modes = {module: module.training for module in net.modules()}
    net.eval()
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


def _macs(module: nn.Module, output: Tensor) -> int:
    if isinstance(module, nn.Conv2d):
        return output[0].numel() * module.in_channels // module.groups * prod(module.kernel_size)
    if isinstance(module, nn.Linear):
        return output[0].numel() * module.in_features
    return 0


def describe(module: nn.Module) -> str:
    """A module in the words of the line, for the layers inside blocks and backbones."""
    each: Any = module
    if isinstance(module, nn.Conv2d):
        extra = (
            f" s{each.stride[0]}" if each.stride[0] > 1 else "",
            f" p{each.padding[0]}" if each.padding[0] else "",
            f" g{each.groups}" if each.groups > 1 else "",
        )
        return f"conv {each.out_channels} {each.kernel_size[0]}x{each.kernel_size[1]}{''.join(extra)}"
    if isinstance(module, nn.Linear):
        return f"linear {each.out_features}"
    if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
        return "bn"
    if isinstance(module, nn.MaxPool2d | nn.AvgPool2d):
        return f"{'pool' if isinstance(module, nn.MaxPool2d) else 'avgpool'} {each.kernel_size} s{each.stride}"
    if isinstance(module, nn.AdaptiveAvgPool2d):
        return "gap"
    return type(module).__name__.lower()
