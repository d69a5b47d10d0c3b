"""What several tests of the nets share."""

import random

from core.nets.words import ACTIVATIONS

SHAPES = {"mnist": (1, 28, 28), "fashion": (1, 28, 28), "cifar10": (3, 32, 32)}


def random_line(rng: random.Random) -> str:
    """A line of proper words that mostly fits 28x28 pictures."""
    words = []
    for _ in range(rng.randint(0, 5)):
        side, rate = rng.randint(1, 5), rng.choice((0, 0.1, 0.5))
        padding = rng.choice(("", " p1", " p2", " same"))
        words.append(
            rng.choice(
                (
                    f"conv {rng.choice((2, 4, 6))} {side}x{rng.randint(1, 4)}{padding}",
                    f"conv {rng.choice((2, 4, 6))} {side} s{rng.randint(1, 3)}{padding}",
                    f"res {rng.choice((2, 4))} {rng.choice(('', 's2', 'tanh', 'plain', 's2 gelu plain'))}",
                    f"pool {rng.randint(1, 3)}",
                    f"pool 3 s{rng.randint(1, 3)} p1",
                    f"avgpool {rng.randint(1, 3)}",
                    f"dropout2d {rate}",
                    "bn",
                    rng.choice(ACTIVATIONS),
                )
            )
        )
    words.append(rng.choice(("flatten", "gap", "gmp")))
    words += rng.choice(([], [f"linear {rng.randint(1, 9)}", "bn", "relu", f"dropout {0.25}"]))
    return " | ".join([*words, "linear classes", *rng.choice(([], ["scale 0.5"], ["softmax"]))])
