"""One step of each player in slow motion: the same pictures judged before, after D's step, and after G's step."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.config import RunConfig
from core.data.dataset import Dataset
from core.train.duel import Duel
from core.train.facts import Snapshot


@dataclass(frozen=True)
class Slow:
    """Eight real and eight made pictures, (8, C, S, S) in -1..1, and what the discriminator answers each time."""

    real: Tensor
    made: Tensor
    remade: Tensor  # the same latents after the generator's step
    before: tuple[Tensor, Tensor]  # D(real), D(made)
    after_d: tuple[Tensor, Tensor]
    after_g: tuple[Tensor, Tensor]


def slow(config: RunConfig, data: Dataset, weights: dict[str, Tensor], count: int = 8, seed: int = 0) -> Slow:
    """Takes one step of each from the weights of a snapshot; nothing of it is kept."""
    calm = config.replace(batch_size=count, average=0.0, train_only="both", d_steps=1, schedule="constant", seed=seed)
    duel = Duel(calm, data, torch.device("cpu"), Snapshot(0, 0.0, 0.0, weights, {}))
    for optimiser in duel.optimisers:
        for group in optimiser.param_groups:
            group["lr"] = config.lr
    chosen = duel.places(0, 0)[0]
    real, y = duel.real(chosen), duel.labels(chosen)
    z = torch.randn(len(real), config.latent, generator=duel.luck.augment)

    def again() -> Tensor:
        made: Tensor = duel.nets.generator(z, y)
        return made

    def asked(made: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            on_real, on_made = duel.answers(real, made, y)
        return on_real.float(), on_made.float()

    made = again()
    before = asked(made)
    duel.teach_discriminator(real, made.detach(), y)
    after_d = asked(made)
    duel.teach_generator(real, made, y)
    with torch.no_grad():
        remade = again()
    return Slow(real, made.detach(), remade, before, after_d, asked(remade))
