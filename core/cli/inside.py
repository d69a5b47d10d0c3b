"""inside: every map of one picture in a network, as PNG files."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import LabError

if TYPE_CHECKING:
    from core.look.opened import Opened


def arguments(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--model", metavar="NAME", help="a shipped or saved model")
    source.add_argument("--run", metavar="ID", type=int, help="a run of this lab that has a snapshot")
    parser.add_argument("--step", metavar="N", type=int, help="the run's snapshot after N steps (default: its newest)")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="the folder to write into; made if need be"
    )
    parser.add_argument("image", metavar="IMAGE", type=Path, help="a drawing or photo")


def run(told: argparse.Namespace) -> dict[str, Any]:
    from core.data import photo

    if told.step is not None and told.model:
        raise LabError(f"--step is {told.step}, but a model has no snapshots; allowed: --run ID --step N.")
    raw = photo.load(told.image)  # a wrong file is told before torch is loaded
    opened = _opened(told)
    from PIL import Image

    from core.look.gallery import gallery
    from core.look.seen import seen

    picture, notes = seen(opened, raw)
    files = []
    try:
        told.out.mkdir(parents=True, exist_ok=True)
        for name, image in gallery(opened, picture).items():
            Image.fromarray(image).save(told.out / name)
            files.append(str(told.out / name))
    except OSError as error:
        raise LabError(f"--out is {str(told.out)!r}, which cannot be written to ({error.strerror or error}).") from None
    shares = opened.probabilities(picture)[0]
    best = int(shares.argmax())
    return {
        "network": opened.title,
        "label": opened.classes[best],
        "probability": float(shares[best]),
        "notes": list(notes),
        "files": files,
    }


def text(value: dict[str, Any]) -> str:
    answer = f"{value['network']}: {value['label']} {value['probability']:.1%}"
    return "\n".join([answer, *value["notes"], *value["files"]])


def _opened(told: argparse.Namespace) -> "Opened":
    from core.runs.openings import open_model, open_run
    from core.runs.store import Store

    if told.model:
        return open_model(told.model)
    if told.run < 1:
        raise LabError(f"--run is {told.run}; allowed: the number of a run, 1 or more.")
    return open_run(Store(), told.run, told.step)
