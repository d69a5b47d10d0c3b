"""A GAN run at one of its moments, ready to make pictures."""

from torch import Tensor

from core.data import registry
from core.errors import LabError
from core.latent.sampler import Sampler, sampler
from core.nets import checkpoint
from core.runs import snapfiles
from core.runs.openings import moment_of
from core.runs.store import Store
from core.train.gan_pictures import squared


def sampler_at(store: Store, number: int, step: int | None = None) -> Sampler:
    """The generator of a run after so many steps; without a step, its newest snapshot."""
    run = store.run(number)
    if run.config.kind != "gan":
        raise LabError(f"Run {number} trains a {run.config.kind}; allowed here: a GAN.")
    moment = moment_of(store, number, step)
    data = registry.load(run.config.dataset)
    channels, side, _ = squared(data.x_train[:1]).shape[1:]
    classes = data.classes if run.config.conditional else ()
    title = f"run {run.id}, epoch {moment.epoch:.4g}"
    return sampler(title, run.config, (channels, side, side), classes, snapfiles.weights(moment.path))


def pair_weights(store: Store, where: str) -> dict[str, Tensor]:
    """Both networks of a saved GAN, of a run (`run:12`) or of one of its moments (`run:12@1200`), to begin with."""
    if not where.startswith("run:"):
        tensors, card = checkpoint.read(checkpoint.find(where))
        if card.kind != "gan":
            raise LabError(
                f"The trunk {where!r} is a {card.kind}; a GAN can begin with a saved GAN or run:NUMBER@STEP."
            )
    else:
        number, _, step = where[4:].partition("@")
        if not number.isdigit() or (step and not step.isdigit()):
            raise LabError(f"The trunk is {where!r}; allowed: a saved GAN, run:12, or run:12@1200 for a moment of it.")
        tensors = snapfiles.weights(moment_of(store, int(number), int(step) if step else None).path)
    return {name: each.float() for name, each in tensors.items() if name.startswith(("generator.", "discriminator."))}
