"""A heat map over a drawing: what an answer hangs on, in colours, by occlusion."""

from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from core.look.attribution import attribute
from core.look.opened import opened
from core.look.predictor import Predictor
from core.look.tiles import ABOVE, BELOW
from core.nets.line import Net

INK = 70.0  # grey of full ink under the colours: the drawing stays visible where nothing mattered


def heat(predictor: Predictor, image: NDArray[np.uint8], label: str) -> NDArray[np.uint8]:
    """(28, 28, 3): orange where covering the drawing lowers the answer `label`, blue where it raises it."""
    seen = opened(cast(Net, predictor.net), predictor.card)
    channels, height, width = seen.shape
    picture = torch.from_numpy(np.array(image))[None]
    if (height, width) != image.shape:
        larger = torch.nn.functional.interpolate(picture[None].float(), (height, width), mode="bilinear")
        picture = larger[0].round().to(torch.uint8)
    mattered = attribute(seen, picture.expand(channels, -1, -1), seen.index(label), "occlusion")
    return paint(mattered.numpy(), picture[0].numpy())


def paint(mattered: NDArray[np.float32], image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The drawing in dark grey, lit in the strongest colours where it mattered most."""
    strength = mattered / max(float(np.abs(mattered).max()), 1e-9)
    above, below = np.array(ABOVE[1], np.float32), np.array(BELOW[1], np.float32)
    colour = np.where(strength[..., None] > 0, above, below)
    ground = np.repeat(image[..., None].astype(np.float32) / 255 * INK, 3, axis=2)
    weight = np.abs(strength)[..., None] ** 0.8
    painted: NDArray[np.uint8] = np.round(ground * (1 - weight) + colour * weight).astype(np.uint8)
    return painted
