"""export: a run as code, notebook, ONNX, weights, table, or handed to another tracker."""

import argparse
import shutil
from pathlib import Path
from typing import Any

from core.errors import LabError, unknown
from core.runs.run import Run
from core.runs.store import Store

FORMATS = ("py", "ipynb", "onnx", "safetensors", "csv", "tensorboard", "mlflow")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="the number of the run")
    parser.add_argument("--format", required=True, metavar="FORMAT", help=", ".join(FORMATS))
    parser.add_argument(
        "--out", required=True, metavar="FILE", help="the file; for tensorboard a folder, for mlflow a server's address"
    )


def run(told: argparse.Namespace) -> dict[str, Any]:
    if told.format not in FORMATS:
        raise unknown("--format", told.format, FORMATS)
    if not (told.run.isascii() and told.run.isdigit() and len(told.run) < 10):
        raise LabError(f"RUN is {told.run!r}; allowed: the number of a run, as `python -m core status` lists them.")
    store = Store()
    chosen = store.run(int(told.run))
    where = told.out if told.format == "mlflow" else str(_written(store, chosen, told.format, Path(told.out)))
    if told.format == "mlflow":
        from core.runs.trackers import mlflow

        mlflow(store, chosen, told.out)
    return {"run": chosen.id, "name": chosen.name, "format": told.format, "out": where}


def _written(store: Store, chosen: Run, kind: str, out: Path) -> Path:
    from core.runs import exporting, trackers

    if kind == "tensorboard":
        trackers.tensorboard(store, chosen, out)
        return out
    if out.is_dir() or not out.parent.is_dir():
        raise LabError(f"--out is {out}; allowed: a file in a folder that exists.")
    try:
        if kind in ("py", "ipynb"):
            out.write_text(exporting.code(chosen, kind))
        elif kind == "csv":
            out.write_text(exporting.table(store, chosen))
        elif kind == "safetensors":
            shutil.copyfile(exporting.weights(chosen), out)
        else:
            exporting.onnx(chosen, out)
    except OSError as error:
        raise LabError(f"{out} cannot be written ({error.strerror}).") from None
    return out


def text(value: dict[str, Any]) -> str:
    return f"Run {value['run']} ({value['name']}) is written as {value['format']}: {value['out']}"
