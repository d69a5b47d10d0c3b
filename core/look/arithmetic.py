"""The arithmetic of one number of a map: which numbers it is made of, and how, step by step."""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.errors import LabError
from core.look.calculation import Arithmetic, Box, Term, bracket, number, summed
from core.look.maps import View
from core.nets.layers import ACTIVATION, Add, GlobalPool, Scale

FORMULAS = {
    nn.ReLU: "max(0, x)",
    nn.LeakyReLU: "x, a hundredth of it below zero",
    nn.Tanh: "tanh(x)",
    nn.Sigmoid: "1 / (1 + exp(−x))",
    nn.GELU: "x · Φ(x)",
    nn.SiLU: "x / (1 + exp(−x))",
    nn.Hardswish: "x · clip(x + 3, 0, 6) / 6",
    nn.Hardsigmoid: "clip(x + 3, 0, 6) / 6",
    nn.ReLU6: "min(max(0, x), 6)",
}


def explain(view: View, channel: int, row: int, column: int) -> Arithmetic:
    """The arithmetic behind `view.maps[channel, row, column]`, worked out in double precision."""
    shape = tuple(view.maps.shape)
    for what, value, size in zip(("channel", "row", "column"), (channel, row, column), shape, strict=True):
        if not 0 <= value < size:
            raise LabError(f"The {what} is {value}; {view.title} has {size}: allowed 0 to {size - 1}.")
    layer: Any = view.layer
    if isinstance(layer, nn.Conv2d):
        return _convolution(view, layer, channel, row, column)
    if isinstance(layer, nn.MaxPool2d | nn.AvgPool2d):
        return _pool(view, layer, channel, row, column)
    if isinstance(layer, GlobalPool | nn.AdaptiveAvgPool2d):
        return _global(view, channel, row, column)
    if isinstance(layer, nn.Linear):
        return _linear(view, layer, channel, row, column)
    if isinstance(layer, nn.BatchNorm2d | nn.BatchNorm1d):
        return _norm(view, layer, channel, row, column)
    if isinstance(layer, Add) and len(view.before) == 2:
        return _add(view, channel, row, column)
    return _pointwise(view, channel, row, column)


def softmax(logits: Tensor, index: int) -> Arithmetic:
    """The last step: each class's exponential, divided by the sum of all."""
    x = logits.double().flatten()
    if not 0 <= index < len(x):
        raise LabError(f"The class number is {index}; this network has {len(x)}: allowed 0 to {len(x) - 1}.")
    powers = torch.exp(x - x.max())
    total = float(powers[index] / powers.sum())
    whole = float(torch.logsumexp(x, 0).exp())
    said = (
        f"exp({number(float(x[index]))}) / Σ exp = {number(float(x[index].exp()))} / {number(whole)} = {number(total)}"
    )
    return Arithmetic("softmax", said, (Term(0, x[None].numpy(), None, whole),), None, total, None, (0, index))


def _convolution(view: View, conv: nn.Conv2d, channel: int, row: int, column: int) -> Arithmetic:
    maps = view.before[0].double()
    top, left, bottom, right = _padding(conv)
    padded = F.pad(maps, (left, right, top, bottom))
    kernel = conv.weight[channel].detach().double().cpu()  # (inputs of its group, height, width)
    inputs, height, width = kernel.shape
    first = channel // (conv.out_channels // conv.groups) * inputs
    dilation, stride = conv.dilation, conv.stride
    y, x = row * stride[0], column * stride[1]
    reach = ((height - 1) * dilation[0] + 1, (width - 1) * dilation[1] + 1)
    patch = padded[first : first + inputs, y : y + reach[0] : dilation[0], x : x + reach[1] : dilation[1]].cpu()
    sums = (patch * kernel).sum((1, 2))
    bias = None if conv.bias is None else float(conv.bias[channel].detach())
    terms = tuple(Term(first + i, patch[i].numpy(), kernel[i].numpy(), float(sums[i])) for i in range(inputs))
    total = float(sums.sum()) + (bias or 0.0)
    said = summed([term.sum for term in terms], bias, total)
    return Arithmetic("convolution", said, terms, bias, total, (y - top, x - left, *reach))


def _padding(conv: nn.Conv2d) -> tuple[int, int, int, int]:
    """Top, left, bottom, right."""
    if conv.padding == "same":
        spare = [d * (k - 1) for d, k in zip(conv.dilation, conv.kernel_size, strict=True)]
        return spare[0] // 2, spare[1] // 2, spare[0] - spare[0] // 2, spare[1] - spare[1] // 2
    tall, wide = cast("tuple[int, int]", conv.padding)
    return tall, wide, tall, wide


def _pool(view: View, pool: Any, channel: int, row: int, column: int) -> Arithmetic:
    window, stride, padding = (_pair(each) for each in (pool.kernel_size, pool.stride, pool.padding))
    largest = isinstance(pool, nn.MaxPool2d)
    one = view.before[0][channel].double()
    empty = float("-inf") if largest else 0.0
    extra = window if pool.ceil_mode else (0, 0)  # the last window may reach over the edge
    padded = F.pad(one, (padding[1], padding[1] + extra[1], padding[0], padding[0] + extra[0]), value=empty)
    y, x = row * stride[0], column * stride[1]
    patch = padded[y : y + window[0], x : x + window[1]].cpu()
    return _picked(patch, largest, channel, (y - padding[0], x - padding[1], *window))


