"""What happened? Sentences computed from a run's curves, for a student who looks at them."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from core.config import RunConfig

Line = tuple[NDArray[np.float32], NDArray[np.float32]]  # steps, values
Curves = Mapping[str, Line]
CLASSES = 10  # when nobody says


def sentences(curves: Curves, config: RunConfig, classes: int = CLASSES) -> list[str]:
    """One sentence for each thing that is to be seen in the curves; most important first."""
    found = [rule(curves, config, classes) for rule in RULES]
    return [text for text in found if text]


def guessing(curves: Curves, config: RunConfig, classes: int) -> str | None:
    """A network that answers no better than chance."""
    loss, accuracy = values(curves, "train/loss"), values(curves, "train/accuracy")
    if len(loss) < 10 or accuracy[-5:].mean() > 1.5 / classes or loss[-5:].mean() < 0.95 * math.log(classes):
        return None
    why = f"a learning rate of {config.lr:g} may be {'too low' if config.lr < 1e-3 else 'too high'} for this network"
    return (
        f"It is guessing: the loss stays near {math.log(classes):.2f}, which is what equal odds for {classes} classes "
        f"give, and accuracy near {1 / classes:.0%}. Perhaps {why}."
    )


def jumped(curves: Curves, config: RunConfig, classes: int) -> str | None:
    """A loss that rose: the sign of a learning rate that is too high."""
    steps, loss = curves.get("train/loss", EMPTY)
    steps, loss = steps[np.isfinite(loss)], loss[np.isfinite(loss)]
    if len(loss) < 8:
        return None
    smooth = np.convolve(loss, np.ones(3) / 3, mode="valid")
    best = np.minimum.accumulate(smooth)
    rise = smooth - best
    worst = int(rise.argmax())
    if rise[worst] < 0.25 * max(best[worst], 0.2) or rise[worst] < 0.1:
        return None
    came = int(np.flatnonzero(smooth[: worst + 1] == best[worst])[-1])
    back = "and recovered" if smooth[-1] < best[worst] * 1.05 else "and has not come back"
    return (
        f"The loss rose after step {int(steps[came + 1])}, from {best[worst]:.2g} to {smooth[worst]:.2g}, {back}: "
        f"the learning rate ({config.lr:g}) is at the edge of "
        f"what this network bears. Try {config.lr / 3:.2g}, or a warm-up."
    )


def overfitting(curves: Curves, config: RunConfig, classes: int) -> str | None:
    """Test loss rises while training loss falls: the network learns its pictures by heart."""
    test, train = values(curves, "test/loss"), tested(curves, "epoch/train_loss")
    best = int(test.argmin()) if len(test) else 0
    if len(test) < 4 or len(test) - best < 3 or len(train) < len(test):
        return None
    if test[-1] < 1.1 * test[best] or train[-1] >= train[best]:
        return None
    return (
        f"Over-fitting since epoch {(best + 1) * config.test_every}: the test loss rose from {test[best]:.3g} to "
        f"{test[-1]:.3g} while the training loss fell from {train[best]:.3g} to {train[-1]:.3g}. Dropout, "
        "augmentation, weight decay or fewer epochs help."
    )


def vanished(curves: Curves, config: RunConfig, classes: int) -> str | None:
    """Gradients so small that nothing moves."""
    norm, accuracy = values(curves, "gradient_norm"), values(curves, "train/accuracy")
    if len(norm) < 10 or norm[-5:].mean() > 1e-3 or accuracy[-5:].mean() > 0.9:
        return None
    hint = " Sigmoid and tanh flatten out; relu does not." if config.activation in ("sigmoid", "tanh") else ""
    return f"The gradient has almost vanished (length {norm[-5:].mean():.1g}), so the weights hardly move.{hint}"


def unfinished(curves: Curves, config: RunConfig, classes: int) -> str | None:
    """Accuracy that is still rising at the end."""
    accuracy = values(curves, "test/accuracy")
    if config.grow or len(accuracy) < 3 or accuracy[-1] > 0.995 or accuracy[-1] < 1.5 / classes:
        return None
    gain = (accuracy[-1] - accuracy[-3]) / 2 / config.test_every
    if gain < 0.003:
        return None
    slow = " Adam or momentum would be quicker." if config.optimiser == "sgd" and config.momentum < 0.5 else ""
    return (
        f"Still learning: the last epochs each brought {100 * gain:.1f} points of test accuracy, so more of them will "
        f"help.{slow}"
    )


def masked(curves: Curves, config: RunConfig, classes: int) -> str | None:
    """Test accuracy above training accuracy puzzles everybody once."""
    test, train = values(curves, "test/accuracy"), values(curves, "epoch/train_accuracy")
    if len(test) < 1 or len(train) < 1 or test[-1] < train[-1] + 0.005:
        return None
    return (
        f"Test accuracy ({test[-1]:.1%}) is above training accuracy ({train[-1]:.1%}), and that is no mistake: dropout "
        "and augmentation make training pictures harder, and training accuracy is averaged over an epoch in which the "
        "network still improved."
    )


def gap(curves: Curves, config: RunConfig, classes: int) -> str | None:
    """How far training accuracy runs ahead."""
    test, train = values(curves, "test/accuracy"), values(curves, "epoch/train_accuracy")
    if len(test) < 2 or len(train) < 2 or train[-1] - test[-1] < 0.03:
        return None
    return f"Better on pictures it has trained on: {train[-1]:.1%} there, {test[-1]:.1%} on the test set."


RULES: tuple[Callable[[Curves, RunConfig, int], str | None], ...] = (
    guessing,
    jumped,
    overfitting,
    vanished,
    unfinished,
    gap,
    masked,
)
EMPTY: Line = (np.zeros(0, np.float32), np.zeros(0, np.float32))


def tested(curves: Curves, name: str) -> NDArray[np.float32]:
    """The values of one curve at the steps that ended in a test."""
    steps, found = curves.get(name, EMPTY)
    return found[np.isfinite(found) & np.isin(steps, curves.get("test/loss", EMPTY)[0])]


def values(curves: Curves, name: str) -> NDArray[np.float32]:
    """The finite values of one curve."""
    line = curves.get(name, EMPTY)[1]
    return line[np.isfinite(line)]
