"""recognise: what a model reads on pictures, exactly as the Draw page does."""

import argparse
from pathlib import Path
from typing import Any

from core.errors import LabError


def arguments(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--model", metavar="NAME", help="a shipped or saved model, such as ink34")
    source.add_argument("--run", metavar="ID", type=int, help="a finished or stopped run of this lab")
    parser.add_argument("--split", action="store_true", help="a picture holds several characters: one row for each")
    parser.add_argument("images", metavar="IMAGE", nargs="+", type=Path, help="a drawing or photo")


def run(told: argparse.Namespace) -> list[dict[str, Any]]:
    from core.data import photo
    from core.nets import checkpoint

    folder = checkpoint.find(told.model) if told.model else _folder(told.run)
    pictures = [(str(path), photo.load(path)) for path in told.images]  # a wrong file is told before torch is loaded
    import torch

    from core.data.split import split
    from core.look.alphabet import together
    from core.look.predictor import Predictor

    torch.set_num_threads(1)  # one small picture at a time: more threads only wait for each other
    predictor = Predictor(*checkpoint.load(folder))
    if not told.split:
        return [predictor.read(raw).row(file) for file, raw in pictures]
    rows = []
    for file, raw in pictures:
        characters = split(raw)
        answers = together([predictor.read(each.picture) for each in characters])
        for box, answer in zip([each.box for each in characters], answers, strict=True):
            rows.append(answer.row(file) | {"box": [box.left, box.top, box.right, box.bottom]})
    return rows


def text(value: list[dict[str, Any]]) -> str:
    return "\n".join(f"{row['file']}  {_answer(row)}" for row in value)


def _answer(row: dict[str, Any]) -> str:
    if row["label"] is None:
        return str(row["why"])
    refused = "none of these; the nearest is " if row["refused"] else ""
    rival = f", or {row['unsure_with']}" if row["unsure_with"] and not row["refused"] else ""
    company = f" (alone: {row['alone']})" if row["alone"] else ""
    return f"{refused}{row['label']} {row['probability']:.0%}{rival}{company}  reject {row['reject']:.2f}"


def _folder(run: int) -> Path:
    from core.runs.finish import checkpoint_of

    if run < 1:
        raise LabError(f"--run is {run}; allowed: the number of a run, 1 or more.")
    return checkpoint_of(run)
