"""Changes to real and made pictures alike, so that the discriminator cannot learn a small set by heart (Zhao 2020)."""

import torch
from torch import Tensor


def changed(x: Tensor, generator: torch.Generator) -> Tensor:
    """Colour, translation and cutout, one draw per picture; gradients pass through. x: (N, C, S, S) in -1..1."""
    return cut_out(moved(coloured(x, generator), generator), generator)


def coloured(x: Tensor, generator: torch.Generator) -> Tensor:
    """Brightness, saturation and contrast."""
    draw = torch.rand(3, len(x), 1, 1, 1, generator=generator, device=x.device)
    x = x + (draw[0] - 0.5)
    if x.shape[1] > 1:
        grey = x.mean(1, keepdim=True)
        x = grey + (x - grey) * (2 * draw[1])
    middle = x.mean((1, 2, 3), keepdim=True)
    return middle + (x - middle) * (draw[2] + 0.5)


def moved(x: Tensor, generator: torch.Generator) -> Tensor:
    """Shifted by up to an eighth, grey where nothing is."""
    far = x.shape[-1] // 8
    y0, x0 = torch.randint(0, 2 * far + 1, (2, len(x)), generator=generator, device=x.device).tolist()
    side = x.shape[-1]
    padded = torch.nn.functional.pad(x, (far,) * 4)
    parts = [padded[i : i + 1, :, a : a + side, b : b + side] for i, (a, b) in enumerate(zip(y0, x0, strict=True))]
    return torch.cat(parts).contiguous(memory_format=torch.channels_last)


def cut_out(x: Tensor, generator: torch.Generator) -> Tensor:
    """A grey square of half the side, somewhere, partly outside."""
    side = x.shape[-1]
    centre = torch.randint(0, side + 1, (2, len(x), 1), generator=generator, device=x.device)
    near = (torch.arange(side, device=x.device) - centre).abs() < side // 4
    hole = near[0][:, None, :, None] & near[1][:, None, None, :]
    return x * (~hole).to(x.dtype)
