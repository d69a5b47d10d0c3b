"""Directions: ways through the latent space along which one thing changes, and how far others change with it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.errors import LabError
from core.latent.attributes import measured, table_for
from core.latent.sampler import Directions, Sampler

SAMPLES = 1500
STEP = 2.0  # how far a direction is walked, both ways, to see what it changes


@dataclass(frozen=True)
class Effects:
    """What moves along some directions, in standard deviations of each attribute over ordinary pictures."""

    names: tuple[str, ...]  # of the directions
    attributes: tuple[str, ...]
    moved: Tensor  # (directions, attributes): per unit of the direction
    entangled: Tensor  # (directions,): share of all that moves which is not the strongest attribute; 0 is pure


def points(sampler: Sampler, count: int, seed: int = 7) -> Tensor:
    """Ordinary places in the latent space: (count, latent)."""
    return torch.randn(count, sampler.size, generator=torch.Generator().manual_seed(seed))


def turns(sampler: Sampler, count: int) -> Tensor | None:
    """Each class in turn, where the generator knows any."""
    return torch.arange(count) % len(sampler.classes) if sampler.classes else None


def within(values: Tensor, labels: Tensor | None) -> Tensor:
    """What differs between pictures of one class: an eight has more ink than a one whatever the numbers are."""
    if labels is None:
        return values - values.mean(0)
    rest = values.clone()
    for label in labels.unique():
        rest[labels == label] -= values[labels == label].mean(0)
    return rest


def first_layer(sampler: Sampler) -> Tensor:
    """The generator's first step as one matrix (features, latent), batch norm's scale included."""
    net = sampler.generator
    norm = net.start
    assert norm.running_var is not None
    gain = (norm.weight / (norm.running_var + norm.eps).sqrt()).repeat_interleave(16)
    return (net.first.weight * gain[:, None]).detach()


def sefa(sampler: Sampler, count: int = 6) -> Directions:
    """Closed form (Shen 2021): what the first layer stretches most is what changes most. No pictures are needed."""
    matrix = first_layer(sampler)
    _, vectors = torch.linalg.eigh(matrix.T @ matrix)
    return {f"SeFa {i + 1}": upright(vectors[:, -1 - i]) for i in range(bounded(count, sampler.size))}


def pca(sampler: Sampler, count: int = 6, samples: int = SAMPLES) -> Directions:
    """GANSpace (Härkönen 2020): the widest axes of the first layer's answers, brought back to the latent space."""
    z = points(sampler, samples)
    net = sampler.generator
    with torch.inference_mode():
        maps = torch.relu(net.start(net.first(z).view(len(z), -1, 4, 4))).flatten(1)
    maps = maps - maps.mean(0)
    count = bounded(count, sampler.size)
    torch_luck = torch.get_rng_state()
    torch.manual_seed(0)  # pca_lowrank draws from torch's own dice
    _, _, axes = torch.pca_lowrank(maps, count + 4, center=False)
    torch.set_rng_state(torch_luck)
    along = maps @ axes[:, :count]
    found = torch.linalg.lstsq(along, z).solution  # (count, latent): which z gives a step along each axis
    return {f"PCA {i + 1}": upright(found[i]) for i in range(count)}


def regression(sampler: Sampler, samples: int = SAMPLES, ridge: float = 10.0) -> tuple[Directions, dict[str, float]]:
    """One direction per measured attribute: a straight line through pictures and figures; and how well it fits (R²,
    on pictures that the line has not seen)."""
    lines, fits = straight(sampler, samples, ridge)
    return {name: lines[:, i] / lines[:, i].norm().clamp_min(1e-6) for i, name in enumerate(fits)}, fits


def straight(sampler: Sampler, samples: int = SAMPLES, ridge: float = 10.0) -> tuple[Tensor, dict[str, float]]:
    """(latent, attributes): how far each attribute moves per unit of each index, in its standard deviations."""
    z = points(sampler, samples)
    y = turns(sampler, samples)
    table = tuple(table_for(sampler.generator.shape[0], sampler.dataset))
    values = within(measured(sampler.many(z, y), table, sampler.dataset), y)
    values = values / (values.std(0) + 1e-6)
    cut = samples * 4 // 5
    known = z[:cut]
    lines = torch.linalg.solve(known.T @ known + ridge * torch.eye(sampler.size), known.T @ values[:cut])
    rest = values[cut:] - z[cut:] @ lines
    fits = 1 - rest.square().mean(0) / values[cut:].var(0, unbiased=False).clamp_min(1e-6)
    return lines, dict(zip(table, fits.tolist(), strict=True))


def apart(vectors: Directions) -> Directions:
    """The same directions with what they share with the others taken out: less entangled, a little weaker."""
    names = list(vectors)
    matrix = torch.stack([vectors[name] for name in names])
    cleared = {}
    for i, name in enumerate(names):
        others = torch.cat([matrix[:i], matrix[i + 1 :]])
        basis = torch.linalg.qr(others.T).Q
        rest = matrix[i] - basis @ (basis.T @ matrix[i])
        cleared[name] = rest / rest.norm().clamp_min(1e-6)
    return cleared


def effects(sampler: Sampler, vectors: Directions, samples: int = 32) -> Effects:
    """Walks along each direction from ordinary pictures and measures what changes."""
    table = tuple(table_for(sampler.generator.shape[0], sampler.dataset))
    z = points(sampler, 256, seed=11)
    y = turns(sampler, len(z))
    usual = within(measured(sampler.many(z, y), table, sampler.dataset), y).std(0) + 1e-6
    z, y = z[:samples], None if y is None else y[:samples].repeat(2)
    rows = []
    for vector in vectors.values():
        both = measured(sampler.many(torch.cat([z + STEP * vector, z - STEP * vector]), y), table, sampler.dataset)
        more, less = both.chunk(2)
        rows.append(((more - less) / (2 * STEP)).mean(0) / usual)
    moved = torch.stack(rows) if rows else torch.zeros(0, len(table))
    size = moved.abs()
    entangled = 1 - size.amax(1) / size.sum(1).clamp_min(1e-6) if len(rows) else torch.zeros(0)
    return Effects(tuple(vectors), table, moved, entangled)


def between(sampler: Sampler, less: list[Tensor], more: list[Tensor]) -> Tensor:
    """A direction of one's own: from the middle of some pictures to the middle of others."""
    if not less or not more:
        raise LabError("A direction of your own needs pictures on both sides; allowed: one or more each.")
    way: Tensor = torch.stack(more).mean(0) - torch.stack(less).mean(0)
    if float(way.norm()) < 1e-6:
        raise LabError("Both sides hold the same pictures, so there is no way from one to the other.")
    one: Tensor = way / way.norm()
    return one


def upright(vector: Tensor) -> Tensor:
    """Length one; an eigenvector has no sign of its own, so the largest number is made positive."""
    vector = vector / vector.norm().clamp_min(1e-12)
    return vector if float(vector[vector.abs().argmax()]) > 0 else -vector


def bounded(count: int, size: int) -> int:
    if not 1 <= count <= size:
        raise LabError(f"{count} directions are wanted; allowed: 1 to {size}.")
    return count
