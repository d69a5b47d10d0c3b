"""A name -> optimiser table, and the optimiser's memory as flat tensors for a snapshot."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from core.config import RunConfig
from core.nets.transfer import slow
from core.train.device import autocast_dtype


def sgd(net: nn.Module, config: RunConfig) -> list[Optimizer]:
    nesterov = config.nesterov and config.momentum > 0
    return [torch.optim.SGD(_groups(net, config), config.lr, config.momentum, nesterov=nesterov, fused=_fused(net))]


def asgd(net: nn.Module, config: RunConfig) -> list[Optimizer]:
    """Averaged SGD as report R2 used it: torch's own, with its defaults."""
    return [torch.optim.ASGD(_groups(net, config), config.lr)]


def adam(net: nn.Module, config: RunConfig) -> list[Optimizer]:
    return [torch.optim.Adam(_groups(net, config), config.lr, fused=_fused(net))]


def adamw(net: nn.Module, config: RunConfig) -> list[Optimizer]:
    return [torch.optim.AdamW(_groups(net, config), config.lr, fused=_fused(net))]


def muon(net: nn.Module, config: RunConfig) -> list[Optimizer]:
    """Muon (Jordan 2024) orthogonalises each step of a weight matrix; vectors and the last layer keep AdamW."""
    trainable = [p for p in net.parameters() if p.requires_grad]
    last = [p for p in trainable if p.ndim == 2][-1:]
    hidden = [p for p in trainable if p.ndim >= 2 and all(p is not other for other in last)]
    others = [p for p in trainable if all(p is not other for other in hidden)]
    made: list[Optimizer] = []
    for factor, kernels in _by_rate(hidden, net, config):
        made.append(Matrices(kernels, config, factor))
    if others:
        made.append(torch.optim.AdamW(_decayed(others, net, config), config.lr, fused=_fused(net)))
    return made


class Matrices(torch.optim.Muon):
    """torch's Muon takes matrices only: it is shown a kernel (filters, channels, height, width) as (filters, rest)."""

    def __init__(self, kernels: list[nn.Parameter], config: RunConfig, factor: float = 1.0) -> None:
        self.kernels = kernels
        self.flat = [nn.Parameter(_matrix(p.data)) for p in kernels]
        super().__init__(
            self.flat,
            lr=config.lr,
            weight_decay=config.weight_decay,
            momentum=config.momentum,
            nesterov=config.nesterov,
            adjust_lr_fn="match_rms_adamw",  # so that one learning rate means the same for both optimisers
        )
        self.param_groups[0]["factor"] = factor
        self.rounds = autocast_dtype(config.precision, self.flat[0].device) is torch.bfloat16

    def step(self, closure: Any = None) -> Any:
        for kernel, flat in zip(self.kernels, self.flat, strict=True):
            flat.grad = None if kernel.grad is None else _matrix(kernel.grad)
        result = super().step(closure) if self.rounds else self._whole()  # type: ignore[no-untyped-call]
        for kernel, flat in zip(self.kernels, self.flat, strict=True):
            kernel.data.copy_(_shaped(flat.data, kernel))
        return result

    @torch.no_grad()
    def _whole(self) -> None:
        """The same step in full precision: torch's rounds to bf16, ten to forty times slower where that is imitated."""
        for group in self.param_groups:
            for flat in group["params"]:
                if flat.grad is None:
                    continue
                mean = self.state[flat].setdefault("momentum_buffer", torch.zeros_like(flat.grad))
                mean.lerp_(flat.grad, 1 - group["momentum"])
                step = flat.grad.lerp(mean, group["momentum"]) if group["nesterov"] else mean
                flat.mul_(1 - group["lr"] * group["weight_decay"])
                flat.add_(orthogonal(step), alpha=-group["lr"] * 0.2 * math.sqrt(max(flat.shape)))


