"""Receptive fields: which patch of the picture one number of a map can see."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, cast

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from core.nets.layers import GlobalPool, Resize

Pair = tuple[int, int]


@dataclass(frozen=True)
class Field:
    """Height and width of the patch, how far the next number's patch is away, and where the first one starts."""

    size: Pair = (1, 1)
    step: Pair = (1, 1)
    start: Pair = (0, 0)

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """The patch of one number: top, left, bottom, right (the last two outside); it may reach into the padding."""
        top = self.start[0] + row * self.step[0]
        left = self.start[1] + column * self.step[1]
        return top, left, top + self.size[0], left + self.size[1]

    def windowed(self, window: Pair, stride: Pair, padding: Pair) -> "Field":
        """After a convolution or a pool."""
        return Field(
            _pair(self.size[i] + (window[i] - 1) * self.step[i] for i in (0, 1)),
            _pair(self.step[i] * stride[i] for i in (0, 1)),
            _pair(self.start[i] - padding[i] * self.step[i] for i in (0, 1)),
        )

    def joined(self, other: "Field") -> "Field":
        """Where two ways meet: the patch that covers both."""
        start = _pair(min(self.start[i], other.start[i]) for i in (0, 1))
        end = (max(self.start[i] + self.size[i], other.start[i] + other.size[i]) for i in (0, 1))
        size = _pair(stop - first for stop, first in zip(end, start, strict=True))
        return Field(size, _pair(max(self.step[i], other.step[i]) for i in (0, 1)), start)


class Fields(TorchFunctionMode):
    """Knows the field of every tensor while a network runs; sums, products and concatenations join fields."""

    def __init__(self, picture: Iterable[int]) -> None:
        super().__init__()
        self.picture = _pair(picture)
        self._known: dict[int, tuple[Tensor, Field]] = {}  # the tensor is kept, so that its id stays its own

    def begin(self, picture: Tensor) -> Tensor:
        self._known[id(picture)] = (picture, Field())
        return picture

    def __getitem__(self, tensor: Tensor) -> Field:
        return self._known[id(tensor)][1] if id(tensor) in self._known else self._everything()

    def seen(self, tensor: Tensor) -> Pair:
        """The size of the field, as far as the picture reaches."""
        return _pair(min(size, side) for size, side in zip(self[tensor].size, self.picture, strict=True))

    def through(self, module: nn.Module, before: Tensor, after: Tensor) -> None:
        """What a module with a window does to the field; all others leave it as their arithmetic made it."""
        field = self[before]
        each = cast(Any, module)
        if isinstance(module, nn.Conv2d):
            dilated = _pair((k - 1) * d + 1 for k, d in zip(each.kernel_size, each.dilation, strict=True))
            field = field.windowed(dilated, each.stride, each.padding)
        elif isinstance(module, nn.MaxPool2d | nn.AvgPool2d):
            field = field.windowed(_both(each.kernel_size), _both(each.stride), _both(each.padding))
        elif isinstance(module, nn.AdaptiveAvgPool2d | GlobalPool) or (
            isinstance(module, nn.Linear) and before.dim() == 2
        ):
            field = self._everything()
        elif isinstance(module, Resize):  # from here on, pixels are those of the resized picture
            self.picture = (module.side, module.side)
            field = Field()
        else:
            return
        self._known[id(after)] = (after, field)

    def _everything(self) -> Field:
        return Field(self.picture, self.picture, (0, 0))

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        joined: Field | None = None
        for tensor in _tensors(args):
            if id(tensor) in self._known:
                field = self[tensor]
                joined = replace(field) if joined is None else joined.joined(field)
        if joined is not None and isinstance(result, Tensor):
            self._known[id(result)] = (result, joined)
        return result


def _tensors(values: Iterable[Any]) -> Iterable[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from _tensors(value)


def _both(value: int | Pair) -> Pair:
    return (value, value) if isinstance(value, int) else value


def _pair(values: Iterable[int]) -> Pair:
    first, second = values
    return first, second
