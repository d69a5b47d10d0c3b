"""One training run's moving parts: network, optimisers, average, luck. It takes steps and makes snapshots."""

import copy
import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.config import RunConfig
from core.data.batches import steps_per_epoch
from core.data.dataset import Dataset
from core.nets.line import Net
from core.nets.transfer import free
from core.train.average import follow
from core.train.device import autocast, autocast_dtype
from core.train.facts import Snapshot
from core.train.growth import check, grown
from core.train.holdout import split
from core.train.judge import evaluate
from core.train.luck import Luck
from core.train.mixing import cutmixed
from core.train.optim import OPTIMISERS, memory, remember
from core.train.schedule import rate
from core.train.tally import Tally


class Training:
    """All that changes while a run trains, and nothing that decides when to stop."""

    def __init__(
        self,
        config: RunConfig,
        data: Dataset,
        net: nn.Module,
        device: torch.device,
        resume: Snapshot | None,
        rest: dict[str, Tensor] | None = None,
    ) -> None:
        """`rest`: weights that stay as they are and are in every snapshot, though `net` does not hold them."""
        self.config, self.data, self.device = config, data, device
        self.x, self.y, self.x_val, self.y_val = split(config, data)
        known = self.y_val < len(data.classes)  # strangers are there to learn from, not to be judged by
        self.x_val, self.y_val = self.x_val[known], self.y_val[known]
        self.per_epoch = steps_per_epoch(len(self.y), config.batch_size)
        self.total = self.per_epoch * config.epochs
        self.dtype = autocast_dtype(config.precision, device)
        self.net: nn.Module = net.to(device).to(memory_format=torch.channels_last)
        self.rest = rest or {}
        if config.grow:
            check(config, self.net, self.x)
        if resume:
            self.net.load_state_dict({name: resume.weights[name] for name in self.net.state_dict()})
        if config.trunk and isinstance(self.net, Net):
            free(self.net, config)  # the optimisers must know all that will ever learn
        self.average: nn.Module | None = copy.deepcopy(self.net) if config.average else None
        if resume and self.average is not None:  # the snapshot's weights are the average's; training goes on from these
            self.net.load_state_dict(
                {name[4:]: value for name, value in resume.resume.items() if name.startswith("net.")}
            )
        self.optimisers = OPTIMISERS[config.optimiser](self.net, config)
        self.trainable = [p for p in self.net.parameters() if p.requires_grad]
        self.luck = Luck(config.seed, device)
        self.step = 0
        self.lr = 0.0  # of the last step
        self.figures: dict[str, float] = {}  # of the last test
        self.window = Tally(device)  # since the last metric
        self.epoch = Tally(device)  # since the epoch began
        self.best = math.inf  # best validation loss so far, for early stopping
        self.worse = 0  # epochs since then
        if resume:
            self._restore(resume)
        self.climb()

    @property
    def epochs_done(self) -> float:
        return self.step / self.per_epoch

    @property
    def judged(self) -> nn.Module:
        """The network that is tested and kept: the running average if there is one."""
        return self.average if self.average is not None else self.net

    def advance(self, x: Tensor, y: Tensor) -> None:
        """One optimiser step on one ready batch. The gradients stay until the next one, for `gradient_norm`."""
        for p in self.trainable:
            p.grad = None
        if self.step % self.per_epoch == 0:
            self.climb()
        lr = rate(self.config, self.step, self.total, self.per_epoch)
        taught = y
        if self.config.cutmix:
            classes = len(self.data.classes) + self.config.refuse
            x, taught = cutmixed(x, y, classes, self.config.cutmix, self.luck.augment)
            y = taught.argmax(1)  # right is who names what fills most of the picture
        if self.config.grow:
            x = grown(x, self.config, self.step / self.total)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = lr * group.get("factor", 1.0)
        pieces = (each.chunk(self.config.accumulate) for each in (x, y, taught))
        for part_x, part_y, asked in zip(*pieces, strict=True):
            with autocast(self.device, self.dtype):
                answer = self.net(part_x)
                if self.config.refuse:  # "none of these" is one more class, whose logit is always 0
                    answer = F.pad(answer, (0, 1))
                loss = F.cross_entropy(answer, asked, label_smoothing=self.config.label_smoothing)
            (loss * (len(part_y) / len(y)) if len(part_y) < len(y) else loss).backward()
            self.window.add(loss, answer, part_y)
        if self.config.clip:
            nn.utils.clip_grad_norm_(self.trainable, self.config.clip)
        self._finish(lr)

    def _finish(self, lr: float) -> None:
        for optimiser in self.optimisers:
            optimiser.step()
        self.lr = lr
        self.step += 1
        if self.average is not None:
            follow(self.average, self.net, min(self.config.average, self.step / (self.step + 10)))

    def climb(self) -> None:
        """Frees the rung of the freeze ladder that this epoch has reached."""
        if self.config.trunk and self.config.unfreeze_at and isinstance(self.net, Net):
            free(self.net, self.config, self.step // self.per_epoch)

    @property
    def test_due(self) -> bool:
        """At the end of an epoch: is this one tested?"""
        return self.step >= self.total or self.step // self.per_epoch % self.config.test_every == 0

    def gradient_norm(self) -> float:
        """The length of the last step's gradient, over all weights."""
        return float(nn.utils.get_total_norm([p.grad for p in self.trainable if p.grad is not None]))

    def test(self) -> dict[str, float]:
        """Loss and accuracy on the test set, and on the held-out part of the training set if there is one."""
        data = self.data
        figures: dict[str, float] = {}
        for name, x, y in (("val", self.x_val, self.y_val), ("test", data.x_test, data.y_test)):
            if len(y):
                loss, accuracy = evaluate(self.judged, x, y, self.config.scale, data.mean, data.std)
                figures |= {f"{name}/loss": loss, f"{name}/accuracy": accuracy}
        self.figures = figures
        return figures

    def snapshot(self, seconds: float, keep: bool) -> Snapshot:
        tensors, plain = memory(self.optimisers)
        tensors |= self.luck.state() | self.window.state("window") | self.epoch.state("epoch")
        if self.average is not None:
            tensors |= {f"net.{name}": value for name, value in _cpu(self.net.state_dict()).items()}
        meta: dict[str, Any] = {
            "optimiser": plain,
            "best": self.best if math.isfinite(self.best) else None,
            "worse": self.worse,
        }
        weights = self.rest | _cpu(self.judged.state_dict())
        return Snapshot(self.step, self.epochs_done, seconds, weights, tensors, meta, keep)

    def _restore(self, resume: Snapshot) -> None:
        self.step = resume.step
        remember(self.optimisers, resume.resume, resume.meta["optimiser"])
        self.luck.restore(resume.resume)
        self.window.restore("window", resume.resume)
        self.epoch.restore("epoch", resume.resume)
        self.best = math.inf if resume.meta["best"] is None else resume.meta["best"]
        self.worse = resume.meta["worse"]


def _cpu(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().cpu().clone(memory_format=torch.contiguous_format) for name, value in state.items()}