def orthogonal(x: Tensor) -> Tensor:
    """Newton and Schulz: five times a polynomial of x xᵀ, and the singular values of x are near one."""
    turned = x.shape[0] > x.shape[1]
    x = x.T if turned else x
    x = x / x.norm().clamp(min=1e-7)
    factor = product = square = x @ x.T  # from here on all is as small as the shorter side
    for turn in range(5):
        square = factor @ square @ factor if turn else square
        factor = torch.addmm(square, square, square, beta=-4.775, alpha=2.0315)
        factor.diagonal().add_(3.4445)
        product = factor @ product if turn else factor
    x = product @ x
    return x.T if turned else x


def _matrix(weight: Tensor) -> Tensor:
    return weight.reshape(len(weight), -1).clone()  # its own memory: a channels_last kernel may alias itself


def _shaped(matrix: Tensor, kernel: Tensor) -> Tensor:
    return matrix.reshape(kernel.shape)


def _groups(net: nn.Module, config: RunConfig) -> list[dict[str, Any]]:
    """Weights decay; biases and batch-norm scales do not (decaying them only slows the fit)."""
    return _decayed([p for p in net.parameters() if p.requires_grad], net, config)


def _decayed(weights: list[nn.Parameter], net: nn.Module, config: RunConfig) -> list[dict[str, Any]]:
    """`factor` is the share of the learning rate that a group takes."""
    groups = []
    for factor, chosen in _by_rate(weights, net, config):
        groups += [
            {"params": [p for p in chosen if p.ndim > 1], "weight_decay": config.weight_decay, "factor": factor},
            {"params": [p for p in chosen if p.ndim <= 1], "weight_decay": 0.0, "factor": factor},
        ]
    return [group for group in groups if group["params"]]


def _by_rate(weights: list[nn.Parameter], net: nn.Module, config: RunConfig) -> list[tuple[float, list[nn.Parameter]]]:
    """With a trunk, what lies below the new head learns more slowly."""
    below = slow(net, config)
    head, trunk = ([p for p in weights if (id(p) in below) is under] for under in (False, True))
    return [(factor, part) for factor, part in ((1.0, head), (config.trunk_rate, trunk)) if part]


def _fused(net: nn.Module) -> bool:
    return next(net.parameters()).device.type in ("cpu", "cuda", "mps")


OPTIMISERS: dict[str, Callable[[nn.Module, RunConfig], list[Optimizer]]] = {
    "sgd": sgd,
    "asgd": asgd,
    "adam": adam,
    "adamw": adamw,
    "muon": muon,
}


def memory(optimisers: list[Optimizer]) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """All that the optimisers remember: tensors by flat name, and the few plain numbers as JSON values."""
    tensors: dict[str, Tensor] = {}
    plain: dict[str, Any] = {}
    for which, optimiser in enumerate(optimisers):
        for index, state in optimiser.state_dict()["state"].items():
            for key, value in state.items():
                if isinstance(value, Tensor):
                    tensors[f"optimiser.{which}.{index}.{key}"] = value.detach().cpu().clone()
                else:
                    plain[f"optimiser.{which}.{index}.{key}"] = value
    return tensors, plain


def remember(optimisers: list[Optimizer], tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
    """Puts back what `memory` gave: copies, laid out in memory like the weights, or sums would round differently."""
    for which, optimiser in enumerate(optimisers):
        weights = [p for group in optimiser.param_groups for p in group["params"]]
        state: dict[int, dict[str, Any]] = {}
        for name, value in [*tensors.items(), *plain.items()]:
            parts = name.split(".", 3)
            if parts[0] == "optimiser" and int(parts[1]) == which:
                index, key = int(parts[2]), parts[3]
                state.setdefault(index, {})[key] = _copied(value, weights[index])
        optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def _copied(value: Any, weight: Tensor) -> Any:
    if not isinstance(value, Tensor):
        return value
    return torch.empty_like(weight).copy_(value) if value.shape == weight.shape else value.clone()
