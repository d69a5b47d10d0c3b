"""Grammar: a network line is words with bars between them."""

from collections.abc import Sequence

from core.errors import LabError
from core.nets.backbones import BACKBONES
from core.nets.spelling import Layer, read
from core.nets.words import CLASSES, MOST_WORDS


def parse(text: str) -> tuple[Layer, ...]:
    """The words of a line, in order; a backbone alone gets its `linear classes`."""
    if not isinstance(text, str) or not text.strip():
        raise LabError("The network line is empty; write for example `flatten | linear 50 | relu | linear classes`.")
    pieces = text.split("|")
    if len(pieces) > MOST_WORDS or len(text) > 100 * MOST_WORDS:
        raise LabError(f"The network line has {len(pieces)} words in {len(text)} letters; allowed: {MOST_WORDS} words.")
    layers = [read(piece.strip(), number) for number, piece in enumerate(pieces, 1)]
    if layers[-1].word in BACKBONES:
        layers.append(Layer("linear", CLASSES))
    return tuple(layers)


def write(layers: Sequence[Layer]) -> str:
    """The line of some words, each in its shortest form."""
    return " | ".join(layer.text for layer in layers)
