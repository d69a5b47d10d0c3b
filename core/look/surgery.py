"""Filter surgery: mute, scale, copy or paint a filter, on a copy of the network; a list of cuts is the whole story."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from core.errors import LabError, unknown
from core.look.opened import Opened, by

KINDS = ("mute", "scale", "copy", "paint")
STRONGEST = 10.0


@dataclass(frozen=True)
class Cut:
    """One operation on one filter of one convolution. Undoing is leaving out the last one."""

    path: str  # of the convolution, such as layers.0
    filter: int
    kind: str
    factor: float = 0.0  # scale: what its map is multiplied by
    source: int = 0  # copy: the filter it becomes like
    channel: int | None = None  # paint: of which input channel; None is all
    kernel: tuple[tuple[float, ...], ...] = ()  # paint: the new weights, row by row

    @property
    def said(self) -> str:
        """The cut as a few words; filters are counted from 1."""
        name = f"filter {self.filter + 1}"
        if self.kind == "scale":
            return f"{name} × {self.factor:g}"
        if self.kind == "copy":
            return f"{name} becomes a copy of filter {self.source + 1}"
        return f"{name} muted" if self.kind == "mute" else f"{name} painted"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def operated(opened: Opened, cuts: Sequence[Cut]) -> Opened:
    """The network after all cuts, in order; the one that was given stays as it is."""
    if not cuts:
        return opened
    after = opened.private()  # all weights shared; only what is cut becomes its own
    with torch.no_grad():
        for path in dict.fromkeys(cut.path for cut in cuts):
            _unshare(convolution(after, path))
            if norm := norm_after(after, path):
                _unshare(norm)
        for cut in cuts:
            _cut(after, cut)
    return after


def convolutions(opened: Opened) -> list[str]:
    """The paths of the layers that can be operated on."""
    return [path for path, layer in opened.net.named_modules() if isinstance(layer, nn.Conv2d)]


def convolution(opened: Opened, path: str) -> nn.Conv2d:
    layer = opened.layer(path)
    if not isinstance(layer, nn.Conv2d):
        raise LabError(
            f"The layer is {path!r}; allowed: a convolution ({', '.join(convolutions(opened)) or 'none here'})."
        )
    return layer


def norm_after(opened: Opened, path: str) -> nn.BatchNorm2d | None:
    """The batch norm through which a convolution's maps go on, if there is one before the next weights."""
    layers = [(name, layer) for name, layer in opened.net.named_modules() if not any(True for _ in layer.children())]
    at = next(i for i, (name, _) in enumerate(layers) if name == path)
    filters = convolution(opened, path).out_channels
    for _, layer in layers[at + 1 :]:
        if isinstance(layer, nn.BatchNorm2d):
            return layer if layer.num_features == filters else None
        if any(True for _ in layer.parameters()) or isinstance(layer, nn.Flatten):
            return None
    return None


def _unshare(layer: nn.Module) -> None:
    for name, tensor in list(layer.named_parameters(recurse=False)):
        setattr(layer, name, nn.Parameter(tensor.detach().clone(), tensor.requires_grad))
    for name, buffer in list(layer.named_buffers(recurse=False)):
        layer.register_buffer(name, buffer.detach().clone())


def _cut(opened: Opened, cut: Cut) -> None:
    conv, norm = convolution(opened, cut.path), norm_after(opened, cut.path)
    _check(conv, cut)
    here = cut.filter
    if cut.kind == "paint":
        kernel = conv.weight.new_tensor(cut.kernel)
        conv.weight[here, slice(None) if cut.channel is None else cut.channel] = kernel
    elif cut.kind == "copy":
        for tensor in _own(conv, norm):
            tensor[here] = tensor[cut.source]
    elif cut.kind == "mute":
        for tensor in (conv.weight, conv.bias, *(() if norm is None else (norm.weight, norm.bias))):
            if tensor is not None:
                tensor[here] = 0
    elif norm is None:
        conv.weight[here] *= cut.factor
        if conv.bias is not None:
            conv.bias[here] *= cut.factor
    else:  # a batch norm would undo a scaled kernel's meaning: its own two numbers carry the factor
        norm.weight[here] *= cut.factor
        norm.bias[here] *= cut.factor


def _own(conv: nn.Conv2d, norm: nn.BatchNorm2d | None) -> Iterable[Tensor]:
    """All that belongs to a filter."""
    yield conv.weight
    if conv.bias is not None:
        yield conv.bias
    if norm is not None:
        for tensor in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
            if tensor is not None:
                yield tensor


def _check(conv: nn.Conv2d, cut: Cut) -> None:
    if cut.kind not in KINDS:
        raise unknown("The cut", cut.kind, KINDS)
    last = conv.out_channels - 1
    for what, value in (("filter", cut.filter), ("filter to copy", cut.source)):
        if not 0 <= value <= last:
            raise LabError(f"The {what} is number {value}; {cut.path} has {last + 1}: 0 to {last}.")
    if cut.kind == "scale" and not (math.isfinite(cut.factor) and abs(cut.factor) <= STRONGEST):
        raise LabError(f"The factor is {cut.factor}; allowed: −{STRONGEST:g} to {STRONGEST:g}.")
    if cut.kind != "paint":
        return
    inputs = conv.weight.shape[1]
    if cut.channel is not None and not 0 <= cut.channel < inputs:
        raise LabError(f"The input channel is {cut.channel}; a filter of {cut.path} has {inputs}: 0 to {inputs - 1}.")
    size = (len(cut.kernel), len(cut.kernel[0]) if cut.kernel else 0)
    if size != tuple(conv.kernel_size) or any(len(row) != size[1] for row in cut.kernel):
        raise LabError(f"The painted kernel is {by(size)}; {cut.path} has kernels of {by(conv.kernel_size)}.")
    if not all(math.isfinite(value) for row in cut.kernel for value in row):
        raise LabError("The painted kernel holds something that is no finite number.")


def stamps(height: int, width: int, length: float = 1.0) -> dict[str, tuple[tuple[float, ...], ...]]:
    """Well-known kernels in any size, each as long (root of the sum of squares) as the kernel it stands in for."""
    down, across = _bell(height), _bell(width)
    blur = down[:, None] * across[None]
    identity = torch.zeros(height, width)
    identity[(height - 1) // 2, (width - 1) // 2] = 1
    made = {
        "identity": identity,
        "blur": blur,
        "Sobel: upright edges": down[:, None] * _slope(width)[None],
        "Sobel: level edges": _slope(height)[:, None] * across[None],
        "sharpen": 2 * identity - blur / blur.sum(),
        "outline": identity - blur / blur.sum(),
    }
    return {
        name: tuple(tuple(row) for row in (kernel / kernel.norm().clamp_min(1e-12) * length).tolist())
        for name, kernel in made.items()
    }


def _bell(size: int) -> Tensor:
    """1, 2, 1 and its longer brothers: the row of Pascal's triangle."""
    return torch.tensor([float(math.comb(size - 1, i)) for i in range(size)])


def _slope(size: int) -> Tensor:
    """−1, 0, 1 and its longer brothers: rises from left to right."""
    bell = _bell(max(size - 1, 1))
    zero = torch.zeros(1)
    return torch.cat([zero, bell])[:size] - torch.cat([bell, zero])[:size] if size > 1 else zero
