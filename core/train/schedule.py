"""The learning rate as a pure function of the step: resuming needs no scheduler state."""

import math

from core.config import RunConfig


def rate(config: RunConfig, step: int, total: int, per_epoch: int) -> float:
    """The learning rate of step `step` (0-based) of `total`."""
    done = step / max(1, total)
    return config.lr * SHAPES[config.schedule](config, done, step // max(1, per_epoch))


def constant(config: RunConfig, done: float, epoch: int) -> float:
    return 1.0


def stairs(config: RunConfig, done: float, epoch: int) -> float:
    """Drops by `step_factor` every `step_every` epochs."""
    return config.step_factor ** (epoch // config.step_every)


def cosine(config: RunConfig, done: float, epoch: int) -> float:
    """Rises in a straight line during the warm-up, then half a cosine down to zero."""
    if done < config.warmup:
        return (done + 1e-3) / (config.warmup + 1e-3)
    return 0.5 * (1 + math.cos(math.pi * (done - config.warmup) / (1 - config.warmup)))


def one_cycle(config: RunConfig, done: float, epoch: int) -> float:
    """From a tenth up to the full rate and down to nothing, in two straight lines (Smith 2018)."""
    if done < config.warmup:
        return 0.1 + 0.9 * done / config.warmup
    return max(1e-3, (1 - done) / (1 - config.warmup))


SHAPES = {"constant": constant, "step": stairs, "cosine": cosine, "one-cycle": one_cycle}
