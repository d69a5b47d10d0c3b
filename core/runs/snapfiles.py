"""Snapshots as files: safetensors, whole or not there at all."""

import errno
import json
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from core.errors import LabError
from core.runs.snapshots import resume_file, weights_file
from core.train.facts import Snapshot

DAMAGE = (SafetensorError, OSError, ValueError, KeyError)  # what reading a cut or foreign file may raise


def store(run: int, snapshot: Snapshot) -> int:
    """Writes both files of a snapshot; their size in bytes. On return they are safe on the disk."""
    strides = {name: each.stride() for name, each in snapshot.resume.items() if each.dim() > 1}
    about = {"epoch": snapshot.epoch, "seconds": snapshot.seconds, "meta": snapshot.meta, "strides": strides}
    try:
        size = write_file(weights_file(run, snapshot.step), save(_plain(snapshot.weights)))
        told = save(_plain(snapshot.resume), metadata={"inkling": json.dumps(about)})
        return size + write_file(resume_file(run, snapshot.step), told)
    except OSError as error:
        remove([resume_file(run, snapshot.step)])
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise LabError(
                f"The disk is full: the snapshot of step {snapshot.step} does not fit. Delete some runs or free some "
                "space, then resume this run; its earlier snapshots are safe."
            ) from error
        raise LabError(f"The snapshot of step {snapshot.step} cannot be written ({error.strerror}).") from error


def restore(run: int, step: int) -> Snapshot:
    """A snapshot as it was, to go on from."""
    try:
        with safe_open(resume_file(run, step), framework="pt") as file:
            told = json.loads((file.metadata() or {})["inkling"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        tensors = {name: _laid_out(each, told["strides"].get(name)) for name, each in tensors.items()}
        weights = {name: _laid_out(each, None) for name, each in load_file(weights_file(run, step)).items()}
        return Snapshot(step, float(told["epoch"]), float(told["seconds"]), weights, tensors, told["meta"])
    except DAMAGE as error:
        raise LabError(f"The snapshot of step {step} of run {run} cannot be read ({error}).") from error


def weights(path: Path) -> dict[str, Tensor]:
    """The network's weights at one moment, for looking at."""
    try:
        return load_file(path)
    except DAMAGE as error:
        raise LabError(f"The snapshot {path} cannot be read ({error}).") from error


def write_file(path: Path, content: bytes) -> int:
    """Writes under another name, waits for the disk, then renames: a power cut leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # a worker that lost its run may still be writing
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the rename itself
    finally:
        os.close(folder)
    return len(content)


def remove(files: list[Path]) -> None:
    """Drops files that nobody needs; one that is gone already is no mistake."""
    for file in files:
        file.unlink(missing_ok=True)


def _laid_out(tensor: Tensor, stride: list[int] | None) -> Tensor:
    """In memory of its own, in the order it had: an optimiser's kernels go through weight and momentum side by side,
    so a channels-last momentum that came back in another order would give other numbers."""
    return torch.empty_strided(tensor.shape, stride or tensor.stride(), dtype=tensor.dtype).copy_(tensor)


def _plain(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.contiguous() for name, tensor in tensors.items()}
