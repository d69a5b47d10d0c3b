"""Find me in there: the latent whose picture is most like a given one."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from core.data.ink import CHARACTERS, prepare
from core.errors import LabError
from core.latent.latent import Latent
from core.latent.sampler import Sampler
from core.latent.walks import at
from core.nets.eye import eye, shown
from core.train.gan_pictures import squared

STARTS = 256  # ordinary pictures to begin with the most similar of
STEPS = 120
LARGEST = 4096


def fitted(image: NDArray[np.uint8], sampler: Sampler) -> Tensor:
    """Any picture as the generator makes them: (1, C, S, S) in -1..1; the middle square, resized, grey or colour."""
    if image.ndim not in (2, 3) or image.dtype != np.uint8 or 0 in image.shape or max(image.shape[:2]) > LARGEST:
        raise LabError(
            f"The picture is {image.dtype} of shape {image.shape}; allowed: grey or colour, up to {LARGEST} a side."
        )
    x = torch.from_numpy(np.array(image if image.ndim == 3 else image[..., None])).permute(2, 0, 1)[None].float()
    if x.shape[1] in (2, 4):  # what is transparent becomes white paper
        alpha = x[:, -1:] / 255
        x = x[:, :-1] * alpha + 255 * (1 - alpha)
    channels, side, _ = sampler.generator.shape
    if channels == 1 and x.shape[1] > 1:
        x = x.mean(1, keepdim=True)
    least = min(x.shape[-2:])
    top, left = (x.shape[-2] - least) // 2, (x.shape[-1] - least) // 2
    x = x[:, :, top : top + least, left : left + least].expand(-1, channels, -1, -1)
    if least != side:
        x = F.interpolate(x, (side, side), mode="bilinear", antialias=least > side)
    return x / 127.5 - 1


def drawn(raw: NDArray[np.uint8], sampler: Sampler) -> Tensor:
    """A drawing (dark on white) as the generator makes them: characters are cut out and centred as those it learned."""
    channels, side, _ = sampler.generator.shape
    if channels > 1:
        return fitted(raw, sampler)
    if sampler.dataset not in CHARACTERS:
        return fitted(255 - raw, sampler)
    ready = prepare(raw)
    if ready.empty:
        raise LabError(ready.why)
    x = squared(torch.from_numpy(ready.image.copy())[None, None])  # the same margin as the training pictures got
    if x.shape[-1] != side:
        return fitted(ready.image, sampler)
    return x.float() / 127.5 - 1


def found(image: Tensor, sampler: Sampler, steps: int = STEPS) -> tuple[Latent, float]:
    """The most similar latent, and how far its picture still is: the mean difference of a pixel, in 255ths.

    Begins with the most similar of many samples, then follows the gradient; numbers that no dice would throw cost.
    """
    luck = torch.Generator().manual_seed(3)
    y = sampler.labels([None])
    with torch.no_grad():
        z = torch.randn(STARTS, sampler.size, generator=luck)
        labels = torch.arange(STARTS) % len(sampler.classes) if sampler.classes else None
        apart = distance(sampler.many(z, labels), image)
        best = int(apart.argmin())
        y = None if labels is None else labels[best : best + 1]
    for p in sampler.generator.parameters():
        p.requires_grad_(False)
    point = z[best : best + 1].clone().requires_grad_()
    optimiser = torch.optim.Adam([point], 0.1)
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = 0.1 * (1 - step / steps)
        optimiser.zero_grad()
        loss = distance(sampler.generator(point, y), image).mean() + 2e-3 * point.square().mean()
        loss.backward()
        optimiser.step()
    label = None if y is None else int(y)
    latent = at(point.detach()[0], label)
    left = float((sampler.make(sampler.point(latent)[None], y) - image).abs().mean()) * 127.5
    return latent, left


def distance(made: Tensor, image: Tensor) -> Tensor:
    """Pixels, blurred pixels, and what the lab's eye sees of both."""
    net = eye()
    blurred = (F.avg_pool2d(made, 4) - F.avg_pool2d(image, 4)).square().mean((1, 2, 3))
    pixels = (made - image).square().mean((1, 2, 3))
    seen = net(shown(image)).detach()
    apart: Tensor = pixels + blurred + 0.02 * (net(shown(made)) - seen).square().mean(1)
    return apart
