"""Transfer: a new head on a trained trunk, as a line of text and as a network with the trunk's weights in it."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from core.config import RunConfig
from core.config.run import RETRAIN
from core.errors import LabError
from core.nets.backbones import BACKBONES, stages
from core.nets.grammar import parse, write
from core.nets.head import freeze
from core.nets.line import Net
from core.nets.shapes import START, walk
from core.nets.spelling import Layer
from core.nets.words import CLASSES

HEADS = {
    "linear": (Layer("linear", CLASSES),),  # report R2, and R1's Greek letters
    "gap-256": (Layer("linear", 256), Layer("relu"), Layer("dropout", 0.5), Layer("linear", CLASSES)),  # R1's animals
    "kept": (Layer("linear", CLASSES),),  # the trunk's own last layer, as far as it knows the classes
}
KEEP = ("filters", "kernel", "batch_norm", "activation")  # knobs that would make another trunk of it


def joined(trunk: str, head: str, eats: tuple[int, int, int] | None, shape: tuple[int, int, int]) -> str:
    """The line of a trunk with a new head, for pictures of this shape; `eats` is what a plain trunk was trained on."""
    body = list(parse(trunk))
    last = max(i for i, layer in enumerate(body) if layer.word == "linear")
    body = body[:last]
    if head == "gap-256":
        while body and body[-1].word in ("dropout", "dropout2d"):
            body.pop()
        if any(layer.word == "flatten" for layer in body):  # back to the maps, whose means it wants
            body = [*body[: next(i for i, layer in enumerate(body) if layer.word == "flatten")], Layer("gap")]
    plain = not any(layer.word in (*BACKBONES, "resize") for layer in body)
    if eats is not None and plain and eats[1:] != shape[1:]:
        if eats[1] != eats[2]:
            raise LabError(
                f"The trunk reads pictures of {eats[1]}x{eats[2]}, these are {shape[1]}x{shape[2]}, and only square "
                "ones can be resized. Choose another trunk."
            )
        body[: body[0].word == "mirror"] = [Layer("resize", max(8, eats[1]))]  # only one of the two may come first
    return write([*body, *HEADS[head]])


def refuse_knobs(config: RunConfig) -> None:
    """Knobs that change the network's line leave no place for the trunk's weights."""
    turned = [name for name in KEEP if getattr(config, name) is not None]
    if turned:
        raise LabError(
            f"The trunk is {config.trunk!r}, whose layers are as they are, but {turned[0]} is "
            f"{getattr(config, turned[0])}; allowed with a trunk: none."
        )


def pour(net: Net, trunk: Net, head: str) -> list[str]:
    """Copies the trunk's weights into all layers below the head; sentences on what had to be made to fit."""
    offset = int(net.places[0].layer.word == "resize" and trunk.places[0].layer.word not in START)
    notes = [f"Every picture is resized to {net.places[0].layer.number} pixels a side for the trunk."] * offset
    for i in range(below(net, head) - offset):
        if i >= len(trunk.layers) or _kind(trunk, i) != _kind(net, i + offset):
            if any(True for _ in net.layers[i + offset].parameters()):
                raise LabError(
                    f"The trunk does not fit: layer {i + offset + 1} is `{_kind(net, i + offset)}` here and "
                    f"`{_kind(trunk, i) if i < len(trunk.layers) else 'missing'}` in the trunk."
                )
            continue
        weights = dict(trunk.layers[i].state_dict())
        wanted = net.layers[i + offset].state_dict()
        for name, value in weights.items():
            if value.shape != wanted[name].shape:
                weights[name] = _fitted(value, wanted[name], net.places[i + offset].layer.text)
                notes.append(f"Its first layer was made for {value.shape[1]} channels and now reads {net.shape[0]}.")
        net.layers[i + offset].load_state_dict(weights)
    return notes


def _kind(net: Net, index: int) -> str:
    return replace(net.places[index].layer, pretrained=False).text


