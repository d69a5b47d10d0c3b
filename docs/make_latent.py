"""Writes the pictures and the table of docs/latent.md from the shipped generators: `python -m docs.make_latent`."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from core.latent.atlas import FAR, STRAIN, Atlas, atlas, kept
from core.latent.latent import Latent
from core.latent.sampler import Sampler, opened
from core.latent.walks import at
from core.nets import checkpoint

PICTURES = Path(__file__).with_name("pictures")
SEED, PLACES = 9, (-4, -3, -2, -1, 0, 1, 2, 3, 4)
DIGITS, FEW = ("slant", "pen width", "width", "height"), (-5, -2.5, 0, 2.5, 5)
BEGIN, END = "<!-- made by docs/make_latent.py -->", "<!-- end -->"


def main() -> None:
    if "gan-digits" in checkpoint.names("gan"):
        digits()
    sampler = opened(checkpoint.find("dcgan-anime"))
    found = kept(sampler.extras)
    if found is None or not found.ranged:
        found = atlas(sampler)
    sheet([[sampler.picture(Latent(row * 16 + i)) for i in range(16)] for row in range(4)]).save(
        PICTURES / "latent-samples.png"
    )
    z = sampler.point(Latent(SEED))
    rows = [[sampler.picture(at(z + place * way)) for place in PLACES] for way in sampler.directions.values()]
    sheet(rows).save(PICTURES / "latent-directions.png")
    sheet(indices(sampler, found)).save(PICTURES / "latent-indices.png")
    text = Path(__file__).with_name("latent.md")
    before, _, rest = text.read_text().partition(BEGIN)
    text.write_text(before + BEGIN + "\n" + table(found) + END + rest.partition(END)[2])


def digits() -> None:
    """Each class from the same numbers, and what the directions do to one digit."""
    sampler = opened(checkpoint.find("gan-digits"))
    rows = [[sampler.picture(Latent(seed, label=label)) for label in range(10)] for seed in range(6)]
    sheet(rows).resize((640, 384), Image.Resampling.NEAREST).save(PICTURES / "latent-digits.png")
    ways = [sampler.directions[name] for name in DIGITS]
    labels = (3, 8, 4, 7)
    spots = [sampler.point(Latent(seed)) for seed in range(len(labels))]
    moved = [
        [sampler.picture(at(z + place * way, label)) for z, label in zip(spots, labels, strict=True) for place in FEW]
        for way in ways
    ]
    whole = sheet(moved)
    whole.resize((whole.width * 2, whole.height * 2), Image.Resampling.NEAREST).save(
        PICTURES / "latent-digits-directions.png"
    )


def best(found: Atlas) -> list[int]:
    """The index that moves each attribute most."""
    return [found.of(name)[0] for name in found.attributes]


def indices(sampler: Sampler, found: Atlas) -> list[list[np.ndarray]]:
    return [[sampler.picture(Latent(SEED).edit(i, float(2 * place))) for place in PLACES] for i in best(found)]


def table(found: Atlas) -> str:
    """For each attribute the three indices that move it most, with their plausible range."""
    lines = ["| feature | index (what one unit moves, in standard deviations) | plausible from … to |", "|---|---|---|"]
    for place, name in enumerate(found.attributes):
        top = found.of(name)[:3]
        said = ", ".join(f"**{i}** ({float(found.moved[i, place]):+.2f})" for i in top)
        lines.append(f"| {name} | {said} | {', '.join(reach(found, i) for i in top)} |")
    width = found.high - found.low
    narrow = width.argsort().tolist()[:5]
    ends = torch.cat([-found.low, found.high])
    quarter, middle = ends.quantile(torch.tensor([0.25, 0.5])).tolist()
    return "\n".join(
        [
            *lines,
            "",
            f"Narrowest: {', '.join(f'**{i}** ({reach(found, i)})' for i in narrow)}. Of all {len(ends)} ends"
            f" {float((ends < FAR[-1]).float().mean()):.0%} lie within ±{FAR[-1]:g}, a quarter within ±{quarter:.1f},"
            f" half within ±{middle:.1f}. At ±{STRAIN:g} the index that bears it worst makes pictures"
            f" {float(found.strain.max()):.2f} standard deviations less plausible, the middle one"
            f" {float(found.strain.median()):.2f}.",
            "",
        ]
    )


def reach(found: Atlas, index: int) -> str:
    """From … to."""
    return " … ".join(f"{float(end[index]):.1f}".removesuffix(".0") for end in (found.low, found.high))


def sheet(rows: list[list[np.ndarray]]) -> Image.Image:
    return Image.fromarray(np.concatenate([np.concatenate(row, 1) for row in rows], 0))


if __name__ == "__main__":
    main()
