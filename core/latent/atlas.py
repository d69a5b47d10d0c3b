"""The atlas: for every latent index what it changes, how much, and how far it can go. R0's open question as a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from core.latent.directions import points, straight, turns
from core.latent.sampler import Sampler
from core.nets.eye import features

BASES = 10  # ordinary pictures from which each index is moved
FAR = (2.0, 5.0, 10.0)  # to here, both ways; training saw hardly anything beyond 3, and a Latent holds no more than 10
DOUBT = 0.5  # standard deviations of ordinary pictures: by so much less plausible is no longer as plausible as before
STRAIN = 5.0  # where the loss of plausibility is told
SIDE = 32  # of the effect's picture
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Atlas:
    """One row per index."""

    attributes: tuple[str, ...]
    pictures: Tensor  # (indices, 32, 32) uint8: mean |dG/dz_i| over colours, 255 is the most any index changes
    size: Tensor  # (indices,): mean change of a pixel per unit, in 255ths
    moved: Tensor  # (indices, attributes): per unit, in standard deviations over ordinary pictures
    low: Tensor  # (indices,): from here …
    high: Tensor  # … to here pictures stay as plausible as before, by less than DOUBT; 10 is as far as was tried
    strain: Tensor  # (indices,): by how many standard deviations they get less plausible at -5 and +5, on average

    @property
    def ranged(self) -> bool:
        """Whether the ranges are known."""
        return not bool(self.low.isnan().any())

    def strongest(self, index: int) -> list[tuple[str, float]]:
        """What an index moves, most first."""
        row = self.moved[index].tolist()
        return sorted(zip(self.attributes, row, strict=True), key=lambda pair: -abs(pair[1]))

    def of(self, attribute: str) -> list[int]:
        """The indices that move an attribute, most first."""
        return self.moved[:, self.attributes.index(attribute)].abs().argsort(descending=True).tolist()

    def tensors(self) -> dict[str, Tensor]:
        """For keeping beside the weights."""
        half = {name: getattr(self, name).half() for name in FIGURES}
        words = torch.tensor(list("\n".join(self.attributes).encode()), dtype=torch.uint8)
        return {f"atlas.{name}": value for name, value in {**half, "pictures": self.pictures, "words": words}.items()}


FIGURES = ("size", "moved", "low", "high", "strain")


def kept(tensors: Mapping[str, Tensor]) -> Atlas | None:
    """The atlas that was stored with the weights, if there is one; ranges of an older kind are left out (NaN)."""
    if "atlas.words" not in tensors:
        return None
    words = tuple(bytes(tensors["atlas.words"].tolist()).decode().split("\n"))
    figures = {name: tensors[f"atlas.{name}"].float() for name in FIGURES if f"atlas.{name}" in tensors}
    if "strain" not in figures:
        figures |= {name: torch.full_like(figures["size"], torch.nan) for name in ("low", "high", "strain")}
    return Atlas(words, tensors["atlas.pictures"], **figures)


@torch.inference_mode()
def atlas(sampler: Sampler, progress: Progress | None = None) -> Atlas:
    """Moves each index from a few ordinary pictures, one at a time, and looks at what happens."""
    lines, fits = straight(sampler)  # many pictures: ten would only show their own accidents
    ordinary, labels = points(sampler, 256, seed=21), turns(sampler, 256)
    judge = Judge(sampler, sampler.many(ordinary, labels), labels)
    plain = judge.plain(BASES)  # from pictures that are not odd themselves
    z, y = ordinary[plain], None if labels is None else labels[plain]
    before = judge.doubts(plain)
    places = [sign * far for far in FAR for sign in (-1, 1)]
    again = None if y is None else y.repeat(len(places))
    pictures, sizes, doubts = [], [], []
    for index in range(sampler.size):
        made = sampler.many(torch.cat([moved_to(z, index, place) for place in places]), again, batch=32)
        less, more = made[:BASES].float(), made[BASES : 2 * BASES].float()
        change = (more - less).abs().mean((0, 1)) / (2 * FAR[0]) * 127.5
        pictures.append(F.adaptive_avg_pool2d(change[None, None], SIDE)[0, 0])
        sizes.append(change.mean())
        lost = judge(made, again).view(2, len(FAR), 2, BASES) - before[:, None, None]
        doubts.append(lost.mean(3).amax(0))  # whoever is the stricter: (places, both ways)
        if progress:
            progress((index + 1) / sampler.size)
    stacked, lost = torch.stack(pictures), torch.stack(doubts)
    shown = (stacked / stacked.max().clamp_min(1e-6) * 255).round().to(torch.uint8)
    low, high = (torch.tensor([reach(each) for each in lost[:, :, side].tolist()]) for side in (0, 1))
    strain = lost[:, FAR.index(STRAIN)].mean(1)
    return Atlas(tuple(fits), shown, torch.stack(sizes), lines, 0.0 - low, high, strain)


class Judge:
    """How implausible a picture is, by two who do not know each other: the discriminator, and the lab's eye (as the
    Mahalanobis distance from the cloud of ordinary pictures). In standard deviations of ordinary pictures."""

    def __init__(self, sampler: Sampler, usual: Tensor, labels: Tensor | None) -> None:
        self.sampler = sampler
        seen = features(usual.float())
        self.middle = seen.mean(0)
        cov = torch.cov(seen.T)
        # few pictures for so many features: pulled towards a round cloud
        self.inverse = torch.linalg.inv(0.5 * cov + 0.5 * torch.eye(len(cov)) * cov.diagonal().mean())
        self.usual = self.raw(usual, labels)
        self.spread = self.usual.std(1, keepdim=True) + 1e-6

    def raw(self, x: Tensor, labels: Tensor | None) -> Tensor:
        """(2, N): the discriminator's disbelief, and how strange the eye finds it."""
        apart = features(x.float()) - self.middle
        strange = ((apart @ self.inverse) * apart).sum(1).sqrt()
        return torch.stack([-self.sampler.judged(x, labels).float(), strange])

    def __call__(self, x: Tensor, labels: Tensor | None) -> Tensor:
        return self.raw(x, labels) / self.spread

    def doubts(self, chosen: Tensor) -> Tensor:
        """The same of some of the ordinary pictures: (2, chosen)."""
        return self.usual[:, chosen] / self.spread

    def plain(self, count: int) -> Tensor:
        """The first of the ordinary pictures that both find no odder than most."""
        ranks = self.usual.argsort(1).argsort(1).float() / self.usual.shape[1]
        return ranks.amax(0).argsort()[: self.usual.shape[1] // 3].sort().values[:count]


def moved_to(z: Tensor, index: int, value: float) -> Tensor:
    """The same places with another number at one index."""
    other = z.clone()
    other[:, index] = value
    return other


def reach(lost: list[float]) -> float:
    """Where the loss of plausibility at the places of FAR passes DOUBT, with straight lines between; 10 if nowhere."""
    place, before = 0.0, 0.0
    for far, now in zip(FAR, lost, strict=True):
        if now > DOUBT:
            return place + (far - place) * (DOUBT - before) / (now - before)
        place, before = far, now
    return FAR[-1]
