"""Report R0's recipe beside ours, after as many pictures: the picture and the table in docs/latent.md.

LAB_DATA=… python -m checkpoints.make.rivals OUR_HOME R0_HOME  (homes of `checkpoints.make.gan`; R0's: `--recipe r0`)
R0's newest snapshot stands beside ours that has seen most nearly as many pictures, and beside the shipped generator.
`--pairs FILE` shows made pictures above the training pictures nearest to them: not for the project, which holds none.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

from checkpoints.make.gan import FACES, R0
from core import paths
from core.config import RunConfig
from core.data import registry
from core.latent.directions import points
from core.latent.judging import nearest
from core.latent.sampler import Sampler, opened, sampler
from core.nets import checkpoint
from core.train import device
from core.train.gan_pictures import squared
from core.train.likeness import Reference

PAGE = paths.ROOT / "docs" / "latent.md"
PICTURE = PAGE.with_name("pictures") / "latent-rivals.png"
BEGIN, END = "<!-- made by checkpoints/make/rivals.py -->", "<!-- rivals end -->"
JUDGED = 500  # pictures that are measured, as on the cards
GAP, ACROSS, DOWN = 16, 6, 6  # pixels between the grids, and pictures in each


@dataclass(frozen=True)
class Rival:
    """A generator at one moment of its training."""

    name: str
    sampler: Sampler
    pictures: int  # seen so far, repetitions included
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ours", type=Path)
    parser.add_argument("r0", type=Path)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    device.settle()
    x = squared(registry.load(FACES.dataset).x_train)
    reported = at(chosen.r0, "R0's recipe", R0, x, steps(chosen.r0)[-1])
    like = min(steps(chosen.ours), key=lambda step: abs(step * FACES.batch_size - reported.pictures))
    rivals = [reported, at(chosen.ours, "ours", FACES, x, like), shipped(len(x))]
    made = [each.sampler.many(points(each.sampler, JUDGED, seed=5)) for each in rivals]
    rows, text = table(rivals, made, Reference(x)), PAGE.read_text()
    before, begun, rest = text.partition(BEGIN)
    print(rows)
    if begun:
        PAGE.write_text(before + BEGIN + "\n" + rows + END + rest.partition(END)[2])
    few = [each[: ACROSS * DOWN] for each in made]
    beside([tiled(coloured(each)) for each in few]).save(PICTURE, optimize=True)
    if chosen.pairs:
        place, _ = nearest(torch.cat(few), x)
        real = [x[near] for near in place.split(ACROSS * DOWN)]
        beside([tiled(torch.cat([coloured(a), b], 2)) for a, b in zip(few, real, strict=True)]).save(chosen.pairs)


def steps(home: Path) -> list[int]:
    """The moments that a home has kept, oldest first."""
    names = [path.name.split(".") for path in (home / "runs" / "1" / "snapshots").glob("*.safetensors")]
    return sorted(int(name[0]) for name in names if len(name) == 2 and name[0] != "0")


def at(home: Path, name: str, config: RunConfig, x: Tensor, step: int) -> Rival:
    tensors = load_file(home / "runs" / "1" / "snapshots" / f"{step}.safetensors")
    log = [json.loads(line) for line in (home / "log.jsonl").read_text().splitlines()]
    told = min(log, key=lambda line: abs(line["step"] - step))
    shape = (x.shape[1], x.shape[2], x.shape[3])
    return Rival(name, sampler(name, config, shape, (), tensors), step * config.batch_size, told["seconds"])


def shipped(count: int) -> Rival:
    folder = checkpoint.find("dcgan-anime")
    card = checkpoint.card(folder)
    return Rival("ours, as shipped", opened(folder), round(card.figures["epochs"] * count), card.seconds or 0.0)


def table(rivals: list[Rival], made: list[Tensor], reference: Reference) -> str:
    lines = [
        "| recipe | pictures seen | seconds | feature distance | diversity | nearest |",
        "|---|---|---|---|---|---|",
    ]
    for rival, x in zip(rivals, made, strict=True):
        found = reference.compare(x)
        lines.append(
            f"| {rival.name} | {rival.pictures:,} | {rival.seconds:,.0f} | {found.distance:.1f} |"
            f" {found.diversity:.2f} | {found.nearest:.2f} |"
        )
    return "\n".join(lines) + "\n"


def coloured(made: Tensor) -> Tensor:
    return made.add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)


def tiled(x: Tensor) -> Tensor:
    """(N, 3, H, W) -> (3, rows * H, ACROSS * W)."""
    n, c, height, width = x.shape
    rows = x.view(n // ACROSS, ACROSS, c, height, width).permute(2, 0, 3, 1, 4)
    return rows.reshape(c, n // ACROSS * height, ACROSS * width)


def beside(grids: list[Tensor]) -> Image.Image:
    gap = torch.full((3, grids[0].shape[1], GAP), 255, dtype=torch.uint8)
    whole = torch.cat([part for grid in grids for part in (gap, grid)][1:], 2)
    return Image.fromarray(whole.permute(1, 2, 0).numpy())


if __name__ == "__main__":
    main()
