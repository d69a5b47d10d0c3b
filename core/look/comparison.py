"""A comparison with a report: one experiment's figures, reported beside measured, as JSON and as lines."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.config.experiment import Experiment, Row, quick
from core.look.reproduced import Record, Standing, findings, points, standing


def listed(chosen: Experiment, records: Sequence[Record]) -> dict[str, Any]:
    """One experiment for the list: reported and, where known, measured."""
    found = {row.name: standing(row, records) for row in chosen.all_rows}
    return {
        "experiment": chosen.name,
        "report": chosen.report,
        "title": chosen.title,
        "claim": chosen.claim,
        "assumed": chosen.assumed,
        "missing": chosen.missing or None,
        "rows": [beside(each) for each in found.values()],
        "claims": _claims(chosen, found),
    }


def result(chosen: Experiment, rows: Sequence[Row], short: bool, done: Sequence[Record]) -> dict[str, Any]:
    """One experiment as it was run now: its rows, and what its claims are worth."""
    shown = []
    for row in rows:
        here = replace(row, config=quick(row.config)) if short and row.config else row
        shown.append(standing(here, done))
    found = {each.row.name: each for each in shown}
    judged = {row.name: found.get(row.name, Standing(row)) for row in chosen.all_rows}
    return {
        "experiment": chosen.name,
        "title": chosen.title,
        "quick": short,
        "rows": [beside(each) for each in shown],
        "claims": _claims(chosen, judged),
        "complete": all(each.seeds for each in shown),
    }


def beside(stood: Standing) -> dict[str, Any]:
    """One row: reported beside measured."""
    row, level = stood.row, stood.level
    return {
        "row": row.name,
        "title": row.title,
        "probe": row.probe,
        "reported": row.accuracy,
        "reported_low": row.low,
        "reported_seconds": row.seconds,
        "reported_more": dict(row.said),
        "measured": level.mean if level else None,
        "half": level.half if level else None,
        "seeds": {str(seed): value for seed, value in stood.seeds.items()},
        "epochs": stood.epochs or None,
        "of_epochs": row.config.epochs if row.config else None,
        "seconds": stood.seconds,
        "load": stood.load,
        "diverged": stood.diverged,
        "agrees": stood.agrees,
        "runs": [record.run for record in stood.records if record.run is not None],
    }


def _claims(chosen: Experiment, found: dict[str, Standing]) -> list[dict[str, Any]]:
    return [
        {"claim": each.claim.text, "verdict": each.kind, "sentence": each.sentence} for each in findings(chosen, found)
    ]


def block(value: dict[str, Any], note: str = "") -> str:
    """The lines of one experiment."""
    lines = [f"{value['experiment']}: {value['title']}{note}"]
    for row in value["rows"]:
        lines.append("  " + _line(row))
    lines += [f"  {each['claim']}: {each['sentence']}" for each in value["claims"] if each["verdict"] != "unknown"]
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    said = "" if row["reported"] is None else f"{100 * row['reported']:.2f} %"
    if row["reported_low"] is not None:
        said = f"{100 * row['reported_low']:.0f}-{100 * row['reported']:.0f} %"
    found = "not measured"
    if row["measured"] is not None:
        spread = f" ± {100 * row['half']:.2f}" if row["half"] is not None else ""
        found = f"{100 * row['measured']:.2f} %{spread} ({len(row['seeds'])} x {row['seconds']:.1f} s)"
        if row["epochs"] != row["of_epochs"]:
            found += f" after {row['epochs']} of {row['of_epochs']} epochs"
        elif row["reported"] is not None:
            found += f", {points(row['measured'] - row['reported'])}"
    said = said or ("ours" if row["probe"] else ", ".join(f"{k} {v:g}" for k, v in row["reported_more"].items()))
    return f"{row['title']:<34} {said:>14}   {found}"
