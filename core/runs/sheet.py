"""Sheet: compared runs as CSV and JSON, for a spreadsheet or a script of one's own."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from core.config import KNOBS
from core.look.verdict import Verdict
from core.runs.metrics import Curves
from core.runs.recipes import Recipe, metrics

ABOUT = ("run", "name", "recipe", "status", "owner", "tags", "device", "seconds", "epoch", "step")


def runs_csv(groups: Sequence[Recipe]) -> str:
    """A row per run: what it is, its last figures, and all its knobs."""
    entries = [each for group in groups for each in group.entries]
    names = metrics(entries)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    heads = [f"last {name}" if name in KNOBS else name for name in names]  # lr is a knob and a curve
    writer.writerow([*ABOUT, *heads, *KNOBS])
    for group in groups:
        for each in group.entries:
            figures = [each.figures[name][0] if name in each.figures else "" for name in names]
            about = [
                each.id,
                each.name,
                group.name,
                each.status,
                each.owner or "",
                " ".join(each.tags),
                each.device or "",
            ]
            knobs = [_cell(each.value(knob)) for knob in KNOBS]
            writer.writerow([*map(safe, [*about, each.seconds, each.epoch, each.step, *figures]), *map(safe, knobs)])
    return out.getvalue()


def curves_csv(curves: Curves) -> str:
    """A row per point."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["run", "metric", "step", "epoch", "seconds", "images", "value"])
    for run, lines in curves.items():
        for name, line in lines.items():
            columns = (line.steps, line.epochs, line.seconds, line.images, line.values)
            writer.writerows(
                [run, name, int(step), *(f"{float(value):.7g}" for value in rest)]
                for step, *rest in zip(*columns, strict=True)
            )
    return out.getvalue()


def as_json(groups: Sequence[Recipe], found: Verdict, metric: str, curves: Curves) -> str:
    """The verdict with its figures, the runs with their knobs, and their curves."""
    said: dict[str, Any] = {
        "metric": metric,
        "verdict": {
            "kind": found.kind,
            "sentence": found.sentence,
            "winner": found.winner,
            "more_seeds": found.more,
            "notes": list(found.notes),
            "recipes": [
                {"name": each.name, "seeds": each.seeds, "mean": each.mean, "half_of_interval": each.half}
                for each in found.groups
            ],
            "differences": [
                {
                    "of": each.a,
                    "to": each.b,
                    "difference": each.difference,
                    "half_of_interval": each.half,
                    "level": each.level,
                    "p": each.p,
                    "paired": each.paired,
                    "seeds": list(each.seeds),
                }
                for each in found.duels
            ],
        },
        "runs": [
            {
                "id": each.id,
                "name": each.name,
                "recipe": group.name,
                "status": each.status,
                "owner": each.owner,
                "tags": list(each.tags),
                "device": each.device,
                "seconds": each.seconds,
                "config": {knob: each.value(knob) for knob in KNOBS},
                "figures": {name: {"last": f[0], "lowest": f[1], "highest": f[2]} for name, f in each.figures.items()},
                "curves": {
                    name: {
                        "step": line.steps.tolist(),
                        "epoch": _short(line.epochs),
                        "seconds": _short(line.seconds),
                        "value": _short(line.values),
                    }
                    for name, line in curves.get(each.id, {}).items()
                },
            }
            for group in groups
            for each in group.entries
        ],
    }
    return json.dumps(said, ensure_ascii=False)


def safe(value: Any) -> Any:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _short(values: Any) -> list[float]:
    return [float(f"{value:.7g}") for value in values.tolist()]


def _cell(value: Any) -> Any:
    return "" if value is None else ",".join(map(str, value)) if isinstance(value, list | tuple) else value
