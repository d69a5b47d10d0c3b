"""A GAN run at one of its moments, ready to make pictures."""

from core.data import registry
from core.errors import LabError
from core.latent.sampler import Sampler, sampler
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
