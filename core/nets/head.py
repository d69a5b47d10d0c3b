"""Transfer: a new last layer on a trained network, and the freeze ladder that says how much of it may still learn."""

import copy
from collections.abc import Sequence

import torch
from torch import nn

from core.errors import LabError, unknown
from core.nets.backbones import BACKBONES, stages
from core.nets.line import Net, seeded
from core.nets.shapes import walk

LADDER = {
    "last": "Only the last layer learns.",
    "last-2": "The last two layers with weights learn.",
    "block": "The last block of convolutions and everything after it learns.",
    "all": "Everything learns.",
}
WEIGHTED = ("conv", "res", "linear")


def replace_head(net: Net, classes: int, seed: int = 0) -> Net:
    """A copy whose last linear layer is new, with one output per class; all other weights are kept."""
    if classes < 1:
        raise LabError(f"The number of classes is {classes}; allowed: 1 or more.")
    copied = copy.deepcopy(net)
    copied.places = walk([place.layer for place in net.places], net.shape, classes)
    copied.classes = classes
    index = max(i for i, place in enumerate(net.places) if place.layer.word == "linear")
    old = _last(copied)
    with seeded(seed):
        new = nn.Linear(old.in_features, classes)
    copied.layers[index] = new.to(old.weight.device, old.weight.dtype)
    return copied


def keep_answers(net: Net, trunk: Net, known: Sequence[str], wanted: Sequence[str]) -> str:
    """Gives the classes that the trunk knows by name the weights they had in it; the sentence says which those are."""
    both = [name for name in wanted if name in known]
    if not both:
        raise LabError(
            f"head is 'kept', but the trunk knows none of these classes: it answers {_few(known)}, and they are "
            f"{_few(wanted)}. Allowed here: linear, gap-256."
        )
    new, old = _last(net), _last(trunk)
    rows, from_rows = [list(wanted).index(name) for name in both], [list(known).index(name) for name in both]
    with torch.no_grad():
        new.weight[rows] = old.weight[from_rows].to(new.weight)
        new.bias[rows] = old.bias[from_rows].to(new.bias)
    all_of = "all" if len(both) == len(wanted) else f"{len(both)} of the"
    return f"The last layer begins with the trunk's answers to {all_of} {len(wanted)} classes."


def _last(net: Net) -> nn.Linear:
    found = net.layers[max(i for i, place in enumerate(net.places) if place.layer.word == "linear")]
    assert isinstance(found, nn.Linear)
    return found


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (", …" if len(names) > 4 else "")


def freeze(net: Net, ladder: str, head: int = 1) -> Net:
    """Freezes all that the rung of the ladder leaves alone, in place; returns the same network.

    The last `head` linear layers are new and learn on every rung: they count as one.
    """
    if ladder not in LADDER:
        raise unknown("The freeze ladder", ladder, LADDER)
    net.requires_grad_(ladder == "all")
    if ladder != "all":
        parts = units(net)
        parts[-head:] = [("linear", [module for _, modules in parts[-head:] for module in modules])]
        for module in _rung(parts, ladder):
            module.requires_grad_(True)
    return net.train(net.training)  # so that frozen batch norms stop moving


def units(net: Net) -> list[tuple[str, list[nn.Module]]]:
    """The parts that have weights, from the picture to the answer: (word, modules); batch norm goes with its layer."""
    parts: list[tuple[str, list[nn.Module]]] = []
    for place, module in zip(net.places, net.layers, strict=True):
        if place.layer.word in BACKBONES:
            parts += [("stage", [stage]) for stage in stages(module) if any(True for _ in stage.parameters())]
        elif place.layer.word in WEIGHTED or (place.layer.word == "bn" and not parts):
            parts.append((place.layer.word, [module]))
        elif place.layer.word == "bn":
            parts[-1][1].append(module)
    return parts


def _rung(parts: list[tuple[str, list[nn.Module]]], ladder: str) -> list[nn.Module]:
    first = {"last": len(parts) - 1, "last-2": len(parts) - 2}.get(ladder, len(parts) - 2)
    if ladder == "block":
        maps = [i for i, (word, _) in enumerate(parts) if word != "linear"]
        first = maps[-1] if maps else first
        if maps[1:] and parts[first][0] == "stage" and len(_leaves(parts[first][1][0])) <= 2:
            first = maps[-2]  # mobile nets end in a lone 1x1 convolution, which is no block
    chosen = [module for _, modules in parts[max(0, first) :] for module in modules]
    if ladder == "last-2" and len(parts) > 1 and parts[-2][0] == "stage":
        chosen = [*parts[-1][1], *_last_layer(parts[-2][1][0])]
    return chosen


def _leaves(stage: nn.Module) -> list[nn.Module]:
    return [m for m in stage.modules() if not any(True for _ in m.children()) and any(True for _ in m.parameters())]


def _last_layer(stage: nn.Module) -> list[nn.Module]:
    """The last convolution or linear layer of a backbone's stage, with the norms behind it."""
    leaves = _leaves(stage)
    place = max(i for i, m in enumerate(leaves) if isinstance(m, nn.Conv2d | nn.Linear))
    return leaves[place:]
