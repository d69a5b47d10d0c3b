"""Exporting: a run of the store as code, weights, ONNX or table, for use without Inkling."""

import csv
import io
from importlib.util import find_spec
from pathlib import Path

from core import paths
from core.config import RunConfig
from core.data import folder, registry, strokes
from core.data.classics import CLASSICS, found
from core.errors import LabError
from core.runs.finish import checkpoint_dir
from core.runs.run import Run
from core.runs.store import Store
from core.train import script
from core.train.device import autocast_dtype
from core.train.script_data import TORCHVISION, Source

FORMATS = {  # format -> (what it is, the ending of its file)
    "py": ("the run as plain PyTorch", "py"),
    "ipynb": ("the same as a notebook", "ipynb"),
    "onnx": ("the network for other programs", "onnx"),
    "safetensors": ("the weights", "safetensors"),
    "csv": ("all points of its curves", "csv"),
}


def source(name: str) -> Source:
    """What a script must know about a dataset that is here."""
    import numpy as np

    if registry.state(name) == "downloadable":
        raise LabError(
            f"The dataset {name} is not here yet, and its script is written from what it holds: load it first."
        )
    file = _file(name)
    data = registry.load(name)
    axes, last = 4, False
    if file is not None:
        with np.load(file, allow_pickle=False) as arrays:
            shape = arrays["x_test"].shape
        axes, last = len(shape), len(shape) == 4 and shape[3] in (1, 3) and shape[1] not in (1, 3)
    return Source(
        name, paths.data_dir(), file, axes, last, data.classes, data.shape, len(data.y_train), data.mean, data.std
    )


def _file(name: str) -> Path | None:
    """The npz that holds a set; None where torchvision reads it."""
    if name in TORCHVISION and (found(CLASSICS[name], paths.data_dir()) or not _own(name).is_file()):
        return None
    if name in strokes.SETS:
        registry.load(name)  # draws it first if need be
        return strokes.cache(name)
    if _own(name).is_file():
        return _own(name)
    stem, side = folder.split_name(name)
    place = paths.data_dir() / stem
    if stem == Path(stem).name and folder.is_set(place):
        return folder.cached(place, side, lambda what, share: None)
    raise LabError(
        f"This run cannot be exported as code: its dataset {name!r} lives in this lab only and goes on changing. "
        "Allowed: torchvision's sets, the built-in strokes, an .npz file or an image folder."
    )


def _own(name: str) -> Path:
    return paths.data_dir() / f"{name}.npz"


def logged(run: Run) -> float | None:
    """The final test accuracy of a run that came to its end by itself."""
    return run.result.get("test/accuracy") if run.status == "finished" else None


def code(run: Run, kind: str = "py") -> str:
    """A run as a Python file or a notebook that gives the very same numbers on the same machine's CPU."""
    if run.unreadable:
        raise LabError(run.unreadable)
    if run.parent is not None and run.config.to_dict().get("trunk"):
        raise LabError("This run cannot be exported as code: it goes on from another run's weights.")
    return written(run.config, run.name, logged(run), kind)


def written(config: RunConfig, name: str, accuracy: float | None, kind: str = "py") -> str:
    """A recipe as code."""
    import torch

    script.check(config)
    bf16 = autocast_dtype(config.precision, torch.device("cpu")) is not None
    threads = max(1, torch.get_num_threads() // paths.slots()) if paths.slots() > 1 else None
    sections = script.parts(config, source(config.dataset), bf16, threads)
    about = [
        f"Trains on {config.dataset} and tests after every epoch. Written by Inkling, needs only PyTorch and "
        "torchvision.",
        "The same seed on the same machine (CPU) and the same versions gives the very same numbers.",
    ]
    write = script.python if kind == "py" else script.notebook
    return write(" ".join(name.replace('"""', "'''").replace("\\", "/").split()), about, sections, accuracy)


def weights(run: Run) -> Path:
    """The file with a run's weights."""
    file = checkpoint_dir(run.id) / "weights.safetensors"
    if not file.is_file():
        raise LabError(f"Run {run.id} is {run.status} and has no weights yet; allowed: a finished or stopped run.")
    return file


def weight_bytes(run: Run) -> bytes | None:
    """The same as bytes; None while there are none."""
    try:
        return weights(run).read_bytes()
    except (LabError, OSError):
        return None


def table(store: Store, run: Run) -> str:
    """All points of a run's curves as CSV: metric, step, epoch, seconds, value."""
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n")
    write.writerow(["metric", "step", "epoch", "seconds", "value"])
    for name, curve in sorted(store.curves([run.id]).get(run.id, {}).items()):
        for step, epoch, seconds, value in zip(curve.steps, curve.epochs, curve.seconds, curve.values, strict=True):
            write.writerow([name, int(step), f"{epoch:.6g}", f"{seconds:.6g}", f"{value:.8g}"])
    return text.getvalue()


def needs(what: str, *packages: str) -> None:
    """A LabError that says how to install what is missing."""
    missing = [each for each in packages if find_spec(each) is None]
    if missing:
        raise LabError(
            f"{what} needs {' and '.join(missing)}, which the lab does not install by itself: "
            f"`pip install {' '.join(missing)}` (requirements-optional.txt says why)."
        )


def onnx(run: Run, out: Path) -> None:
    """The network as an ONNX file: pictures as the network eats them in, logits out."""
    needs("An ONNX file", "onnx", "onnxscript")
    import torch

    from core.nets import checkpoint

    weights(run)
    net, card = checkpoint.load(checkpoint_dir(run.id))
    picture = torch.zeros(2, *card.shape)
    batch = torch.export.Dim("batch", min=1)
    torch.onnx.export(
        net, (picture,), out, input_names=["pictures"], output_names=["logits"], dynamic_shapes=({0: batch},)
    )
