"""Opening: a run at one of its moments, or a saved model, ready to be looked into."""

from safetensors import SafetensorError, safe_open
from torch import Tensor

from core.data import registry
from core.errors import LabError
from core.look.opened import Opened, opened
from core.nets import checkpoint
from core.nets.line import Net
from core.runs.moments import network_at
from core.runs.snapshots import Moment
from core.runs.store import Store


def open_run(store: Store, number: int, step: int | None = None) -> Opened:
    """The network of a run as it was after so many steps; without a step, its newest snapshot."""
    run = store.run(number)
    moment = moment_of(store, number, step)
    data = registry.load(run.config.dataset)
    net = network_at(run, moment, data)
    assert isinstance(net, Net)
    title = f"run {run.id}, epoch {moment.epoch:.4g}"
    return Opened(title, net, data.classes, data.name, run.config.scale, data.mean, data.std)


def moment_of(store: Store, number: int, step: int | None = None) -> Moment:
    """The snapshot at that step, or the newest; a sentence when there is none."""
    moments = store.snapshots(number)
    if not moments:
        status = store.run(number).status
        if status in ("queued", "running"):
            raise LabError(f"Run {number} has no snapshot yet: it is {status}. The first one comes within seconds.")
        raise LabError(f"Run {number} has no snapshot: it is {status}, and nothing of it was kept. Train it again.")
    if step is None:
        return moments[-1]
    for moment in moments:
        if moment.step == step:
            return moment
    steps = ", ".join(str(moment.step) for moment in moments)
    raise LabError(f"Run {number} has no snapshot at step {step}. It has: {steps}.")


def weights_at(store: Store, number: int, step: int, name: str) -> Tensor:
    """One tensor of a snapshot, such as layers.0.weight: a film of a filter needs no whole networks."""
    path = moment_of(store, number, step).path
    try:
        with safe_open(path, "pt") as file:
            found: Tensor = file.get_tensor(name)
    except (OSError, SafetensorError) as error:
        raise LabError(f"{name} cannot be read from the snapshot of run {number} at step {step} ({error}).") from None
    return found


def open_model(name: str) -> Opened:
    """A saved model by its name."""
    return opened(*checkpoint.load(checkpoint.find(name)))
