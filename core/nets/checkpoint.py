"""Checkpoints: a folder with weights.safetensors and the card.json that explains them."""

import hashlib
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core import paths
from core.errors import LabError, unknown
from core.nets.card import Card
from core.nets.swap import flush, standing, swap

if TYPE_CHECKING:
    from torch import Tensor

    from core.nets.line import Net
__all__ = ["Card", "card", "find", "load", "names", "read", "save", "weights_sha256", "write"]
WEIGHTS = "weights.safetensors"
CARD = "card.json"
PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin")


def names(kind: str | None = None) -> list[str]:
    """The checkpoints that come with the lab, then those saved in its home; of one kind or all."""
    found: dict[str, Path] = {}
    for place in _places():
        for path in sorted(place.glob(f"*/{CARD}")):
            if not path.parent.name.startswith("."):
                found.setdefault(path.parent.name, path.parent)
    return [name for name, folder in found.items() if kind is None or _kind(folder) == kind]


def find(name: str) -> Path:
    """The folder of a checkpoint by name."""
    every = names()
    if name not in every:
        if not every:
            raise LabError(f"The model is {name!r}, but the lab has no saved models yet; train one first.")
        raise unknown("The model", name, every)
    return next(place / name for place in _places() if (place / name / CARD).is_file())


def card(folder: Path) -> Card:
    """The card in a checkpoint folder; reads no weights and needs no torch."""
    path = folder / CARD
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LabError(f"{folder} is no checkpoint: it has no {CARD}. Allowed: a folder that the lab saved.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(f"{path} cannot be read ({getattr(error, 'strerror', None) or error}).") from None
    return Card.from_json(text, str(path))


def save(folder: Path, net: "Net", about: Card) -> Card:
    """Saves a network; its line, shape and checksum are written into the card, which is returned."""
    about = replace(about, net=_offline(net.line), shape=net.shape)
    if len(about.classes) != net.classes:
        raise LabError(f"The card names {len(about.classes)} classes, but the network has {net.classes} outputs.")
    return write(folder, net.state_dict(), about)


def load(folder: Path) -> "tuple[Net, Card]":
    """The network and its card, checked against each other, ready to answer (evaluation mode)."""
    import torch

    from core.nets.grammar import parse
    from core.nets.line import Net
    from core.nets.shapes import walk

    tensors, about = read(folder)
    if about.kind != "classifier":
        raise LabError(f"{folder} holds a {about.kind}; allowed here: a classifier.")
    places = walk(parse(_offline(about.net)), about.shape, len(about.classes))
    with torch.device("meta"):  # shapes only: random weights would be thrown away at once
        net = Net(places, len(about.classes))
    _fit(tensors, net.state_dict(), folder)
    net.load_state_dict(tensors, assign=True)
    return net.eval(), about


def write(folder: Path, tensors: "Mapping[str, Tensor]", about: Card) -> Card:
    """Writes tensors and card under another name first, so that a checkpoint is whole or not there."""
    from safetensors.torch import save_file

    whole = {name: tensors[name].detach().cpu().contiguous() for name in sorted(tensors)}
    about = replace(about, weights_sha256=weights_sha256(whole))
    temporary = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.new")
    try:
        temporary.mkdir(parents=True)
        save_file(whole, temporary / WEIGHTS)
        (temporary / CARD).write_text(about.to_json(), encoding="utf-8")
        for path in (temporary / WEIGHTS, temporary / CARD, temporary):
            flush(path)
        swap(temporary, folder)
        flush(folder.parent)
    except OSError as error:
        raise LabError(
            f"The checkpoint {folder} cannot be saved ({error.strerror or error}). Make room or give permission there;"
            " nothing that was saved before is lost."
        ) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return about


def read(folder: Path) -> "tuple[dict[str, Tensor], Card]":
    """The tensors and the card of a folder, with the checksum verified."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    folder = standing(folder)
    _refuse_pickles(folder)
    about = card(folder)
    path = folder / WEIGHTS
    try:
        tensors = load_file(path)
    except FileNotFoundError:
        raise LabError(f"The checkpoint {folder} has a card but no {WEIGHTS}.") from None
    except (SafetensorError, OSError, ValueError) as error:
        raise LabError(f"{path} cannot be read ({error}): it is damaged or no safetensors file.") from None
    found = weights_sha256(tensors)
    if found != about.weights_sha256:
        raise LabError(
            f"{path} is not what its card says: SHA-256 {found[:12]}…, the card has"
            f" {about.weights_sha256[:12] + '…' if about.weights_sha256 else 'none'}. Copy or train it again."
        )
    return tensors, about


def weights_sha256(tensors: "Mapping[str, Tensor]") -> str:
    """One hash of all tensors in name order: name, type, shape and bytes. Equal weights, equal hash."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        digest.update(f"{name} {str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}\n".encode())
        digest.update(_bytes(tensor))
    return digest.hexdigest()


def _bytes(tensor: "Tensor") -> bytes:
    import torch

    return tensor.reshape(-1).view(torch.uint8).numpy().tobytes()


def _fit(tensors: "dict[str, Tensor]", wanted: "Mapping[str, Tensor]", folder: Path) -> None:
    """The tensors must be those of the card's line, in name, shape and type."""
    for name in sorted({*tensors, *wanted}):
        if name not in tensors or name not in wanted:
            lacks, side = ("the weights lack", "needs") if name in wanted else ("the weights hold", "does not have")
            raise LabError(f"The checkpoint {folder} does not fit: {lacks} {name!r}, which the card's net {side}.")
        have, want = tensors[name], wanted[name]
        if have.shape != want.shape or have.dtype != want.dtype:
            raise LabError(
                f"The checkpoint {folder} does not fit: {name} is {_shape(have)}, the card's net needs {_shape(want)}."
            )


def _shape(tensor: "Tensor") -> str:
    return f"{'x'.join(map(str, tensor.shape)) or 'one number'} {str(tensor.dtype).removeprefix('torch.')}"


def _offline(line: str) -> str:
    """The line without `pretrained`: the weights are in the file, nothing is to be downloaded."""
    from core.nets.grammar import parse
    from core.nets.grammar import write as line_of

    return line_of([replace(layer, pretrained=False) for layer in parse(line)])


def _refuse_pickles(path: Path) -> None:
    pickled = [path] if path.is_file() else sorted(p for p in path.glob("*") if p.suffix.lower() in PICKLES)
    if path.is_file() and path.suffix.lower() not in PICKLES:
        raise LabError(f"{path} is a file; allowed: a checkpoint folder with {WEIGHTS} and {CARD}.")
    if pickled and not (path / WEIGHTS).exists():
        raise LabError(
            f"{pickled[0]} is a pickle, and opening a pickle can run any program hidden in it, so the lab never does."
            f" Allowed: a checkpoint folder with {WEIGHTS} and {CARD}."
        )


def _places() -> tuple[Path, Path]:
    return paths.shipped(), paths.home() / "checkpoints"


def _kind(folder: Path) -> str | None:
    try:
        return card(folder).kind
    except LabError:  # a damaged card is of no kind; `card` says what is wrong with it
        return None
