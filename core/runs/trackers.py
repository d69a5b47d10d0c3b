"""Trackers: a run handed to TensorBoard or MLflow, for those who use them. Neither is needed by the lab."""

from pathlib import Path
from typing import Any

from core.errors import LabError
from core.runs.exporting import needs
from core.runs.run import Run
from core.runs.store import Store

BATCH = 1000  # points in one request; MLflow takes no more


def tensorboard(store: Store, run: Run, folder: Path) -> None:
    """Writes event files: every curve, the network line and the knobs."""
    needs("A TensorBoard file", "tensorboard")
    from torch.utils.tensorboard import SummaryWriter

    try:
        folder.mkdir(parents=True, exist_ok=True)
        writer: Any = SummaryWriter(str(folder))
    except OSError as error:
        raise LabError(f"{folder} cannot be written ({error.strerror}).") from None
    began = run.started or run.created
    with writer:
        for name, curve in store.curves([run.id]).get(run.id, {}).items():
            for step, seconds, value in zip(curve.steps, curve.seconds, curve.values, strict=True):
                writer.add_scalar(name, float(value), int(step), walltime=began + float(seconds))
        knobs = "\n".join(f"    {name}: {value}" for name, value in run.config.to_dict().items())
        writer.add_text("run", f"{run.name}\n\n{knobs}")


def mlflow(store: Store, run: Run, address: str) -> str:
    """Pushes knobs, tags and curves to an MLflow server (or folder); the number of its run."""
    needs("MLflow", "mlflow")
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param
    from mlflow.exceptions import MlflowException

    try:
        client = MlflowClient(tracking_uri=address)
        there = client.get_experiment_by_name("Inkling")
        experiment = there.experiment_id if there else client.create_experiment("Inkling")
        started = int(1000 * (run.started or run.created))
        made = client.create_run(experiment, start_time=started, run_name=run.name)
        number = str(made.info.run_id)
        knobs = [Param(name, str(value)[:6000]) for name, value in run.config.to_dict().items()]
        client.log_batch(number, params=knobs)
        points = [
            Metric(name.replace(" ", "_"), float(value), started + int(1000 * float(seconds)), int(step))
            for name, curve in store.curves([run.id]).get(run.id, {}).items()
            for step, seconds, value in zip(curve.steps, curve.seconds, curve.values, strict=True)
        ]
        for first in range(0, len(points), BATCH):
            client.log_batch(number, metrics=points[first : first + BATCH])
        client.set_terminated(number, "FINISHED" if run.status == "finished" else "KILLED")
    except MlflowException as error:
        raise LabError(f"--out is {address}: MLflow said {str(error)[:200]}") from None
    return number
