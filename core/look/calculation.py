"""A calculation as a value: its terms, its total, and the one line that says it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Box = tuple[int, int, int, int]  # top, left, height, width; may reach into the padding


@dataclass(frozen=True, eq=False)
class Term:
    """One input channel's share: its patch, the kernel laid on it, and the sum of their products."""

    channel: int
    patch: Floats  # (height, width)
    kernel: Floats | None  # the same shape; None where nothing is multiplied
    sum: float


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """How one number came about."""

    kind: str  # convolution, maximum, mean, linear, batch norm, activation, sum, passed on, softmax, unknown
    said: str  # the calculation as one line with its numbers
    terms: tuple[Term, ...]
    bias: float | None
    total: float
    window: Box | None  # on the layer's input map
    chosen: tuple[int, int] | None = None  # of a maximum: where in the patch it stands


def number(value: float) -> str:
    """Four figures and a true minus sign."""
    if value == 0:
        return "0"
    text = f"{value:.4f}" if 0.01 <= abs(value) < 1000 else f"{value:.4g}"
    return text.replace("-", "−")


def summed(sums: list[float], bias: float | None, total: float) -> str:
    """`0.31 − 0.12 + … + bias 0.05 = 0.24`."""
    shown = sums if len(sums) <= 6 else [*sums[:5], sum(sums[5:])]
    parts = [number(shown[0])] + [f"{'−' if each < 0 else '+'} {number(abs(each))}" for each in shown[1:]]
    if len(sums) > 6:
        parts[-1] += f" ({len(sums) - 5} more channels)"
    if bias is not None:
        parts.append(f"{'−' if bias < 0 else '+'} {number(abs(bias))} (bias)")
    return f"{' '.join(parts)} = {number(total)}"


def bracket(value: float) -> str:
    """A negative number in brackets, as in 3 − (−2)."""
    return f"({number(value)})" if value < 0 else number(value)
