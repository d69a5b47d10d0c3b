"""What mattered: four ways to ask which pixels an answer hangs on, by captum, and what each can and cannot say."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from captum.attr import IntegratedGradients, LayerGradCam, Occlusion, Saliency
from torch import Tensor, nn
from torch.nn import functional as F

from core.errors import LabError, unknown
from core.look.opened import Opened

STEPS = 32  # integrated gradients: pictures between black and the real one
AT_ONCE = 64  # occlusion: covered pictures per pass


@dataclass(frozen=True)
class Method:
    """One way of asking, and the honest sentences about it."""

    title: str
    signed: bool  # True: orange speaks for the class, blue against it
    says: str
    cannot: str
    run: Callable[[Opened, Tensor, int], Tensor]  # (opened, ready picture (1, C, H, W), class) -> (height, width)


def attribute(opened: Opened, picture: Tensor, target: int, method: str) -> Tensor:
    """How much each pixel of a uint8 picture (C, H, W) mattered for a class: (height, width)."""
    if method not in METHODS:
        raise unknown("The method", method, METHODS)
    if not 0 <= target < len(opened.classes):
        last = len(opened.classes) - 1
        raise LabError(f"The class number is {target}; this network has {len(opened.classes)} classes: 0 to {last}.")
    opened = opened.private()
    with torch.inference_mode(False), torch.enable_grad():
        ready = opened.eats(picture).clone().requires_grad_(True)
        return METHODS[method].run(opened, ready, target).detach().cpu()


def last_convolution(opened: Opened) -> nn.Module:
    """The deepest convolution whose map still has more than one pixel, or the deepest of all."""
    layers = dict(opened.net.named_modules())
    rows = [row for row in opened.rows if isinstance(layers[row.name], nn.Conv2d)]
    if not rows:
        raise LabError("Grad-CAM needs a convolution, and this network has none. The other three methods work.")
    wide = [row for row in rows if len(row.output_shape) == 3 and max(row.output_shape[1:]) > 1]
    return opened.layer((wide or rows)[-1].name)


def _grad_cam(opened: Opened, x: Tensor, target: int) -> Tensor:
    answer = LayerGradCam(opened.net, last_convolution(opened)).attribute(x, target, relu_attributions=True)
    return F.interpolate(answer, x.shape[2:], mode="bilinear", align_corners=False)[0, 0]


def _integrated(opened: Opened, x: Tensor, target: int) -> Tensor:
    answer: Tensor = IntegratedGradients(opened.net).attribute(x, _black(opened, x), target, n_steps=STEPS)
    return answer[0].sum(0)


def _occlusion(opened: Opened, x: Tensor, target: int) -> Tensor:
    window, stride = patch(x.shape[2:])
    answer: Tensor = Occlusion(opened.net).attribute(
        x,
        (x.shape[1], window, window),
        (x.shape[1], stride, stride),
        _black(opened, x),
        target,
        perturbations_per_eval=AT_ONCE,
    )
    return answer[0].sum(0)


def _saliency(opened: Opened, x: Tensor, target: int) -> Tensor:
    answer: Tensor = Saliency(opened.net).attribute(x, target, abs=True)
    return answer[0].amax(0)


def patch(size: "torch.Size | tuple[int, ...]") -> tuple[int, int]:
    """The covered square of occlusion and how far it jumps: a seventh of the picture, and half of that."""
    window = max(2, min(size) // 7)
    return window, max(1, window // 2)


def _black(opened: Opened, x: Tensor) -> Tensor:
    """A black picture, as this network gets it."""
    return opened.eats(torch.zeros(opened.shape, dtype=torch.uint8, device=x.device))


METHODS: dict[str, Method] = {
    "grad-cam": Method(
        "Grad-CAM",
        False,
        "Which region the last convolution's maps speak for this class from.",
        "It is as coarse as those maps, and shows only what speaks for the class, not against it.",
        _grad_cam,
    ),
    "integrated-gradients": Method(
        "Integrated gradients",
        True,
        "How the answer adds up, pixel by pixel, on the way from a black picture to this one.",
        "It depends on starting from black: a black pixel can never matter. It says nothing about shapes as a whole.",
        _integrated,
    ),
    "occlusion": Method(
        "Occlusion",
        True,
        "How far the answer falls when a square is really covered with black.",
        "Covered pictures are unlike any it was trained on, and two places that stand in for each other both look"
        " unimportant.",
        _occlusion,
    ),
    "saliency": Method(
        "Saliency",
        False,
        "Where the tiniest change of a pixel would move the answer most.",
        "It says where the answer is sensitive, not what it is made of; it is noisy and knows no sign.",
        _saliency,
    ),
}
