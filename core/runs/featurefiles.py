"""Feature files: what a frozen trunk has seen, kept in the lab's home, so that the next head begins at once."""

import hashlib
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from core.config import RunConfig
from core.data.augment import COLOUR, EXACT, SHAPE
from core.data.dataset import Dataset
from core.errors import LabError
from core.nets.checkpoint import weights_sha256
from core.nets.line import Net
from core.paths import home
from core.runs.snapfiles import write_file
from core.train.device import autocast_dtype
from core.train.features import Features, Progress, compute, seen_more

MOST = 4 << 30  # bytes of all feature files together; the ones not used for longest go first


def kept(net: Net, cut: int, config: RunConfig, data: Dataset, device: torch.device, progress: Progress) -> Features:
    """The features from the lab's home, or computed now and kept there."""
    path = folder() / f"{key(net, cut, config, data, device)}.safetensors"
    try:
        tensors = load_file(path)
        path.touch()
        return Features(cut, tensors["x_train"], tensors["y_train"], tensors["x_test"])
    except (OSError, SafetensorError, KeyError):  # not there yet, or damaged: run the trunk again
        pass
    made = compute(net, cut, config, data, device, progress)
    tensors = {"x_train": made.x_train, "y_train": made.y_train, "x_test": made.x_test}
    try:
        write_file(path, save({name: each.contiguous() for name, each in tensors.items()}))
    except OSError:  # a full disk costs the next run some seconds
        return made
    _clear_up()
    return made


def folder() -> Path:
    """Where they lie."""
    return home() / "features"


def key(net: Net, cut: int, config: RunConfig, data: Dataset, device: torch.device) -> str:
    """Changes with everything that the features depend on: trunk, pictures, scale, precision and copies."""
    trunk = {name: value for name, value in net.state_dict().items() if int(name.split(".")[1]) < cut}
    facts: list[object] = [cut, [place.layer.text for place in net.places[:cut]], weights_sha256(trunk)]
    facts += [config.scale, data.mean, data.std, str(autocast_dtype(config.precision, device)), len(data.classes)]
    if seen_more(config):
        facts += [config.copies, config.seed, [getattr(config, name) for name in (*EXACT, *SHAPE, *COLOUR)]]
    digest = hashlib.sha256(repr(facts).encode())
    for tensor in (data.x_train, data.y_train, data.x_test):
        digest.update(f"{tuple(tensor.shape)}".encode())
        digest.update(tensor.cpu().contiguous().numpy())  # type: ignore[arg-type]
    return digest.hexdigest()[:32]


def _clear_up() -> None:
    files = sorted(folder().glob("*.safetensors"), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for path in files:
        total += path.stat().st_size
        if total > MOST:
            path.unlink(missing_ok=True)


def weigh() -> int:
    """Bytes of all feature files."""
    if not folder().is_dir():
        return 0
    try:
        return sum(path.stat().st_size for path in folder().glob("*.safetensors"))
    except OSError as error:
        raise LabError(f"{folder()} cannot be read ({error.strerror}).") from None
