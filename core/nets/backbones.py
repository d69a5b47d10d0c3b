"""Backbones: torchvision's well-known networks by name, used as one word of a network line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import unknown

if TYPE_CHECKING:
    from torch import nn

Progress = Callable[[str, float], None]  # a sentence and the share done, 0..1


@dataclass(frozen=True)
class Backbone:
    """What a line must know of a backbone before torch is even imported."""

    features: int  # how many numbers it makes of one picture
    parameters: int  # without its own last layers, for colour pictures
    stem: int  # weights of its first convolution per input channel
    classifier: str  # torchvision's name of the last layers
    kept: int  # how many of those stay in the trunk (ConvNeXt's layer norm belongs to its features)
    weights: str  # torchvision's name of its ImageNet weights
    smallest: int  # pictures below this side leave no map
    about: str


# fmt: off
BACKBONES: dict[str, Backbone] = {
    "resnet18": Backbone(512, 11_176_512, 3_136, "fc", 0, "IMAGENET1K_V1", 8, "18 layers: the usual first choice."),
    "resnet50": Backbone(2048, 23_508_032, 3_136, "fc", 0, "IMAGENET1K_V2", 8, "50 layers; report R2 fine-tuned it."),
    "resnet152": Backbone(2048, 58_143_808, 3_136, "fc", 0, "IMAGENET1K_V2", 8, "152 layers; report R1 used it."),
    "mobilenet_v2": Backbone(1280, 2_223_872, 288, "classifier", 0, "IMAGENET1K_V1", 8, "For phones: fast on a CPU."),
    "mobilenet_v3_small": Backbone(576, 927_008, 144, "classifier", 0, "IMAGENET1K_V1", 8, "The smallest mobile net."),
    "efficientnet_b0": Backbone(1280, 4_007_548, 288, "classifier", 0, "IMAGENET1K_V1", 8, "Much for few sums."),
    "convnext_tiny": Backbone(768, 27_820_128, 1_536, "classifier", 1, "IMAGENET1K_V1", 32, "A modern net of 2022."),
    "squeezenet1_1": Backbone(512, 722_496, 576, "classifier", 0, "IMAGENET1K_V1", 17, "Tiny, without batch norm."),
}
# fmt: on


def backbone(name: str) -> Backbone:
    """The facts of a backbone by name."""
    if name not in BACKBONES:
        raise unknown("The backbone", name, BACKBONES)
    return BACKBONES[name]


def note(name: str, shape: tuple[int, int, int]) -> str | None:
    """A sentence for pictures that are small for this backbone, or None."""
    side = min(shape[1:])
    if side >= 96:
        return None
    left = max(1, side // 32)
    return (
        f"{name} was made for pictures of 224x224 and halves them five times: of {shape[1]}x{shape[2]}"
        f" only {left}x{left} is left. Put `resize 96` (or more) before it for better answers at more cost."
    )


def trunk(name: str, channels: int, pretrained: bool = False, same: bool = False) -> "nn.Module":
    """A backbone that ends in its flat features; random weights unless `pretrained` asks for ImageNet's.

    `same` pads as TensorFlow does, for weights that were trained there.
    """
    import torchvision
    from torch import nn

    facts = backbone(name)
    # GoogLeNet-like `init_weights` warnings do not exist for these; `weights=None` never downloads
    net: Any = torchvision.models.get_model(name, weights=None)
    if pretrained:
        from core.nets.weights import pour

        pour(net, name, same)
    last = getattr(net, facts.classifier)
    tail: list[nn.Module] = list(last.children())[: facts.kept] if facts.kept else []
    if name == "squeezenet1_1":  # its classifier is convolutional and holds the pooling
        tail = [nn.AdaptiveAvgPool2d(1)]
    setattr(net, facts.classifier, nn.Sequential(*tail, nn.Flatten()))
    if channels != 3:
        _adapt_stem(net, channels)
    if same:
        _pad_same(net)
    trunk: nn.Module = net
    return trunk


def _adapt_stem(net: "nn.Module", channels: int) -> None:
    """Grey pictures: summing the kernel over colours gives what three equal channels would give."""
    from torch import nn

    path, old = next((n, m) for n, m in net.named_modules() if isinstance(m, nn.Conv2d))
    new = nn.Conv2d(
        channels,
        old.out_channels,
        old.kernel_size,  # type: ignore[arg-type]
        old.stride,  # type: ignore[arg-type]
        old.padding,  # type: ignore[arg-type]
        bias=old.bias is not None,
    )
    new.weight.data = old.weight.data.sum(1, keepdim=True).repeat(1, channels, 1, 1) / channels
    if old.bias is not None and new.bias is not None:
        new.bias.data = old.bias.data
    parent, _, leaf = path.rpartition(".")
    setattr(net.get_submodule(parent), leaf, new)


def _pad_same(net: "nn.Module") -> None:
    """TensorFlow's SAME: what a stride of two lacks is padded right and below, where PyTorch pads on all sides."""
    from torch import nn

    for module in net.modules():
        if isinstance(module, nn.Conv2d) and module.stride[0] > 1 and module.kernel_size[0] > 1:
            module.padding = (0, 0)
            module.register_forward_pre_hook(_padded)


def _padded(module: Any, inputs: Any) -> Any:
    from torch.nn import functional as F

    x, sides = inputs[0], []
    for side, kernel, stride in zip(x.shape[:1:-1], module.kernel_size[::-1], module.stride[::-1], strict=True):
        lacking = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        sides += [lacking // 2, lacking - lacking // 2]
    return (F.pad(x, sides),)


def stages(net: "nn.Module") -> "list[nn.Module]":
    """A trunk's parts from the picture to the features: what the freeze ladder climbs."""
    features: Any = getattr(net, "features", None)
    if features is not None:
        return list(features.children())
    return [m for m in net.children() if any(True for _ in m.parameters())]
