"""One word of the network line, such as `conv 10 5x5`: read from text and written back to text."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from core.errors import LabError
from core.nets.backbones import BACKBONES
from core.nets.words import ACTIVATIONS, CLASSES, MEANT, OPTIONS, WORDS

WHOLE = re.compile(r"[0-9]{1,9}")
NUMBER = re.compile(r"[0-9]{0,9}\.?[0-9]{1,9}")
KERNEL = re.compile(r"([0-9]{1,4})(?:x([0-9]{1,4}))?")


@dataclass(frozen=True)
class Layer:
    """One word of the line with its numbers, defaults filled in."""

    word: str
    number: int | float | str | None = None  # filters, window, rate, outputs, factor, side, or "classes"
    kernel: tuple[int, int] | None = None
    stride: int = 1
    padding: int | str = 0  # pixels, or "same"
    groups: int = 1
    activation: str | None = None  # of a residual block
    plain: bool = False  # a residual block without batch norm
    pretrained: bool = False

    @property
    def size(self) -> int:
        """The number of a word that counts something."""
        assert isinstance(self.number, int), self
        return self.number

    @property
    def text(self) -> str:
        """The word as it is written in a line, without what is understood anyway."""
        parts = [self.word] if self.number is None else [self.word, _plain(self.number)]
        if self.kernel:
            parts.append(f"{self.kernel[0]}x{self.kernel[1]}")
        if self.stride != (self.number if self.word in ("pool", "avgpool") else 1):
            parts.append(f"s{self.stride}")
        if self.padding:
            parts.append("same" if self.padding == "same" else f"p{self.padding}")
        if self.groups != 1:
            parts.append(f"g{self.groups}")
        if self.activation and self.activation != "relu":
            parts.append(self.activation)
        parts += [flag for flag in ("plain", "pretrained") if getattr(self, flag)]
        return " ".join(parts)


def fault(number: int, text: str, why: str) -> LabError:
    """The error of one layer: which, what it says, what is wrong and what is allowed."""
    shown = text if len(text) <= 60 else text[:57] + "…"
    named = f"layer {number} `{shown}`" if shown else f"layer {number}"
    return LabError(f"The network line, {named}: {why}.")


def read(text: str, number: int) -> Layer:
    """A Layer from the text between two bars; `number` counts from 1 and is for the error's sake."""
    tokens = text.lower().replace("×", "x").split()
    if not tokens:
        raise fault(number, text, "it is empty; write a word between the bars, such as `relu`, or drop a bar")
    word, rest = tokens[0], tokens[1:]
    if word not in WORDS:
        raise fault(number, text, f"the word {word!r} does not exist.{_guess(word)} Allowed: {', '.join(WORDS)}")
    spec = WORDS[word]
    values: dict[str, Any] = {}
    if spec.number:
        if not rest:
            raise fault(number, text, f"the {spec.number} is missing; write for example `{spec.example}`")
        values["number"] = _number(word, rest.pop(0), number, text)
    if word in ("pool", "avgpool"):
        values["stride"] = values["number"]  # windows lie side by side unless sN says otherwise
    if word == "res":
        values["activation"] = "relu"
    seen: set[str] = set()
    for token in rest:
        name, value = _option(token)
        if name not in spec.options:
            raise fault(number, text, f"{token!r} is not understood here; {_allowed(word)}")
        if name in seen:
            raise fault(number, text, f"{token!r} is the second {name}; one is allowed")
        seen.add(name)
        values[name] = value
    _check(word, values, number, text)
    return Layer(word, **values)


def _number(word: str, token: str, number: int, text: str) -> int | float | str:
    spec = WORDS[word]
    if word == "linear" and token == CLASSES:
        return CLASSES
    if word in ("pool", "avgpool") and (square := re.fullmatch(r"([0-9]{1,9})x\1", token)):
        token = square[1]
    allowed = f"{'a whole number from ' if spec.whole else ''}{spec.low:g} to {spec.high:g}"
    wrong = fault(number, text, f"the {spec.number} is {token}; allowed: {allowed}, for example `{spec.example}`")
    if not (WHOLE if spec.whole else NUMBER).fullmatch(token):
        raise wrong
    value = int(token) if spec.whole else float(token)
    if not spec.low <= value <= spec.high:
        raise wrong
    return value


def _option(token: str) -> tuple[str, int | str | bool | tuple[int, int]]:
    """Which option a token is, and its value; ("", token) when it is none."""
    if token == "same":
        return "padding", "same"
    if token in ("plain", "pretrained"):
        return token, True
    if token in ACTIVATIONS:
        return "activation", token
    if kernel := KERNEL.fullmatch(token):
        return "kernel", (int(kernel[1]), int(kernel[2] or kernel[1]))
    if (letter := {"s": "stride", "p": "padding", "g": "groups"}.get(token[0])) and re.fullmatch(
        r"[0-9]{1,4}", token[1:]
    ):
        return letter, int(token[1:])
    return "", token


def _check(word: str, values: dict[str, Any], number: int, text: str) -> None:
    kernel, stride, padding, groups = (values.get(name) for name in ("kernel", "stride", "padding", "groups"))
    if word == "conv" and kernel is None:
        raise fault(number, text, f"the kernel size is missing; write for example `{WORDS[word].example}`")
    if isinstance(kernel, tuple) and not all(1 <= side <= 64 for side in kernel):
        raise fault(number, text, f"the kernel is {kernel[0]}x{kernel[1]}; allowed: 1x1 to 64x64")
    if isinstance(stride, int) and not 1 <= stride <= 64:
        raise fault(number, text, f"the stride is {stride}; allowed: s1 to s64")
    if isinstance(groups, int) and groups < 1:
        raise fault(number, text, f"the groups are {groups}; allowed: g1 or more")
    if word in BACKBONES and isinstance(padding, int):
        raise fault(number, text, f"{word} has its own padding; only `same` is allowed, for weights made by TensorFlow")
    if word == "mirror" and padding is not None and padding not in range(1, 9):
        raise fault(number, text, f"the padding is {padding}; allowed: p1 to p8, how far the picture is moved")
    if isinstance(padding, int) and padding > 64:
        raise fault(number, text, f"the padding is {padding}; allowed: p0 to p64, or same")
    if word in ("pool", "avgpool") and padding is not None:
        window = values["number"]
        assert isinstance(window, int)
        if padding == "same" or (isinstance(padding, int) and padding > window // 2):
            raise fault(number, text, f"the padding is {padding}; allowed here: p0 to p{window // 2}, half the window")


def _allowed(word: str) -> str:
    spec = WORDS[word]
    names = [
        ", ".join(ACTIVATIONS) if name == "activation" else OPTIONS.get(name, name)
        for name in spec.options
    ]  # fmt: skip
    start = f"{word} takes its {spec.number}" if spec.number else word if names else f"{word} stands alone"
    return start + (f"{' and' if spec.number else ' takes only'} {', '.join(names)}" if names else "")


def _guess(word: str) -> str:
    close = [MEANT[word]] if word in MEANT else get_close_matches(word, WORDS, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def _plain(value: int | float | str) -> str:
    return f"{value:.9f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
