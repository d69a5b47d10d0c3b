"""Layers: the torch module behind each word of the line."""

from collections.abc import Iterator

from torch import Tensor, nn
from torch.nn import functional as F

from core.nets.backbones import BACKBONES, trunk
from core.nets.shapes import Place

ACTIVATION: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky": nn.LeakyReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
}


class Scale(nn.Module):
    """Multiplies by a fixed number."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factor


class Resize(nn.Module):
    """Enlarges or shrinks every picture to a square."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-2:] == (self.side, self.side):
            return x
        return F.interpolate(x, (self.side, self.side), mode="bilinear", antialias=self.side < min(x.shape[-2:]))


class GlobalPool(nn.Module):
    """One number per map: its mean or its largest."""

    def __init__(self, largest: bool) -> None:
        super().__init__()
        self.largest = largest

    def forward(self, x: Tensor) -> Tensor:  # (batch, channels, height, width) -> (batch, channels)
        pooled = F.adaptive_max_pool2d(x, 1) if self.largest else F.adaptive_avg_pool2d(x, 1)
        return pooled.flatten(1)


class Logits(nn.Identity):
    """`softmax` at the end of a line does nothing: the net answers logits; the loss and the pages take the softmax."""


class Mirror(nn.Identity):
    """`mirror` at the start of a line does nothing by itself: the net looks more than once (see `Net.forward`)."""

    def __init__(self, reach: int) -> None:
        super().__init__()
        self.reach = reach

    def looks(self, x: Tensor) -> Iterator[tuple[float, Tensor]]:
        """How much each look counts, and what is seen: moved pictures half as much, the picture itself last.

        Last, so that whoever watches the layers keeps the maps of the picture, not those of its mirror image.
        """
        if self.reach:
            height, width, around = *x.shape[-2:], 2 * self.reach
            padded = F.pad(x, (self.reach,) * 4)
            for moved in (padded[..., :height, :width], padded[..., around:, around:]):
                yield 0.125, moved.flip(-1)
                yield 0.125, moved
        share = 0.25 if self.reach else 0.5
        yield share, x.flip(-1)
        yield share, x


class Add(nn.Module):
    """The meeting of a residual block's two ways; a module of its own so that a page can look at it."""

    def forward(self, x: Tensor, shortcut: Tensor) -> Tensor:
        return x + shortcut


class Pointwise(nn.Conv2d):
    """A 1x1 convolution that first leaves out the places its stride passes over: the same sums.

    Told the stride, oneDNN 3.12 gets its weights' gradient wrong by a third and writes past its memory, on CPUs without
    AVX512 and with channels that are no multiple of eight.
    """

    def forward(self, x: Tensor) -> Tensor:
        assert not isinstance(self.padding, str)
        (down, across), (above, beside) = self.stride, self.padding
        x = F.pad(x, (beside, beside, above, above))
        return F.conv2d(x[..., ::down, ::across], self.weight, self.bias, groups=self.groups)


class Residual(nn.Module):
    """conv - bn - activation - conv - bn, plus a shortcut, then the activation (He et al. 2015)."""

    def __init__(self, inputs: int, filters: int, stride: int, activation: str, plain: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, filters, 3, stride, 1, bias=plain)  # batch norm has a bias of its own
        self.bn1 = nn.Identity() if plain else nn.BatchNorm2d(filters)
        self.act1 = ACTIVATION[activation]()
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=plain)
        self.bn2 = nn.Identity() if plain else nn.BatchNorm2d(filters)
        self.skip: nn.Module = nn.Identity()
        if inputs != filters or stride > 1:
            norm = [] if plain else [nn.BatchNorm2d(filters)]
            self.skip = nn.Sequential(Pointwise(inputs, filters, 1, stride, bias=plain), *norm)
        self.add = Add()
        self.act2 = ACTIVATION[activation]()

    def forward(self, x: Tensor) -> Tensor:
        inner: Tensor = self.bn2(self.conv2(self.act1(self.bn1(self.conv1(x)))))
        result: Tensor = self.act2(self.add(inner, self.skip(x)))
        return result


def skips(place: Place) -> bool:
    """Whether this is a 1x1 convolution with a stride: it looks at some places only."""
    return place.layer.kernel == (1, 1) and place.layer.stride > 1


def module(place: Place) -> nn.Module:
    """The module of one layer at its place."""
    layer, word = place.layer, place.layer.word
    if word in BACKBONES:
        return trunk(word, place.before[0], layer.pretrained, layer.padding == "same")
    if word in ACTIVATION:
        return ACTIVATION[word]()
    if word == "conv":
        assert layer.kernel
        kind = Pointwise if skips(place) else nn.Conv2d
        return kind(place.before[0], layer.size, layer.kernel, layer.stride, place.padding, groups=layer.groups)
    if word == "res":
        return Residual(place.before[0], layer.size, layer.stride, layer.activation or "relu", layer.plain)
    if word == "linear":
        return nn.Linear(place.before[0], place.after[0])
    if word == "bn":
        return nn.BatchNorm2d(place.before[0]) if len(place.before) == 3 else nn.BatchNorm1d(place.before[0])
    if word == "pool":
        return nn.MaxPool2d(layer.size, layer.stride, int(layer.padding))
    if word == "avgpool":
        return nn.AvgPool2d(layer.size, layer.stride, int(layer.padding))
    if word in ("gap", "gmp"):
        return GlobalPool(largest=word == "gmp")
    if word == "mirror":
        return Mirror(layer.padding if isinstance(layer.padding, int) else 0)
    if word == "resize":
        return Resize(layer.size)
    if word == "flatten":
        return nn.Flatten()
    if word in ("softmax", "logsoftmax"):
        return Logits()
    assert isinstance(layer.number, float), layer
    if word == "scale":
        return Scale(layer.number)
    return nn.Dropout2d(layer.number) if word == "dropout2d" else nn.Dropout(layer.number)
