"""Reading a drawing with a network: what it says, how sure it is, and whether the drawing is a character at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from core.data.ink import Prepared, Steps, prepare
from core.data.scaling import scaled
from core.nets import checkpoint
from core.nets.card import Card

# Drawn by one hand these may look the same: the page says so when the second of a pair is near.
LOOKALIKES = (
    *(("0", "omicron"), ("0", "theta"), ("0", "sigma"), ("omicron", "sigma"), ("6", "sigma"), ("6", "delta")),
    *(("8", "beta"), ("8", "delta"), ("beta", "delta"), ("nu", "upsilon"), ("nu", "gamma"), ("1", "iota")),
    *(("9", "rho"), ("7", "tau"), ("2", "alpha"), ("2", "zeta"), ("3", "epsilon"), ("3", "xi"), ("xi", "zeta")),
    *(("eta", "mu"), ("mu", "upsilon"), ("phi", "psi"), ("4", "phi"), ("5", "zeta"), ("kappa", "chi"), ("4", "chi")),
    *(("1", "7"), ("4", "9"), ("0", "6"), ("3", "8"), ("5", "6"), ("2", "7"), ("sigma", "delta"), ("omega", "psi")),
)
ALL = Steps()
FEW = 16  # so few pictures are read by one thread
NEAR = 0.15  # a look-alike with so much probability is named
CLOSE = 0.30  # any other answer needs so much to be named
SURE = 0.9  # from here on an answer is said plainly


@dataclass(frozen=True, eq=False)
class Prediction:
    """The answer to one drawing."""

    label: str | None  # None: there was nothing to read
    probability: float
    top: list[tuple[str, float]] = field(default_factory=list)  # all classes, the likeliest first
    reject: float = 1.0  # 0: surely one of the classes, 1: surely none of them; refused above one half
    refused: bool = True
    unsure_with: str | None = None  # the other answer that is nearly as good
    alone: str | None = (
        None  # what it would be by itself, where its neighbours decided otherwise (core/look/alphabet.py)
    )
    empty: bool = False
    why: str = ""  # the sentence when there is nothing to read
    prepared: Prepared | None = None  # the picture that the network saw, and the way there

    @property
    def sentence(self) -> str:
        """What the page says."""
        if self.empty or self.label is None:
            return self.why
        if self.refused:
            return f"None of these. The nearest would be {self.label}."
        if self.unsure_with:
            return f"{self.label}, or {self.unsure_with}: the two look alike here."
        return self.label

    def row(self, file: str) -> dict[str, Any]:
        """The answer as the command line gives it."""
        return {
            "file": file,
            "label": self.label,
            "probability": self.probability,
            "reject": self.reject,
            "top": [[label, chance] for label, chance in self.top],
            "refused": self.refused,
            "unsure_with": self.unsure_with,
            "alone": self.alone,
            "why": self.why,
        }


class Predictor:
    """A network and its card: `read` a drawing or photo as it is, `read_many` pictures that are 28x28 already."""

    def __init__(self, net: nn.Module, card: Card) -> None:
        # one drawing is read a third faster when the weights lie as `scaled` lays the picture
        self.net, self.card = net.eval().to(memory_format=torch.channels_last), card
        self.classes = card.classes
        reading = card.reading
        self.temperature = float(reading.get("temperature", 1.0))
        self.known_at: float | None = reading.get("known_at")  # below this much evidence a drawing is refused
        self.known_spread = float(reading.get("known_spread", 1.0))

    @classmethod
    def load(cls, name: str) -> Self:
        """A shipped model, or one saved in the lab's home, by name."""
        return cls(*checkpoint.load(checkpoint.find(name)))

    @property
    def rejects(self) -> bool:
        """Whether this network has learned what no character looks like."""
        return self.known_at is not None

    def read(self, raw: NDArray[Any], steps: Steps = ALL) -> Prediction:
        """The answer to a drawing or photo of one character, uint8 of any size, grey, RGB or RGBA."""
        prepared = prepare(raw, steps)
        if prepared.empty:
            return Prediction(None, 0.0, empty=True, why=prepared.why, prepared=prepared)
        return self.answer(self.logits([prepared.image])[0], prepared)

    def read_many(self, images: Sequence[NDArray[np.uint8]]) -> list[Prediction]:
        """The answers to prepared 28x28 pictures, in one go."""
        return [self.answer(row) for row in self.logits(images)] if len(images) else []

    @torch.inference_mode()
    def logits(self, images: Sequence[NDArray[np.uint8]]) -> Tensor:
        """(count, classes): the network's raw output for 28x28 pictures, whatever shape it eats."""
        x = self.eats(images)
        with calm(len(images)):
            answer: Tensor = self.net(x)
        return answer.float().cpu()

    def eats(self, images: Sequence[NDArray[np.uint8]]) -> Tensor:
        """28x28 pictures as this network's first layer gets them: size, channels and pixel scale of its training."""
        channels, height, width = self.card.shape
        if (height, width) != images[0].shape:
            images = [np.asarray(Image.fromarray(each).resize((width, height))) for each in images]
        x = torch.from_numpy(np.stack(images))[:, None].expand(-1, channels, -1, -1)
        mean, std = self.card.mean or (0.5,) * channels, self.card.std or (0.5,) * channels
        device = next((each.device for each in self.net.parameters()), torch.device("cpu"))
        return scaled(x, self.card.scale, mean, std).to(device)

    def answer(self, logits: Tensor, prepared: Prepared | None = None) -> Prediction:
        """Logits of one picture -> the calibrated answer."""
        chances = torch.softmax(logits / self.temperature, 0)
        order = chances.argsort(descending=True, stable=True).tolist()
        shares = chances.tolist()
        top = [(self.classes[each], shares[each]) for each in order]
        reject = self.reject(logits) if self.rejects else 1 - top[0][1]
        refused = self.rejects and reject > 0.5
        return Prediction(top[0][0], top[0][1], top, reject, refused, rival(top), prepared=prepared)

    def reject(self, logits: Tensor) -> float:
        """How little speaks for any class at all. Training gave "none of these" the fixed logit 0 to beat."""
        evidence = float(torch.logsumexp(logits, 0))
        return float(torch.sigmoid(torch.tensor(((self.known_at or 0.0) - evidence) / self.known_spread)))


@contextmanager
def calm(pictures: int) -> Iterator[None]:
    """One thread for a few pictures: on a busy machine the threads of one layer wait for each other far longer."""
    threads = torch.get_num_threads()
    alone = pictures <= FEW and threads > 1
    if alone:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        if alone:
            torch.set_num_threads(threads)


def rival(top: list[tuple[str, float]]) -> str | None:
    """The second answer where it is nearly as good, or a known look-alike of the first."""
    if len(top) < 2:
        return None
    (first, _), (second, chance) = top[:2]
    alike = (first, second) in LOOKALIKES or (second, first) in LOOKALIKES
    return second if chance >= (NEAR if alike else CLOSE) else None
