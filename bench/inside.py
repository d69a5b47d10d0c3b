"""How fast a network is looked into: maps, arithmetic, attribution, surgery, likes."""

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from bench.clock import seconds
from core.look.arithmetic import explain
from core.look.attribution import METHODS, attribute
from core.look.damage import accuracy, below, ranking
from core.look.gallery import gallery
from core.look.liked import made, strongest
from core.look.maps import blocks, record
from core.look.opened import Opened
from core.look.surgery import Cut, operated
from core.nets.line import build
from core.nets.named import resolve

LIMITS = {  # seconds
    "maps_plain": 0.2,
    "maps_resnet18": 1.0,
    "grad_cam": 0.3,
    "arithmetic": 0.15,
    "surgery": 1.5,
    "epoch": 0.3,
    "likes": 10.0,
}
CLASSES = tuple("0123456789")


def measure(quick: bool = False) -> dict[str, Any]:
    """Seconds on this machine; the plain way is torch's bare forward pass where there is one."""
    plain, deep = _opened("r1-lenet", (1, 28, 28)), _opened("resnet18", (3, 64, 64))
    picture, large = _pictures(plain, 1)[0], _pictures(deep, 1)[0]
    many = _pictures(plain, 2_000 if quick else 10_000)
    labels = plain.probabilities(many[:500]).argmax(1).repeat(len(many) // 500)
    times = 5 if quick else 20
    views = record(plain, picture)
    start = below(plain, many, labels, "layers.0")
    cut = Cut("layers.0", 3, "mute")
    figures = {
        "maps_plain": seconds(lambda: gallery(plain, picture), times),
        "maps_resnet18": seconds(lambda: record(deep, large), times),
        "maps_resnet18_block": seconds(lambda: record(deep, large, blocks(deep)[2].paths), times),
        "grad_cam": seconds(lambda: attribute(plain, picture, 3, "grad-cam"), times),
        "arithmetic": seconds(lambda: [explain(view, 0, 0, 0) for view in views], times) / len(views),
        "surgery": seconds(lambda: accuracy(operated(plain, [cut]), start), 3),
        "surgery_first_time": seconds(lambda: below(plain, many, labels, "layers.0"), 1),
        "epoch": _epoch(plain, picture, times),
        "likes": seconds(lambda: strongest(plain, many, "layers.3"), 1),
        "made": seconds(lambda: made(plain, "layers.3", 0), 1),
        "ranking": seconds(lambda: ranking(plain, start, "layers.0"), 1),
        **{f"attribution_{name}": seconds(partial(attribute, plain, picture, 3, name), 3) for name in METHODS},
    }
    forward = seconds(lambda: plain.probabilities(picture), times)
    return {
        "ours": figures["maps_plain"],
        "plain": forward,
        "ratio": figures["maps_plain"] / forward,
        "limit": LIMITS["maps_plain"],
        "plain_way": "torch's bare forward pass of the same picture, no maps and no pictures",
        "test_pictures": len(many),
        "threads": torch.get_num_threads(),
        "seconds": figures,
        "limits": LIMITS,
        "fraction_of_limit": {name: figures[name] / limit for name, limit in LIMITS.items()},
    }


def _epoch(opened: Opened, picture: torch.Tensor, times: int) -> float:
    """Another snapshot: its weights from the disk, then all maps."""
    with tempfile.TemporaryDirectory(prefix="inkling-bench-") as folder:
        path = Path(folder) / "step.safetensors"
        save_file(opened.net.state_dict(), path)

        def another() -> None:
            net = build(opened.net.line, opened.shape, len(CLASSES))
            net.load_state_dict(load_file(path))
            gallery(opened.with_net(net), picture)

        return seconds(another, times)


def _opened(name: str, shape: tuple[int, int, int]) -> Opened:
    half = (0.5,) * shape[0]
    return Opened(name, build(resolve(name), shape, len(CLASSES)).eval(), CLASSES, "", "standard", half, half)


def _pictures(opened: Opened, count: int) -> torch.Tensor:
    luck = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (count, *opened.shape), generator=luck, dtype=torch.uint8)
