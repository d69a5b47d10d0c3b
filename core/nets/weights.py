"""ImageNet weights: found in the lab's home, or downloaded there when a line asks for `pretrained`."""

import hashlib
import http.client
import os
import secrets
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from core.errors import LabError
from core.nets.backbones import Progress, backbone
from core.paths import home

if TYPE_CHECKING:
    from torch import Tensor, nn

CHUNK = 1 << 20
TIMEOUT = 20.0  # seconds without a byte


def folder() -> Path:
    """Where weights lie: `<home>/weights/checkpoints`, the layout of torch hub; made on first use."""
    return home() / "weights" / "checkpoints"


def own(name: str) -> Path:
    """Your own weights for a backbone, in torchvision's names: taken before anything is downloaded."""
    return home() / "weights" / f"{name}.safetensors"


def address(name: str) -> str:
    """Where torchvision keeps the weights of a backbone."""
    import torchvision

    facts = backbone(name)
    return str(torchvision.models.get_model_weights(name)[facts.weights].url)


def ready(name: str) -> bool:
    """Whether `<name> pretrained` works without a download."""
    return own(name).exists() or _cached(address(name).rpartition("/")[2]) is not None


def locate(name: str, progress: Progress | None = None) -> Path:
    """The file with the weights of a backbone, downloaded if it is nowhere on this machine."""
    if own(name).exists():
        return own(name)
    url = address(name)
    file = url.rpartition("/")[2]
    return _cached(file) or fetch(url, folder() / file, name, progress)


def made_by_tensorflow(name: str) -> bool:
    """Whether your own weights say that they pad as TensorFlow does: their line is then `<name> same pretrained`."""
    from safetensors import SafetensorError, safe_open

    if not own(name).exists():
        return False
    try:
        with safe_open(own(name), "pt") as file:
            return str((file.metadata() or {}).get("padding", "")).startswith("tf_same")
    except (SafetensorError, OSError):  # `pour` says what is wrong with it
        return False


def pour(net: "nn.Module", name: str, same: bool = False) -> None:
    """Puts the ImageNet weights into a torchvision network that still has its own last layers."""
    path = locate(name)
    if made_by_tensorflow(name) and not same:
        raise LabError(
            f"The weights in {path} were trained with TensorFlow's padding; with PyTorch's they see every picture"
            f" shifted. Write `{name} same pretrained`."
        )
    tensors = _read(path)
    last = backbone(name).classifier + "."
    wanted = net.state_dict()
    trunk = {key: value for key, value in tensors.items() if not key.startswith(last)}
    # the last layers are replaced anyway, so weights with another number of classes are welcome
    keep = {key: tensors.get(key, value) for key, value in wanted.items() if key.startswith(last)}
    keep = {key: value if value.shape == wanted[key].shape else wanted[key] for key, value in keep.items()}
    for key in wanted:  # old files lack the batch norms' step counters
        if key.endswith("num_batches_tracked"):
            trunk.setdefault(key, wanted[key])
    try:
        net.load_state_dict({**trunk, **keep})
    except RuntimeError as error:
        first = str(error).strip().splitlines()[-1].strip()
        raise LabError(f"The weights in {path} are not those of {name} ({first[:160]}). Remove the file.") from None


def fetch(url: str, target: Path, name: str, progress: Progress | None = None) -> Path:
    """Downloads to `target` under a temporary name; the first digits of its SHA-256 stand in the file's name."""
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = _download(url, part, name, progress)
        wanted = target.stem.rpartition("-")[2]
        if not digest.startswith(wanted):
            raise LabError(
                f"The weights of {name} arrived damaged: SHA-256 starts {digest[: len(wanted)]}, wanted {wanted}."
                " Try again."
            )
        os.replace(part, target)
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise LabError(
            f"The ImageNet weights of {name} are not on this machine and {url} cannot be reached"
            f" ({getattr(error, 'reason', error)}). Choose: connect and try again; put your own weights at {own(name)};"
            " or start from random weights: *From scratch* on the Transfer page, or in a line"
            f" `{name}` without `pretrained`."
        ) from None
    except OSError as error:
        raise LabError(f"The weights of {name} cannot be kept at {target} ({error.strerror or error}).") from None
    finally:
        part.unlink(missing_ok=True)
    return target


def _download(url: str, part: Path, name: str, progress: Progress | None) -> str:
    digest = hashlib.sha256()
    with urllib.request.urlopen(url, timeout=TIMEOUT) as answer, part.open("wb") as file:
        size, done = int(answer.headers.get("Content-Length") or 0), 0
        while chunk := answer.read(CHUNK):
            file.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            if progress:
                progress(f"Downloading the weights of {name}", done / size if size else 0.0)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _cached(file: str) -> Path | None:
    """A weight file in the lab's home, or where torch hub has put it for other programs."""
    import torch

    weights = home() / "weights"
    hub = Path(torch.hub.get_dir())
    places = (weights / "checkpoints", weights / "hub" / "checkpoints", weights, hub / "checkpoints")
    return next((place / file for place in places if (place / file).is_file()), None)


def _read(path: Path) -> "dict[str, Tensor]":
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    damaged = LabError(f"The weights in {path} cannot be read: the file is damaged. Remove it and try again.")
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        # torchvision's own files are found, not loaded again; tensors only, so no code is ever run from them
        tensors: Any = torch.hub.load_state_dict_from_url(
            path.name, str(path.parent), map_location="cpu", progress=False, file_name=path.name, weights_only=True
        )
    except (SafetensorError, UnpicklingError, RuntimeError, EOFError, OSError, zipfile.BadZipFile, ValueError):
        raise damaged from None
    if not isinstance(tensors, dict) or not all(isinstance(each, torch.Tensor) for each in tensors.values()):
        raise damaged
    return tensors
