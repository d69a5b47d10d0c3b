"""What the two players of a GAN want small, as a function of the discriminator's answers."""

from torch import Tensor
from torch.nn import functional as F


def d_loss(kind: str, on_real: Tensor, on_made: Tensor, smoothing: float = 0.0) -> Tensor:
    """What the discriminator wants small. Only the real side's label is smoothed (Salimans 2016)."""
    if kind == "hinge":
        return F.relu(1 - on_real).mean() + F.relu(1 + on_made).mean()
    if kind == "relativistic":  # a real picture shall look more real than a made one (Jolicoeur-Martineau 2018)
        return F.softplus(on_made - on_real).mean()
    real = F.softplus(-on_real) + smoothing * on_real
    return real.mean() + F.softplus(on_made).mean()


def g_loss(kind: str, on_made: Tensor, on_real: Tensor | None) -> Tensor:
    """What the generator wants small."""
    if kind == "hinge":
        return -on_made.mean()
    if kind == "relativistic" and on_real is not None:
        return F.softplus(on_real - on_made).mean()
    return F.softplus(-on_made).mean()
