"""generate: one picture of a generator as a PNG, the same one every time."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import LabError

if TYPE_CHECKING:
    from core.latent.sampler import Sampler


def arguments(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--model", metavar="NAME", help="a shipped or saved generator, such as dcgan-anime")
    source.add_argument("--run", metavar="ID", type=int, help="a GAN run of this lab that has a snapshot")
    parser.add_argument("--step", metavar="N", type=int, help="the run's snapshot after N steps (default: its newest)")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="the seed of the dice (default: 0)")
    parser.add_argument(
        "--edit",
        metavar="I=V",
        nargs="+",
        action="extend",
        default=[],
        help="index I becomes V, or a move along a direction by name",
    )
    parser.add_argument("--label", metavar="CLASS", help="the class, where the generator knows classes")
    parser.add_argument("--truncation", metavar="T", type=float, default=1.0, help="0 to 1.5; less is more ordinary")
    parser.add_argument("--latent", metavar="FILE", type=Path, help="a file of numbers that the Latent page saved")
    parser.add_argument("--times", metavar="N", type=int, default=1, help="each pixel N times as large, up to 16")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="the PNG to write")


def run(told: argparse.Namespace) -> dict[str, Any]:
    from core.latent.latent import Latent

    if not 1 <= told.times <= 16:
        raise LabError(f"--times is {told.times}; allowed: 1 to 16.")
    latent = _file(told.latent) if told.latent else Latent(told.seed, truncation=told.truncation)
    for text in told.edit:  # a wrong one is told before torch is loaded
        latent = edited(latent, text)
    sampler = _sampler(told)
    if told.label is not None:
        latent = Latent(latent.seed, latent.edits, latent.truncation, latent.moves, _label(told.label, sampler))
    from core.latent.walks import png

    image = png(sampler.picture(latent), told.times)
    try:
        told.out.parent.mkdir(parents=True, exist_ok=True)
        told.out.write_bytes(image)
    except OSError as error:
        raise LabError(f"--out is {str(told.out)!r}, which cannot be written to ({error.strerror or error}).") from None
    side = sampler.generator.shape[-1] * told.times
    return {
        "generator": sampler.title,
        "file": str(told.out),
        "side": side,
        **latent.to_dict(),
        "link": latent.to_link(),
    }


def text(value: dict[str, Any]) -> str:
    return f"{value['generator']}, seed {value['seed']}: {value['file']} ({value['side']}x{value['side']})"


def edited(latent: Any, text: str) -> Any:
    """`17=2.5` sets an index, `hair hue=3` moves along a direction."""
    name, equals, value = text.rpartition("=")
    try:
        number = float(value)
    except ValueError:
        equals = ""
    if not equals or not name.strip():
        raise LabError(
            f"--edit is {text!r}; allowed: INDEX=VALUE such as 17=2.5, or DIRECTION=VALUE such as 'hair hue=3'."
        )
    name = name.strip()
    return latent.edit(int(name), number) if name.isdigit() else latent.move(name, number)


def _label(text: str, sampler: "Sampler") -> int:
    if text not in sampler.classes:
        known = ", ".join(sampler.classes) or "none: it knows no classes"
        raise LabError(f"--label is {text!r}; allowed for {sampler.title}: {known}.")
    return sampler.classes.index(text)


def _file(path: Path) -> Any:
    from core.latent.latent import Latent

    try:
        return Latent.from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(
            f"--latent is {str(path)!r}, which cannot be read ({getattr(error, 'strerror', error)})."
        ) from None


def _sampler(told: argparse.Namespace) -> "Sampler":
    from core.latent.sampler import opened
    from core.nets import checkpoint
    from core.runs.samplers import sampler_at
    from core.runs.store import Store

    if told.model:
        if told.step is not None:
            raise LabError(f"--step is {told.step}, but a model has no snapshots; allowed: --run ID --step N.")
        return opened(checkpoint.find(told.model))
    if told.run < 1:
        raise LabError(f"--run is {told.run}; allowed: the number of a run, 1 or more.")
    return sampler_at(Store(), told.run, told.step)
