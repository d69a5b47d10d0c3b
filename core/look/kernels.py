"""Kernels: the weights of the convolutions as pictures, and each laid over the picture."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.look.opened import Opened

KERNELS = 1024  # a layer with more kernels than this is shown one filter at a time


@dataclass(frozen=True, eq=False)
class Kernels:
    """The weights of one layer: (filters, input channels, height, width)."""

    path: str
    title: str
    weights: Tensor
    biases: Tensor | None
    first: bool  # it looks at the picture itself

    @property
    def filters(self) -> int:
        return int(self.weights.shape[0])

    def panels(self, chosen: int | None = None) -> Tensor:
        """(panels, height, width): a panel for every filter and input channel, or those of one filter."""
        weights = self.weights if chosen is None else self.weights[chosen : chosen + 1]
        return weights.flatten(0, 1)

    @property
    def together(self) -> bool:
        """Whether all kernels can be shown in one go."""
        return self.filters * int(self.weights.shape[1]) <= KERNELS


def kernels(opened: Opened) -> list[Kernels]:
    """Every convolution's weights in order; of a network without any, the linear layers' weights as pictures."""
    found: list[Kernels] = []
    for path, layer in opened.net.named_modules():
        if isinstance(layer, nn.Conv2d):
            bias = None if layer.bias is None else layer.bias.detach().cpu()
            title = opened.words.get(path, path)
            found.append(Kernels(path, title, layer.weight.detach().cpu().clone(), bias, not found))
    return found or _linear(opened)


def _linear(opened: Opened) -> list[Kernels]:
    """A linear layer right behind the picture has one weight per pixel: its rows are pictures."""
    channels, height, width = opened.shape
    found: list[Kernels] = []
    for path, layer in opened.net.named_modules():
        if isinstance(layer, nn.Linear):
            whole = layer.in_features == channels * height * width
            shape = (-1, channels, height, width) if whole else (layer.out_features, 1, 1, layer.in_features)
            weights = layer.weight.detach().cpu().reshape(shape).clone()
            bias = None if layer.bias is None else layer.bias.detach().cpu()
            found.append(Kernels(path, opened.words.get(path, path), weights, bias, not found))
    return found


def applied(kernel: Kernels, picture: Tensor) -> Tensor:
    """(filters, height, width): each filter of the first layer laid over a uint8 picture (C, H, W), without bias.

    As in the reports' figures the picture is not scaled first, so black stays 0 and only shapes count.
    """
    size = kernel.weights.shape[2:]
    if tuple(size) == tuple(picture.shape[1:]):  # a linear layer: weight times pixel, pixel by pixel
        return (kernel.weights * (picture.float() / 255)).sum(1)
    before = [(side - 1) // 2 for side in size]
    pad = (before[1], size[1] - 1 - before[1], before[0], size[0] - 1 - before[0])
    with torch.inference_mode():
        inputs = F.pad(picture[None].float() / 255, pad)
        groups = inputs.shape[1] // kernel.weights.shape[1]
        return F.conv2d(inputs, kernel.weights, groups=groups)[0].clone()
