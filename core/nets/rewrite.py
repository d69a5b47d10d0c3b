"""Rewriting: the knobs of a run (activation, dropout, batch norm, kernel, filters) turned on a network line."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.config import RunConfig
from core.errors import LabError
from core.nets.grammar import parse, write
from core.nets.named import resolve
from core.nets.spelling import Layer
from core.nets.words import ACTIVATIONS

HIDDEN = ("conv", "linear")  # words that an activation follows


def rewrite(text: str, config: RunConfig) -> str:
    """The line (or the named net's line) with the config's knobs applied; knobs that are None change nothing."""
    layers = list(parse(resolve(text)))
    if config.filters is not None:
        layers = _filters(layers, config.filters)
    if config.kernel is not None:
        layers = _kernel(layers, config.kernel)
    if config.batch_norm is not None:
        layers = _batch_norm(layers, config.batch_norm)
    if config.activation is not None:
        layers = _activation(layers, config.activation)
    if config.dropout is not None:
        layers = _dropout(layers, config.dropout)
    if config.grow and config.kind == "classifier":
        _check_any_size(layers, config.grow)
    return write(layers)


def _check_any_size(layers: list[Layer], grow: float) -> None:
    """Pictures can grow only before a network whose number of weights does not depend on their size."""
    for layer in layers:
        if layer.word in ("gap", "gmp"):
            return
        if layer.word in ("flatten", "linear"):
            raise LabError(
                f"grow is {grow:g}, but with `{layer.text}` this network reads one size of picture only; allowed: 0, "
                "or a network with `gap` or `gmp` before its first `flatten` or `linear`."
            )


def _filters(layers: list[Layer], filters: tuple[int, ...]) -> list[Layer]:
    places = [i for i, layer in enumerate(layers) if layer.word in ("conv", "res")]
    if len(places) != len(filters):
        given = ",".join(map(str, filters))
        wanted = f"{len(places)} number{'s' if len(places) != 1 else ''}, one for each" if places else "none"
        raise LabError(
            f"filters is {given} ({len(filters)} number{'s' if len(filters) != 1 else ''}), but the network line has"
            f" {len(places)} convolution{'s' if len(places) != 1 else ''} (`conv` and `res` words); allowed: {wanted}."
        )
    new = list(layers)
    for place, count in zip(places, filters, strict=True):
        new[place] = replace(layers[place], number=count)
    return new


def _kernel(layers: list[Layer], side: int) -> list[Layer]:
    if not any(layer.word == "conv" for layer in layers):
        raise LabError(f"kernel is {side}, but the network line has no `conv` to give it to; allowed here: none.")
    return [_resized(layer, side) if layer.word == "conv" else layer for layer in layers]


def _resized(layer: Layer, side: int) -> Layer:
    """A padding that kept the map's size goes on keeping it."""
    assert layer.kernel
    padding = layer.padding
    kept = padding == "same" or (padding and all(2 * int(padding) == old - 1 for old in layer.kernel))
    if kept and not (padding == "same" and side % 2):
        padding = (side - 1) // 2  # an even kernel has no middle: its map gets one pixel smaller
    return replace(layer, kernel=(side, side), padding=padding)


def _batch_norm(layers: list[Layer], on: bool) -> list[Layer]:
    if not on:
        return [replace(layer, plain=layer.word == "res") for layer in layers if layer.word != "bn"]
    if not any(layer.word in ("conv", "res") for layer in layers):
        raise LabError("batch_norm is true, but the network line has no convolution for it to follow; allowed: false.")
    new: list[Layer] = []
    for i, layer in enumerate(layers):
        new.append(replace(layer, plain=False))
        if layer.word == "conv" and not _normed(layers[i + 1 :]):
            new.append(Layer("bn"))
    return new


def _normed(rest: Sequence[Layer]) -> bool:
    """Whether a batch norm comes before the next layer with weights."""
    for layer in rest:
        if layer.word in ("bn", "conv", "linear", "res"):
            return layer.word == "bn"
    return False


def _activation(layers: list[Layer], name: str) -> list[Layer]:
    if any(layer.word in ACTIVATIONS or layer.word == "res" for layer in layers):
        return [_activated(layer, name) for layer in layers]
    last = max(i for i, layer in enumerate(layers) if layer.word == "linear" or i == 0)
    return _after_each(
        layers,
        lambda i: layers[i].word in HIDDEN and i < last,
        Layer(name),
        f"activation is {name}, but the network line has no hidden layer for it to follow; allowed here: none.",
    )


def _activated(layer: Layer, name: str) -> Layer:
    if layer.word == "res":
        return replace(layer, activation=name)
    return Layer(name) if layer.word in ACTIVATIONS else layer


def _after_each(layers: list[Layer], wanted: Callable[[int], bool], extra: Layer, sentence: str) -> list[Layer]:
    """`extra` after each wanted layer, behind its batch norm where it has one."""
    new: list[Layer] = []
    due = False
    added = 0
    for i, layer in enumerate(layers):
        if due and layer.word != "bn":
            new.append(extra)
            added += 1
            due = False
        new.append(layer)
        due = due or wanted(i)
    if not added:
        raise LabError(sentence)
    return new


def _dropout(layers: list[Layer], rate: float) -> list[Layer]:
    """The rate of every dropout; a line without any gets one before its last linear layer."""
    if any(layer.word in ("dropout", "dropout2d") for layer in layers):
        return [replace(layer, number=rate) if layer.word in ("dropout", "dropout2d") else layer for layer in layers]
    last = [i for i, layer in enumerate(layers) if layer.word == "linear"][-1:]
    if not rate or not last:
        return layers
    return [*layers[: last[0]], Layer("dropout", rate), *layers[last[0] :]]
