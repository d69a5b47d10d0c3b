"""4x4 kernels that halve or double a map, with their gradients as matrix products where a CPU multiplies bf16.

oneDNN's own gradient for such a kernel's weights reaches a quarter of what the same CPU reaches in a matrix product
when the maps are small and the kernels many. The sums are the same; only their order is another.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SMALL = 8  # up to this side of the coarse map the matrix product is faster


class Halve(nn.Conv2d):
    """Half the side: a convolution 4x4 with stride 2 and a margin of 1."""

    def __init__(self, a: int, b: int, bias: bool) -> None:
        super().__init__(a, b, 4, 2, 1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        if self.bias is not None or not pays(x, x.shape[-1] // 2):
            return super().forward(x)
        halved: Tensor = _Halved.apply(x.to(torch.bfloat16), self.weight.to(torch.bfloat16))
        return halved


class Double(nn.ConvTranspose2d):
    """Twice the side: a transposed convolution 4x4 with stride 2 and a margin of 1."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__(a, b, 4, 2, 1, bias=False)

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        if output_size is not None or not pays(x, x.shape[-1]):
            return super().forward(x, output_size)
        doubled: Tensor = _Doubled.apply(x.to(torch.bfloat16), self.weight.to(torch.bfloat16))
        return doubled


def pays(x: Tensor, coarse: int) -> bool:
    """While learning, on a CPU, in bf16, on small maps."""
    return (
        torch.is_grad_enabled()
        and x.device.type == "cpu"
        and torch.is_autocast_enabled("cpu")
        and torch.get_autocast_dtype("cpu") == torch.bfloat16
        and coarse <= SMALL
    )


def patches(x: Tensor) -> Tensor:
    """(N, C, S, S) -> (N * S/2 * S/2, 16 C): what each place of the halved map sees, row by row of its 4x4 window."""
    n, c, side, _ = x.shape
    padded = F.pad(x, (1, 1, 1, 1)).contiguous(memory_format=torch.channels_last).permute(0, 2, 3, 1)
    windows = padded.unfold(1, 4, 2).unfold(2, 4, 2)  # (N, S/2, S/2, C, 4, 4), a view
    return windows.permute(0, 1, 2, 4, 5, 3).reshape(n * (side // 2) ** 2, 16 * c)


def flat(weight: Tensor) -> Tensor:
    """(A, B, 4, 4) -> (A, 16 B), in the order of `patches`; a view of a channels_last kernel."""
    return weight.permute(0, 2, 3, 1).reshape(len(weight), -1)


def places(maps: Tensor) -> Tensor:
    """(N, C, S, S) -> (N * S * S, C), a view of channels_last maps."""
    return maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])


def halved(x: Tensor, weight: Tensor) -> Tensor:
    """The convolution: one matrix product over all places."""
    n, side = len(x), x.shape[-1] // 2
    return (patches(x) @ flat(weight).t()).view(n, side, side, len(weight)).permute(0, 3, 1, 2)


def doubled(x: Tensor, weight: Tensor) -> Tensor:
    return F.conv_transpose2d(x, weight, None, 2, 1)


def kernel_gradient(coarse: Tensor, fine: Tensor) -> Tensor:
    """Of the kernel between a coarse and a fine map, whichever way it goes."""
    a, b = coarse.shape[1], fine.shape[1]
    return (places(coarse).t() @ patches(fine)).view(a, 4, 4, b).permute(0, 3, 1, 2)


class _Halved(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: Tensor, weight: Tensor) -> Tensor:
        context.save_for_backward(x, weight)
        return halved(x, weight)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, weight = context.saved_tensors
        wants_x, wants_weight = context.needs_input_grad
        return (
            doubled(gradient, weight) if wants_x else None,
            kernel_gradient(gradient, x) if wants_weight else None,
        )


class _Doubled(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: Tensor, weight: Tensor) -> Tensor:
        context.save_for_backward(x, weight)
        return doubled(x, weight)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, weight = context.saved_tensors
        wants_x, wants_weight = context.needs_input_grad
        return (
            halved(gradient, weight) if wants_x else None,
            kernel_gradient(x, gradient) if wants_weight else None,
        )