def _fitted(weight: Tensor, wanted: Tensor, word: str) -> Tensor:
    """Grey and colour: a kernel is spread over the colours, or summed over them, so that grey pictures look alike."""
    same = weight.dim() == 4 and weight.shape[0] == wanted.shape[0] and weight.shape[2:] == wanted.shape[2:]
    if same and weight.shape[1] in (1, 3) and wanted.shape[1] in (1, 3):
        return weight.sum(1, keepdim=True).expand_as(wanted) / wanted.shape[1]
    raise LabError(
        f"The trunk does not fit these pictures: `{word}` has weights for {_by(weight)} numbers and would need"
        f" {_by(wanted)}. Choose a trunk that begins with a convolution, or pictures with as many channels."
    )


def _by(weight: Tensor) -> str:
    return "x".join(map(str, weight.shape[1:]))


def below(net: Net, head: str) -> int:
    """How many layers lie below the head."""
    linears = [i for i, place in enumerate(net.places) if place.layer.word == "linear"]
    return linears[-wide(head)]


def wide(head: str) -> int:
    """How many linear layers a head has."""
    return sum(layer.word == "linear" for layer in HEADS[head])


def rung(config: RunConfig, epoch: int) -> str:
    """The rung of the freeze ladder in an epoch: with `unfreeze_at` one more every so many epochs, up to `retrain`."""
    if config.retrain == "scratch" or not config.unfreeze_at:
        return config.retrain
    top = RETRAIN.index(config.retrain)
    return RETRAIN[min(top, epoch // config.unfreeze_at)]


def free(net: Net, config: RunConfig, epoch: int | None = None) -> Net:
    """Frees what may learn in that epoch, freezes the rest; without an epoch all that will ever learn."""
    now = config.retrain if epoch is None else rung(config, epoch)
    return freeze(net, "all" if now == "scratch" else now, wide(config.head))


def slow(net: nn.Module, config: RunConfig) -> set[int]:
    """The ids of the weights below the head: they learn at `trunk_rate` of the rate. Also for a part of a network."""
    if config.trunk is None or config.retrain == "scratch":
        return set()
    linears = [module for module in net.modules() if isinstance(module, nn.Linear)][-wide(config.head) :]
    fast = {id(p) for module in linears for p in module.parameters()}
    return {id(p) for p in net.parameters()} - fast


@dataclass(frozen=True)
class Part:
    """One layer, or one stage of a backbone, as the freeze ladder sees it."""

    path: str  # where its weights are, such as layers.0
    word: str
    gives: tuple[int, ...]  # the shape of what comes out; empty inside a backbone
    parameters: int
    trainable: int


def parts(net: Net) -> list[Part]:
    """The layers of a network from the picture to the answer; a backbone is shown stage by stage."""
    found: list[Part] = []
    for index, (place, layer) in enumerate(zip(net.places, net.layers, strict=True)):
        path = f"layers.{index}"
        if place.layer.word not in BACKBONES:
            found.append(Part(path, place.layer.text, place.after, *_counted(layer)))
            continue
        names = {id(module): name for name, module in layer.named_modules()}
        inner = [(names[id(stage)], stage) for stage in stages(layer) if any(True for _ in stage.parameters())]
        found += [Part(f"{path}.{name}", f"{place.layer.word} · {name}", (), *_counted(stage)) for name, stage in inner]
        if found:
            found[-1] = replace(found[-1], gives=place.after)
    return found


def outline(line: str, shape: tuple[int, int, int], classes: int) -> Net:
    """The network of a line without numbers in it: to count and to show, at no cost."""
    places = walk([replace(layer, pretrained=False) for layer in parse(line)], shape, classes)
    with torch.device("meta"):
        return Net(places, classes)


def _counted(module: nn.Module) -> tuple[int, int]:
    every = list(module.parameters())
    return sum(p.numel() for p in every), sum(p.numel() for p in every if p.requires_grad)


def moved_parts(net: Net, before: dict[str, Tensor], after: dict[str, Tensor]) -> list[tuple[Part, float | None]]:
    """How far the weights of each part have moved, as a share of their length; None: it has no weights."""
    found: list[tuple[Part, float | None]] = []
    for part in parts(net):
        names = [name for name in before if name.startswith(f"{part.path}.") and name in after]
        names = [name for name in names if before[name].is_floating_point()]
        if not part.parameters or not names:
            found.append((part, None))
            continue
        way = sum(float((after[name].double() - before[name].double()).square().sum()) for name in names)
        length = sum(float(before[name].double().square().sum()) for name in names)
        found.append((part, (way / max(length, 1e-24)) ** 0.5))
    return found
