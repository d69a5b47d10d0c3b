"""Trunks: where a transfer run begins. A model, a run, or a backbone by name becomes a network with a new head."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.config import RunConfig
from core.errors import LabError, unknown
from core.nets import checkpoint
from core.nets.backbones import BACKBONES
from core.nets.card import Card
from core.nets.weights import made_by_tensorflow, own

if TYPE_CHECKING:  # the page names trunks before torch is needed
    import torch

    from core.data.dataset import Dataset
    from core.nets.line import Net
    from core.nets.transfer import Part
    from core.runs.run import Run
    from core.train.facts import Snapshot

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Trunk:
    """What stands behind a trunk's name: its line, and the checkpoint that holds its weights, if it is one of ours."""

    line: str
    folder: Path | None = None
    card: Card | None = None


@dataclass(frozen=True, eq=False)
class Ready:
    """A transfer run that may begin: its settled config and data, and what `fit` is given besides."""

    config: RunConfig
    data: "Dataset"
    given: dict[str, Any]
    notes: tuple[str, ...] = field(default=())


def found(name: str) -> Trunk:
    """The trunk of that name, or the sentence that says which there are."""
    text = " ".join(name.split())
    if text.startswith("run:"):
        return _run(text)
    if text.startswith("file:"):
        return _file(text.removeprefix("file:"))
    words = text.rpartition("|")[2].split()
    if words and words[0] in BACKBONES:
        if "pretrained" in words and "same" not in words and made_by_tensorflow(words[0]):
            text = text.replace(words[0], f"{words[0]} same", 1)
        return Trunk(f"{text} | linear classes")
    if text not in checkpoint.names("classifier"):
        raise unknown("The trunk", text, [*checkpoint.names("classifier"), *BACKBONES, "run:NUMBER", "file:BACKBONE"])
    return _checkpoint(checkpoint.find(text))


def _run(text: str) -> Trunk:
    from core.runs.finish import checkpoint_of

    number = text.removeprefix("run:")
    if not number.isascii() or not number.isdigit():
        raise LabError(f"The trunk is {text!r}; allowed: run: and a run's number, such as run:12.")
    try:
        return _checkpoint(checkpoint_of(int(number)))
    except LabError as error:
        raise LabError(f"The trunk is {text!r}, which cannot be used: {error}") from None


def _file(name: str) -> Trunk:
    if name not in BACKBONES:
        raise unknown("The trunk's file", name, BACKBONES)
    if not own(name).exists():
        raise LabError(
            f"The trunk is 'file:{name}', but there is no {own(name)}. Put your own weights there, named as torchvision"
            " names them."
        )
    return found(f"{name} pretrained")


def _checkpoint(folder: Path) -> Trunk:
    card = checkpoint.card(folder)
    if card.kind != "classifier":
        raise LabError(f"The trunk {card.name!r} is a {card.kind}; allowed: a network that answers with classes.")
    return Trunk(card.net, folder, card)


def settled(config: RunConfig, shape: tuple[int, int, int]) -> RunConfig:
    """The config with the network that trunk and head make for pictures of this shape; the trunk must be there."""
    from core.nets.transfer import joined, refuse_knobs

    assert config.trunk
    refuse_knobs(config)
    trunk = found(config.trunk)
    if config.head == "kept" and trunk.card is None:
        raise LabError(
            f"head is 'kept', but {config.trunk} answers with ImageNet's 1,000 classes; allowed with a backbone: "
            "linear, gap-256."
        )
    line = joined(trunk.line, config.head, trunk.card.shape if trunk.card else None, shape)
    return config.replace(net=line, scale=trunk.card.scale if trunk.card else config.scale)


def start(
    config: RunConfig,
    shape: tuple[int, int, int],
    classes: int,
    progress: Progress | None = None,
    names: Sequence[str] = (),
) -> "tuple[RunConfig, Net, list[str]]":
    """The settled config, the network it begins with, and sentences on what had to be made to fit.

    `names` are those of the classes, for a head that keeps the trunk's answers.
    """
    from core.nets.head import keep_answers
    from core.nets.network import network
    from core.nets.transfer import free, pour

    assert config.trunk
    config = settled(config, shape)
    trunk = found(config.trunk or "")
    if config.retrain == "scratch":
        config = config.replace(net=config.net.replace(" pretrained", ""))
        return config, network(config, shape, classes), ["From scratch: only the trunk's layers are taken, no weights."]
    net = network(config, shape, classes, progress)
    notes: list[str] = []
    if trunk.folder and trunk.card:
        source = checkpoint.load(trunk.folder)[0]
        notes = pour(net, source, config.head)
        if config.head == "kept":
            notes.append(keep_answers(net, source, trunk.card.classes, names))
    return config, free(net, config), notes


def prepared(
    config: RunConfig, data: "Dataset", resume: "Snapshot | None", device: "torch.device", progress: Progress
) -> Ready:
    """Network and features of a transfer run, ready to be trained. A resumed run needs its trunk no more."""
    from core.nets.network import network
    from core.runs.featurefiles import kept
    from core.train.features import where
    from core.train.refuse import with_strangers

    notes: list[str] = []
    if resume is None:
        config, net, notes = start(config, data.shape, len(data.classes), progress, data.classes)
    else:
        net = network(config.replace(net=config.net.replace(" pretrained", "")), data.shape, len(data.classes))
        net.load_state_dict(resume.weights)
    if config.refuse:
        data = with_strangers(config, data, progress)
    cut = where(net, config, data)
    features = kept(net, cut, config, data, device, progress) if cut else None
    if cut:
        words = f"Layers 1 to {cut} are frozen: they have looked at every picture once, and only the rest trains."
        notes.append(words)
    return Ready(config, data, {"start": net, "features": features}, tuple(notes))


@dataclass(frozen=True)
class Plan:
    """What a transfer would do: the layers before and after, and how many numbers learn."""

    config: RunConfig  # settled
    before: "tuple[Part, ...]"
    after: "tuple[Part, ...]"

    @property
    def trainable(self) -> int:
        return sum(part.trainable for part in self.after)

    @property
    def frozen(self) -> int:
        return sum(part.parameters for part in self.after) - self.trainable


def plan(config: RunConfig, shape: tuple[int, int, int], classes: int) -> Plan:
    """The layers of the trunk as it is and with its new head, counted without loading a weight."""
    from core.nets.rewrite import rewrite
    from core.nets.transfer import free, outline, parts

    settled_config = settled(config, shape)
    trunk = found(config.trunk or "")
    eats, answers = (trunk.card.shape, len(trunk.card.classes)) if trunk.card else (shape, 1000)
    before = parts(outline(trunk.line, eats, answers))
    net = outline(rewrite(settled_config.net, settled_config), shape, classes)
    return Plan(settled_config, tuple(before), tuple(parts(free(net, settled_config))))


def choices(runs: "Iterable[Run]") -> dict[str, str]:
    """Everything that can be a trunk: name -> what the page says about it."""
    found_ones = {name: f"model · {name}" for name in checkpoint.names("classifier")}
    for run in runs:
        if run.weights_sha256 and run.config.kind == "classifier":
            found_ones[f"run:{run.id}"] = f"run {run.id} · {run.name}"
    for name, facts in BACKBONES.items():
        at_hand = "your own weights" if own(name).exists() else "ImageNet's weights"
        found_ones[f"{name} pretrained"] = f"{name} · {at_hand}. {facts.about}"
    return found_ones
