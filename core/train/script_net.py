"""A run as code: its network as a torch Sequential, one line for each word of the network line."""

from core.errors import LabError
from core.nets.layers import ACTIVATION, skips
from core.nets.shapes import Place

RESIDUAL = '''
class Residual(nn.Module):
    """conv - bn - activation - conv - bn, plus a shortcut, then the activation (He et al. 2015)."""

    def __init__(self, inputs, filters, stride, activation):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, filters, 3, stride, 1, bias=False)  # batch norm has a bias of its own
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)
        self.skip = nn.Identity()
        if inputs != filters or stride > 1:
            self.skip = nn.Sequential(nn.Conv2d(inputs, filters, 1, bias=False), nn.BatchNorm2d(filters))
        self.stride, self.activation = stride, activation

    def forward(self, x):
        inner = self.bn2(self.conv2(self.activation(self.bn1(self.conv1(x)))))
        return self.activation(inner + self.skip(x[..., :: self.stride, :: self.stride]))
'''
PLAIN = '''
class PlainResidual(nn.Module):
    """conv - activation - conv, plus a shortcut, then the activation (He et al. 2015, without batch norm)."""

    def __init__(self, inputs, filters, stride, activation):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, filters, 3, stride, 1)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1)
        self.skip = nn.Identity()
        if inputs != filters or stride > 1:
            self.skip = nn.Sequential(nn.Conv2d(inputs, filters, 1))
        self.stride, self.activation = stride, activation

    def forward(self, x):
        inner = self.conv2(self.activation(self.conv1(x)))
        return self.activation(inner + self.skip(x[..., :: self.stride, :: self.stride]))
'''
SCALE = '''
class Scale(nn.Module):
    """Multiplies by a fixed number."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor
'''
LOOKING = '''
class Looking(nn.Sequential):
    """While it is not training, it looks at the mirrored picture too and answers with the mean."""

    def forward(self, x):
        look = super().forward
        return look(x) if self.training else torch.stack([0.5 * look(x.flip(-1)), 0.5 * look(x)]).sum(0)
'''
LOOKING_AROUND = '''
class Looking(nn.Sequential):
    """While it is not training, it looks six times: at three places, mirrored and not; the middle counts twice."""

    def forward(self, x):
        look = super().forward
        if self.training:
            return look(x)
        height, width = x.shape[-2:]
        padded = F.pad(x, (REACH,) * 4)
        up, down = padded[..., :height, :width], padded[..., 2 * REACH :, 2 * REACH :]
        places = ((up, 0.125), (down, 0.125), (x, 0.25))
        return torch.stack([share * look(seen) for at, share in places for seen in (at.flip(-1), at)]).sum(0)
'''
WORDS = (
    *ACTIVATION,
    *("conv", "res", "bn", "pool", "avgpool", "gap", "gmp", "dropout", "dropout2d", "flatten", "linear", "scale"),
    *("mirror", "softmax", "logsoftmax"),
)


def net(places: tuple[Place, ...]) -> str:
    """The classes that this network needs, and the network."""
    for place in places:
        if place.layer.word not in WORDS:
            raise LabError(
                f"This run cannot be exported as code: its network has the word `{place.layer.text}`. "
                f"Allowed: {', '.join(WORDS)}."
            )
    helpers = []
    blocks = [place.layer for place in places if place.layer.word == "res"]
    if any(not layer.plain for layer in blocks):
        helpers.append(RESIDUAL.strip("\n"))
    if any(layer.plain for layer in blocks):
        helpers.append(PLAIN.strip("\n"))
    if any(place.layer.word == "scale" for place in places):
        helpers.append(SCALE.strip("\n"))
    first = places[0].layer
    kind = "nn.Sequential"
    if first.word == "mirror":
        helpers.append((LOOKING_AROUND if first.padding else LOOKING).strip("\n").replace("REACH", str(first.padding)))
        kind = "Looking"
    lines = ["torch.manual_seed(SEED)  # the same start each time", f"net = {kind}("]
    for place in places:
        for text in _modules(place):
            lines.append(f"    {text}")
    lines += [")", "net = net.to(memory_format=torch.channels_last)"]
    return "\n\n\n".join([*helpers, "\n".join(lines)])


def _modules(place: Place) -> list[str]:
    """One module and, as a comment, what it makes of each picture."""
    layer, word = place.layer, place.layer.word
    after = " x ".join(map(str, place.after))
    if word in ACTIVATION:
        return [f"nn.{ACTIVATION[word].__name__}(),"]
    if word == "conv":
        return [*_places(place), f"{_conv(place)},  # {after}"]
    if word == "res":
        activation = f"nn.{ACTIVATION[layer.activation or 'relu'].__name__}()"
        name = "PlainResidual" if layer.plain else "Residual"
        return [f"{name}({place.before[0]}, {layer.size}, {layer.stride}, {activation}),  # {after}"]
    if word == "linear":
        return [f"nn.Linear({place.before[0]}, {place.after[0]}),"]
    if word == "bn":
        return [f"nn.BatchNorm{'2d' if len(place.before) == 3 else '1d'}({place.before[0]}),"]
    if word in ("pool", "avgpool"):
        name = "MaxPool2d" if word == "pool" else "AvgPool2d"
        padding = f", padding={layer.padding}" if layer.padding else ""
        stride = f", stride={layer.stride}" if layer.stride != layer.size else ""
        return [f"nn.{name}({layer.size}{stride}{padding}),  # {after}"]
    if word in ("gap", "gmp"):
        return [f"nn.Adaptive{'Avg' if word == 'gap' else 'Max'}Pool2d(1),", f"nn.Flatten(),  # {after}"]
    if word == "flatten":
        return [f"nn.Flatten(),  # {after}"]
    if word == "scale":
        return [f"Scale({layer.number!r}),"]
    if word in ("dropout", "dropout2d"):
        return [f"nn.{'Dropout2d' if word == 'dropout2d' else 'Dropout'}({layer.number!r}),"]
    return []  # softmax: the loss takes it; mirror: the whole net does it


def _places(place: Place) -> list[str]:
    """What leaves out the places that a strided 1x1 convolution passes over (see `Pointwise`)."""
    if not skips(place):
        return []
    around = [f"nn.ZeroPad2d({place.padding[0]}),"] if any(place.padding) else []
    return [*around, f"nn.MaxPool2d(1, {place.layer.stride}),  # one place of {place.layer.stride} each way"]


def _conv(place: Place) -> str:
    layer = place.layer
    assert layer.kernel
    kernel = str(layer.kernel[0]) if layer.kernel[0] == layer.kernel[1] else str(tuple(layer.kernel))
    parts = [str(place.before[0]), str(layer.size), kernel]
    if layer.stride != 1 and not skips(place):
        parts.append(f"stride={layer.stride}")
    if any(place.padding) and not skips(place):
        same = place.padding[0] == place.padding[1]
        parts.append(f"padding={place.padding[0] if same else place.padding}")
    if layer.groups != 1:
        parts.append(f"groups={layer.groups}")
    return f"nn.Conv2d({', '.join(parts)})"
