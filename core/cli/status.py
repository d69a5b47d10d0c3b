"""status: device, precision, datasets, checkpoints and runs."""

import argparse
from typing import Any

from core import paths
from core.data import registry
from core.nets import checkpoint
from core.runs.liveness import reconcile
from core.runs.run import Run
from core.runs.store import Store
from core.train import device


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="show the newest N runs (default: 20)")


def run(told: argparse.Namespace) -> dict[str, Any]:
    store = Store()
    reconcile(store)  # a run whose worker died is not `running`
    return {
        **device.describe(paths.device_wish()),
        "home": str(paths.home()),
        "datasets": {name: registry.state(name) for name in registry.names()},
        "checkpoints": checkpoint.names(),
        "runs": [row(run) for run in store.runs(limit=max(told.limit, 0))],
    }


def row(run: Run) -> dict[str, Any]:
    """One run; the worker's pid while it runs."""
    return {
        "id": run.id,
        "name": run.name,
        "status": run.status,
        "pid": run.pid if run.status == "running" else None,
        "host": run.host,
        "epoch": run.epoch,
        "seconds": run.seconds,
    }


def text(value: dict[str, Any]) -> str:
    lines = [f"Device       {value['device']}, {value['precision']}", f"Home         {value['home']}"]
    for state in ("ready", "downloadable", "absent"):
        names = [name for name, here in value["datasets"].items() if here == state]
        lines += [f"{'Datasets' if state == 'ready' else '':12} {state}: {', '.join(names)}"] if names else []
    lines.append(f"Checkpoints  {', '.join(value['checkpoints']) or 'none yet'}")
    lines.append("Runs         none yet: python -m core train --preset r1-lenet" if not value["runs"] else "Runs")
    for each in value["runs"]:
        pid = f"  pid {each['pid']}" if each["pid"] else ""
        done = f"{each['epoch']:7.1f} epochs {each['seconds']:8.1f} s"
        lines.append(f"  {each['id']:>5}  {each['status']:9}{done}  {each['name']}{pid}")
    return "\n".join(lines)
