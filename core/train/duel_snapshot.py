"""A duel's snapshot: both networks, their optimisers, the luck and the scores, taken and restored."""

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from core.errors import LabError
from core.train.facts import Snapshot
from core.train.optim import memory, remember

if TYPE_CHECKING:
    from core.train.duel import Duel


def take(duel: "Duel", seconds: float, keep: bool) -> Snapshot:
    """The networks as they are now, with all that a broken-off run needs to go on exactly."""
    weights = {f"generator.{k}": v for k, v in _cpu(duel.judged.state_dict()).items()}
    weights |= {f"discriminator.{k}": v for k, v in _cpu(duel.nets.discriminator.state_dict()).items()}
    tensors, plain = memory(list(duel.optimisers))
    tensors |= duel.luck.state() | {"scores": duel.window.sums.cpu().clone()}
    if duel.average is not None:
        tensors |= {f"net.{k}": v for k, v in _cpu(duel.nets.generator.state_dict()).items()}
    return Snapshot(duel.step, duel.epochs_done, seconds, weights, tensors, {"optimiser": plain}, keep)


def restore(duel: "Duel", resume: Snapshot) -> None:
    """Goes on from a snapshot, or begins a new run with its weights; a sentence when they do not fit."""
    try:
        _fill(duel, resume)
    except RuntimeError as error:
        why = str(error).splitlines()[-1].strip()[:160]
        raise LabError(f"The weights to begin with are not those of this pair of networks: {why}") from None


def _fill(duel: "Duel", resume: Snapshot) -> None:
    duel.step = resume.step
    kept = _under("generator.", resume.weights)
    if duel.average is not None:
        duel.average.load_state_dict(kept)
        duel.nets.generator.load_state_dict(_under("net.", resume.resume) or kept)
    else:
        duel.nets.generator.load_state_dict(kept)
    duel.nets.discriminator.load_state_dict(_under("discriminator.", resume.weights))
    if not resume.resume:  # a start from somebody's weights, not from a broken-off run
        duel.step = 0
        return
    remember(list(duel.optimisers), resume.resume, resume.meta["optimiser"])
    duel.luck.restore(resume.resume)
    duel.window.sums.copy_(resume.resume["scores"])


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _cpu(state: dict[str, Any]) -> dict[str, Tensor]:
    return {name: value.detach().cpu().clone(memory_format=torch.contiguous_format) for name, value in state.items()}
