"""A GAN's moving parts: two networks, two optimisers, an average. It takes steps."""

import copy

import torch
from torch import Tensor, nn

from core.config import RunConfig
from core.data.batches import order, parts, steps_per_epoch
from core.data.dataset import Dataset
from core.nets.gan import Generator, Pair, pair
from core.train import duel_snapshot
from core.train.average import follow
from core.train.device import autocast, autocast_dtype
from core.train.diff_augment import changed
from core.train.facts import Snapshot
from core.train.gan_losses import d_loss, g_loss
from core.train.gan_pictures import learned
from core.train.gan_scores import Scores
from core.train.luck import Luck
from core.train.schedule import rate

LAZY = 16  # the R1 penalty is taken at every so many steps, and weighs as much more (Karras 2020)


class Duel:
    """All that changes while a GAN trains, and nothing that decides when to stop."""

    def __init__(self, config: RunConfig, data: Dataset, device: torch.device, resume: Snapshot | None) -> None:
        self.config, self.device = config, device
        x, labels = learned(config, data)
        self.x, self.y = x.to(device), labels.to(device)
        channels, side = self.x.shape[1], self.x.shape[-1]
        self.classes = data.classes if config.conditional else ()
        self.batch = min(config.batch_size, len(self.x))
        self.per_epoch = steps_per_epoch(len(self.x), self.batch)
        self.total = self.per_epoch * config.epochs
        self.dtype = autocast_dtype(config.precision, device)
        made = pair(config.net, (channels, side, side), config.latent, len(self.classes), config.d_norm, config.seed)
        self.nets = Pair(*(_placed(net, device) for net in made))  # type: ignore[arg-type]
        self._rest()
        self.average: Generator | None = copy.deepcopy(self.nets.generator) if config.average else None
        self.optimisers = [
            torch.optim.Adam(net.parameters(), 1e-3, betas=(0.5, 0.99 if config.r1 else 0.999), fused=True)
            for net in self.nets
        ]
        self.luck = Luck(config.seed, device)
        self.step = 0
        self.lr = 0.0
        self.window = Scores(device)
        self.fixed = torch.randn(64, config.latent, generator=torch.Generator().manual_seed(config.seed)).to(device)
        if resume:
            duel_snapshot.restore(self, resume)

    def _rest(self) -> None:
        """Who does not learn keeps the running figures of its batch norms, too."""
        for player, net in self.nets._asdict().items():
            if self.config.train_only not in ("both", player):
                for layer in net.modules():
                    if isinstance(layer, nn.BatchNorm2d):
                        layer.momentum = 0.0

    @property
    def epochs_done(self) -> float:
        return self.step / self.per_epoch

    @property
    def judged(self) -> Generator:
        """The generator that is shown and kept: the running average if there is one."""
        return self.average if self.average is not None else self.nets.generator

    def places(self, epoch: int, start: int) -> list[Tensor]:
        """Which pictures each step of an epoch sees, from step `start` on."""
        return parts(order(len(self.x), self.config.seed, epoch, self.config.shuffle), self.batch)[start:]

    def advance(self, chosen: Tensor) -> None:
        """One step of each player, on the same made pictures; `train_only` lets one of them rest."""
        config = self.config
        self.lr = rate(config, self.step, self.total, self.per_epoch)
        for optimiser, own in zip(self.optimisers, (1.0, config.d_lr / config.lr if config.d_lr else 1.0), strict=True):
            for group in optimiser.param_groups:
                group["lr"] = self.lr * own
        x, y = self.real(chosen), self.labels(chosen)
        learns_g, learns_d = config.train_only != "discriminator", config.train_only != "generator"
        with torch.set_grad_enabled(learns_g):
            made = self.make(len(x), y)
        if learns_d:
            for turn in range(config.d_steps):
                if turn:
                    other = self.x_at_random(len(x))
                    x, y = self.real(other), self.labels(other)
                    with torch.no_grad():
                        made_for_d = self.make(len(x), y)
                else:
                    made_for_d = made.detach()
                self.teach_discriminator(x, made_for_d, y)
            if config.d_steps > 1 and learns_g:
                made = self.make(len(x), y)
        if learns_g:
            self.teach_generator(x, made, y)
        if not learns_d:
            self.watch_discriminator(x, made.detach(), y)
        self.step += 1
        if self.average is not None and learns_g:
            follow(self.average, self.nets.generator, min(config.average, (self.step + 1) / (self.step + 10)))

    def real(self, chosen: Tensor) -> Tensor:
        """Pictures as the discriminator eats them: -1..1, mirrored half of the time where that is allowed."""
        x = self.x.index_select(0, chosen.to(self.device)).float().div_(127.5).sub_(1)
        if self.config.flip:
            turn = torch.rand(len(x), 1, 1, 1, generator=self.luck.augment, device=self.device) < 0.5
            x = torch.where(turn, x.flip(3), x)
        return x.contiguous(memory_format=torch.channels_last)

    def labels(self, chosen: Tensor) -> Tensor | None:
        return self.y[chosen.to(self.device)] if self.classes else None

    def x_at_random(self, n: int) -> Tensor:
        return torch.randint(len(self.x), (n,), generator=self.luck.augment, device=self.device)

    def make(self, n: int, y: Tensor | None) -> Tensor:
        z = torch.randn(n, self.config.latent, generator=self.luck.augment, device=self.device)
        with autocast(self.device, self.dtype):
            made: Tensor = self.nets.generator(z, y)
        return made

    def seen(self, x: Tensor) -> Tensor:
        return changed(x, self.luck.augment) if self.config.diff_augment else x

    def answers(self, real: Tensor, made: Tensor, y: Tensor | None) -> tuple[Tensor, Tensor]:
        """D(real), D(made): in one go, unless batch norm must not mix the two."""
        d = self.nets.discriminator
        with autocast(self.device, self.dtype):
            if self.config.d_norm == "batch":
                return d(self.seen(real), y), d(self.seen(made), y)
            both = self.seen(torch.cat([real, made]).contiguous(memory_format=torch.channels_last))
            on_real, on_made = d(both, torch.cat([y, y]) if y is not None else None).chunk(2)
            return on_real, on_made

    def teach_discriminator(self, real: Tensor, made: Tensor, y: Tensor | None) -> None:
        for p in self.nets.discriminator.parameters():
            p.grad = None
        on_real, on_made = self.answers(real, made, y)
        loss = d_loss(self.config.gan_loss, on_real, on_made, self.config.label_smoothing)
        if self.config.r1 and self.step % LAZY == 0:
            loss = loss + 0.5 * self.config.r1 * LAZY * self.steepness(real, y)
        loss.backward()
        self.optimisers[1].step()
        self.window.add_d(loss, on_real, on_made)

    def steepness(self, real: Tensor, y: Tensor | None) -> Tensor:
        """How fast the answer changes around real pictures (Mescheder 2018), in full precision."""
        seen = self.seen(real).detach().requires_grad_()
        (slope,) = torch.autograd.grad(self.nets.discriminator(seen, y).sum(), seen, create_graph=True)
        return slope.square().sum((1, 2, 3)).mean()

    def teach_generator(self, real: Tensor, made: Tensor, y: Tensor | None) -> None:
        d = self.nets.discriminator
        for p in self.nets.generator.parameters():
            p.grad = None
        for p in d.parameters():
            p.requires_grad_(False)  # its own gradients would be thrown away
        with autocast(self.device, self.dtype):
            on_made = d(self.seen(made), y)
            with torch.no_grad():
                on_real = d(self.seen(real), y) if self.config.gan_loss == "relativistic" else None
        loss = g_loss(self.config.gan_loss, on_made, on_real)
        loss.backward()
        self.optimisers[0].step()
        for p in d.parameters():
            p.requires_grad_(True)
        self.window.add_g(loss, on_made)

    @torch.no_grad()
    def watch_discriminator(self, real: Tensor, made: Tensor, y: Tensor | None) -> None:
        """The scores of a discriminator that rests."""
        on_real, on_made = self.answers(real, made, y)
        self.window.add_d(torch.zeros((), device=self.device), on_real, on_made)

    def gradient_norm(self) -> float:
        grads = [p.grad for p in self.nets.generator.parameters() if p.grad is not None]
        return float(nn.utils.get_total_norm(grads)) if grads else 0.0

    @torch.no_grad()
    def samples(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Pictures of the kept generator, in full precision, 32 at a time."""
        net = self.judged.eval()
        if self.classes and y is None:
            y = torch.arange(len(z), device=z.device) % len(self.classes)
        made = [net(part, None if y is None else y[i * 32 : i * 32 + 32]) for i, part in enumerate(z.split(32))]
        net.train()
        return torch.cat(made)


def _placed(net: nn.Module, device: torch.device) -> nn.Module:
    return net.to(device).to(memory_format=torch.channels_last)
