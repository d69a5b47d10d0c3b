"""Shapes: what each layer of a line makes of a picture, and why one does not fit, before anything is built."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from core.errors import LabError
from core.nets.backbones import BACKBONES
from core.nets.spelling import Layer, fault
from core.nets.words import ACTIVATIONS, CLASSES

Shape = tuple[int, ...]  # (channels, height, width) of a map, or (numbers,) once flat
MOST_PARAMETERS = 200_000_000  # 800 MB of weights, before the optimiser takes as much again
MOST_VALUES = 20_000_000  # numbers in one map of one picture
NEED_MAP = ("conv", "res", "pool", "avgpool", "gap", "gmp", "dropout2d", "resize", "mirror")
START = ("mirror", "resize")  # what may stand before a backbone
END = ("scale", "softmax", "logsoftmax")


@dataclass(frozen=True)
class Place:
    """A layer at its place in a net: what comes in, what goes out, how many weights it has."""

    number: int  # from 1
    layer: Layer
    before: Shape
    after: Shape
    parameters: int

    @property
    def padding(self) -> tuple[int, int]:
        """Pixels added above and left of a convolution's map."""
        if self.layer.padding != "same" or not self.layer.kernel:
            return (int(self.layer.padding),) * 2
        return ((self.layer.kernel[0] - 1) // 2, (self.layer.kernel[1] - 1) // 2)


def walk(layers: Sequence[Layer], shape: tuple[int, int, int], classes: int) -> tuple[Place, ...]:
    """Every layer with its shapes and parameters, or a LabError for the first that does not fit."""
    places: list[Place] = []
    here: Shape = tuple(shape)
    flat_since = ""
    total = 0
    _check_end(layers)
    for number, layer in enumerate(layers, 1):
        if layer.word in NEED_MAP and len(here) == 1:
            raise fault(
                number, layer.text, f"it needs a map, but {flat_since} left {here[0]} flat numbers; put it before that"
            )
        after = _after(number, layer, here, classes)
        if prod(after) > MOST_VALUES:
            raise fault(
                number,
                layer.text,
                f"it makes {prod(after):,} numbers of each picture; allowed: up to {MOST_VALUES:,}. Use fewer filters",
            )
        count = _parameters(layer, here, after)
        total += count
        if total > MOST_PARAMETERS:
            raise fault(
                number,
                layer.text,
                f"the network has {total:,} parameters up to here ({count:,} in this layer); allowed: up to"
                f" {MOST_PARAMETERS:,}. Pool more before `flatten`, or use smaller numbers",
            )
        if len(after) == 1 and len(here) == 3:
            flat_since = f"layer {number} `{layer.text}`"
        places.append(Place(number, layer, here, after, count))
        here = after
    return tuple(places)


def _check_end(layers: Sequence[Layer]) -> None:
    """A net answers with one number per class, so its last layer with weights is `linear classes`."""
    rest = list(enumerate(layers, 1))
    while rest and rest[-1][1].word in END:
        rest.pop()
    if not rest:
        raise LabError("The network line has no layer with weights; write at least `flatten | linear classes`.")
    number, last = rest[-1]
    if last.word != "linear":
        raise fault(number, last.text, "the last layer must be `linear classes`; add it at the end of the line")
    if last.number != CLASSES:
        raise fault(
            number,
            last.text,
            f"the last layer must be `linear classes`, one output per class of the dataset, not {last.number}",
        )
    for number, layer in enumerate(layers, 1):
        if layer.word in ("softmax", "logsoftmax") and number != len(layers):
            raise fault(number, layer.text, "it may only be the last word of the line")
        if layer.word == "mirror" and number > 1:
            raise fault(number, layer.text, "it may only be the first word of the line, where the picture is")
        if layer.word in BACKBONES and any(before.word not in START for before in layers[: number - 1]):
            raise fault(number, layer.text, "a backbone sees the picture itself; only `resize` may stand before it")


def _after(number: int, layer: Layer, here: Shape, classes: int) -> Shape:
    word = layer.word
    if word in BACKBONES:
        return _backbone(number, layer, here)
    if word == "linear":
        if len(here) == 3:
            raise fault(
                number,
                layer.text,
                f"it needs flat numbers, but here are maps ({_maps(here)}); put `flatten` or `gap` before it",
            )
        return (classes if layer.number == CLASSES else layer.size,)
    if word == "flatten":
        return (prod(here),)
    if word in ("gap", "gmp"):
        return here[:1]
    if word == "resize":
        return (here[0], layer.size, layer.size)
    if word == "res":
        return (layer.size, *((side - 1) // layer.stride + 1 for side in here[1:]))
    if word == "conv":
        return _convolved(number, layer, here)
    if word in ("pool", "avgpool"):
        return _pooled(number, layer, here)
    assert word in (*ACTIVATIONS, *END, "bn", "dropout", "dropout2d", "mirror"), word
    return here


def _convolved(number: int, layer: Layer, here: Shape) -> Shape:
    assert layer.kernel
    if here[0] % layer.groups or layer.size % layer.groups:
        raise fault(
            number,
            layer.text,
            f"{layer.groups} groups do not divide {here[0]} channels into {layer.size} filters; both must be multiples",
        )
    if layer.padding == "same":
        if not all(side % 2 for side in layer.kernel):  # an even kernel has no middle to pad around
            raise fault(number, layer.text, "`same` needs an odd kernel, such as 3x3 or 5x5; or pad with p1")
        return (layer.size, *((side - 1) // layer.stride + 1 for side in here[1:]))
    room = [side + 2 * int(layer.padding) for side in here[1:]]
    if any(space < side for space, side in zip(room, layer.kernel, strict=True)):
        raise fault(
            number,
            layer.text,
            f"the map is only {here[1]}x{here[2]} here; use a kernel up to {room[0]}x{room[1]},"
            f" or {'more ' if layer.padding else ''}padding",
        )
    return (layer.size, *((s - k) // layer.stride + 1 for s, k in zip(room, layer.kernel, strict=True)))


def _pooled(number: int, layer: Layer, here: Shape) -> Shape:
    room = [side + 2 * int(layer.padding) for side in here[1:]]
    if min(room) < layer.size:
        raise fault(
            number,
            layer.text,
            f"the map is only {here[1]}x{here[2]} here, so a window of {layer.size} would leave nothing;"
            f" {f'use a window up to {min(room)}, ' if min(room) > 1 else ''}leave this word out,"
            " or pad an earlier `conv`",
        )
    return (here[0], *((side - layer.size) // layer.stride + 1 for side in room))


def _backbone(number: int, layer: Layer, here: Shape) -> Shape:
    facts = BACKBONES[layer.word]
    if here[0] not in (1, 3):
        raise fault(number, layer.text, f"the pictures have {here[0]} channels; allowed: 1 (grey) or 3 (colour)")
    if min(here[1:]) < facts.smallest:
        raise fault(
            number,
            layer.text,
            f"the pictures are only {here[1]}x{here[2]}; allowed: {facts.smallest}x{facts.smallest} or more,"
            " so put `resize 64` before it",
        )
    return (facts.features,)


def _parameters(layer: Layer, here: Shape, after: Shape) -> int:
    if layer.word in BACKBONES:
        return BACKBONES[layer.word].parameters - (3 - here[0]) * BACKBONES[layer.word].stem
    if layer.word == "conv":
        assert layer.kernel
        return after[0] * (here[0] // layer.groups) * prod(layer.kernel) + after[0]
    if layer.word == "linear":
        return here[0] * after[0] + after[0]
    if layer.word == "bn":
        return 2 * here[0]
    if layer.word == "res":
        shortcut = here[0] != after[0] or layer.stride > 1
        extra = (1 if layer.plain else 2) * (3 if shortcut else 2)  # a bias, or batch norm's two, per filter
        return after[0] * (9 * here[0] + 9 * after[0] + here[0] * shortcut + extra)
    return 0


def _maps(here: Shape) -> str:
    return f"{here[0]} of {here[1]}x{here[2]}"