def _global(view: View, channel: int, row: int, column: int) -> Arithmetic:
    one = view.before[0][channel].double().cpu()
    height, width = one.shape
    tall, wide = view.maps.shape[1:]
    top, left = row * height // tall, column * width // wide  # PyTorch's rule for adaptive windows
    bottom, right = -(-(row + 1) * height // tall), -(-(column + 1) * width // wide)
    largest = isinstance(view.layer, GlobalPool) and view.layer.largest
    return _picked(one[top:bottom, left:right], largest, channel, (top, left, bottom - top, right - left))


def _picked(patch: Tensor, largest: bool, channel: int, window: Box) -> Arithmetic:
    total = float(patch.max() if largest else patch.mean())
    shown = ", ".join(number(float(each)) for each in patch.flatten()[:9] if each > float("-inf"))
    dots = ", …" if patch.numel() > 9 else ""
    said = f"{'max' if largest else 'mean'}({shown}{dots}) = {number(total)}"
    place = divmod(int(patch.argmax()), patch.shape[1]) if largest else None
    term = Term(channel, patch.numpy(), None, total)
    return Arithmetic("maximum" if largest else "mean", said, (term,), None, total, window, place)


def _linear(view: View, linear: nn.Linear, channel: int, row: int, column: int) -> Arithmetic:
    before = view.before[0].double().cpu()
    x = before[row, column] if before.dim() == 3 else before
    weights = linear.weight[channel].detach().double().cpu()
    bias = None if linear.bias is None else float(linear.bias[channel].detach())
    share = float((x * weights).sum())
    total = share + (bias or 0.0)
    said = f"{len(x)} products, summed: {summed([share], bias, total)}"
    return Arithmetic("linear", said, (Term(0, x[None].numpy(), weights[None].numpy(), share),), bias, total, None)


def _norm(view: View, norm: Any, channel: int, row: int, column: int) -> Arithmetic:
    value = _value(view.before[0], view, channel, row, column)
    mean, spread = float(norm.running_mean[channel]), float((norm.running_var[channel].double() + norm.eps).sqrt())
    gain, offset = float(norm.weight[channel].detach()), float(norm.bias[channel].detach())
    total = (value - mean) / spread * gain + offset
    standard = f"({number(value)} − {bracket(mean)}) / {number(spread)}"
    said = f"{standard} × {bracket(gain)} + {bracket(offset)} = {number(total)}"
    return Arithmetic("batch norm", said, (), None, total, (row, column, 1, 1))


def _add(view: View, channel: int, row: int, column: int) -> Arithmetic:
    inner, shortcut = (_value(each, view, channel, row, column) for each in view.before)
    total = inner + shortcut
    said = f"block {number(inner)} + shortcut {bracket(shortcut)} = {number(total)}"
    return Arithmetic("sum", said, (), None, total, (row, column, 1, 1))


def _pointwise(view: View, channel: int, row: int, column: int) -> Arithmetic:
    """Activations and what else looks at one number at a time."""
    total = float(view.maps[channel, row, column])
    layer = view.layer
    if not view.before or view.before[0].shape != view.after.shape:
        return Arithmetic("unknown", f"{view.title} gives {number(total)}", (), None, total, None)
    value = _value(view.before[0], view, channel, row, column)
    place = (row, column, 1, 1)
    if isinstance(layer, Scale):
        return Arithmetic(
            "activation",
            f"{number(value)} × {number(layer.factor)} = {number(total)}",
            (),
            None,
            value * layer.factor,
            place,
        )
    if type(layer) in FORMULAS:
        exact = float(cast("Callable[[Tensor], Tensor]", _fresh(layer))(torch.tensor(value, dtype=torch.float64)))
        said = f"{FORMULAS[type(layer)]} with x = {number(value)} gives {number(exact)}"
        return Arithmetic("activation", said, (), None, exact, place)
    if not view.seen or value == total:
        return Arithmetic("passed on", f"{number(value)}, passed on as it is", (), None, value, place)
    return Arithmetic("unknown", f"{number(value)} becomes {number(total)}", (), None, total, place)


def _fresh(layer: nn.Module) -> nn.Module:
    """An activation that does not write into its input."""
    kinds = tuple(ACTIVATION.values())
    if isinstance(layer, nn.LeakyReLU):
        return nn.LeakyReLU(layer.negative_slope)
    return type(layer)() if isinstance(layer, kinds) or type(layer) in FORMULAS else layer


def _value(tensor: Tensor, view: View, channel: int, row: int, column: int) -> float:
    if tensor.dim() != 3:
        return float(tensor.flatten()[channel])
    return float(tensor[row, column, channel] if view.channels_last else tensor[channel, row, column])


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else value
