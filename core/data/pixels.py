"""Pixels of any picture as plain arrays: grey, without transparency, not too many."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

LARGEST = 280  # the character is looked for at this size at most


def grey(raw: NDArray[Any]) -> Bytes:
    """The picture as one grey plane."""
    colour = opaque(raw)
    return colour if colour.ndim == 2 else np.asarray(Image.fromarray(colour).convert("L"))


def opaque(raw: NDArray[Any]) -> Bytes:
    """Without transparency: what is clear becomes paper, white under dark ink and black under light ink."""
    raw = np.asarray(raw, np.uint8)
    if raw.ndim == 2 or raw.shape[2] == 3:
        return raw
    if raw.shape[2] == 1:
        return raw[:, :, 0]
    colour, alpha = raw[:, :, :3].astype(np.float32), raw[:, :, 3:].astype(np.float32) / 255
    if alpha.min() == 1:
        return np.ascontiguousarray(raw[:, :, :3])
    seen = float((colour.mean(axis=2, keepdims=True) * alpha).sum() / max(alpha.sum(), 1e-6))
    ground = 0.0 if seen > 127 else 255.0
    return np.round(colour * alpha + ground * (1 - alpha)).astype(np.uint8)


def shrunk(raw: NDArray[Any], largest: int = LARGEST) -> tuple[Bytes, float]:
    """No side above `largest`, by averaging; and how many raw pixels one pixel stands for."""
    raw = np.asarray(raw, np.uint8)
    scale = max(raw.shape[:2]) / largest
    if scale <= 1:
        return raw, 1.0
    size = (max(1, round(raw.shape[1] / scale)), max(1, round(raw.shape[0] / scale)))
    picture = Image.fromarray(raw[:, :, 0] if raw.shape[2:] == (1,) else np.ascontiguousarray(raw))
    return np.asarray(picture.resize(size, Image.Resampling.BOX, reducing_gap=2.0)), scale
