"""Writes the pictures and the table of docs/latent.md from the shipped generator: `python -m docs.make_latent`."""

from pathlib import Path

import numpy as np
from PIL import Image

from core.latent.atlas import Atlas, kept
from core.latent.latent import Latent
from core.latent.sampler import Sampler, opened
from core.latent.walks import at
from core.nets import checkpoint

PICTURES = Path(__file__).with_name("pictures")
SEED, PLACES = 21, (-4, -3, -2, -1, 0, 1, 2, 3, 4)
BEGIN, END = "<!-- made by docs/make_latent.py -->", "<!-- end -->"


def main() -> None:
    sampler = opened(checkpoint.find("dcgan-anime"))
    found = kept(sampler.extras)
    assert found is not None
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
        reach = ", ".join(f"{float(found.low[i]):g} … {float(found.high[i]):g}" for i in top)
        lines.append(f"| {name} | {said} | {reach} |")
    return "\n".join(lines) + "\n"


def sheet(rows: list[list[np.ndarray]]) -> Image.Image:
    return Image.fromarray(np.concatenate([np.concatenate(row, 1) for row in rows], 0))


if __name__ == "__main__":
    main()
