"""The words of the network line: what each means, what may follow it, and what people write instead."""

from dataclasses import dataclass

from core.nets.backbones import BACKBONES

ACTIVATIONS = ("relu", "leaky", "tanh", "sigmoid", "gelu", "silu")
CLASSES = "classes"  # stands for "as many as the dataset has"
MOST_WORDS = 200


@dataclass(frozen=True)
class Word:
    """What may follow a word: its number, and its options."""

    example: str
    about: str
    number: str = ""  # what the number is called; empty: the word takes none
    low: float = 1
    high: float = 4096
    whole: bool = True
    options: tuple[str, ...] = ()


OPTIONS = {"kernel": "3x3", "stride": "s2", "padding": "p1 or same", "groups": "g2"}
WINDOW = ("stride", "padding")
WORDS: dict[str, Word] = {
    "conv": Word(
        "conv 32 3x3 p1",
        "Convolution: filters and kernel; s2 moves two pixels at a time, p1 pads by one, same keeps the size,"
        " g2 splits into two groups.",
        "number of filters",
        options=("kernel", "stride", "padding", "groups"),
    ),
    "res": Word(
        "res 64 s2",
        "Residual block: two 3x3 convolutions with batch norm beside a shortcut; another activation may follow,"
        " plain leaves batch norm out.",
        "number of filters",
        options=("stride", "activation", "plain"),
    ),
    "bn": Word("bn", "Batch norm, for maps or for flat numbers."),
    "pool": Word("pool 2", "The largest of each 2x2 window; `pool 3 s2 p1` overlaps.", "window", 1, 64, options=WINDOW),
    "avgpool": Word("avgpool 2", "The mean of each 2x2 window.", "window", 1, 64, options=WINDOW),
    "gap": Word("gap", "Global average pooling: one number per map."),
    "gmp": Word("gmp", "Global max pooling: one number per map."),
    "relu": Word("relu", "max(0, x)."),
    "leaky": Word("leaky", "Leaky ReLU: a hundredth of x below zero."),
    "tanh": Word("tanh", "Hyperbolic tangent: -1 to 1."),
    "sigmoid": Word("sigmoid", "0 to 1."),
    "gelu": Word("gelu", "A smooth ReLU, used by transformers."),
    "silu": Word("silu", "x times its sigmoid, used by EfficientNet."),
    "dropout": Word("dropout 0.5", "Blanks single numbers while training.", "rate", 0, 0.95, whole=False),
    "dropout2d": Word("dropout2d 0.5", "Blanks whole maps while training.", "rate", 0, 0.95, whole=False),
    "flatten": Word("flatten", "Lays all maps out as one row of numbers."),
    "linear": Word(
        "linear 50", "Fully connected; `linear classes` has one output per class.", "number of outputs", 1, 100_000
    ),
    "scale": Word("scale 0.125", "Multiplies by a fixed number.", "factor", 0.0001, 1000, whole=False),
    "mirror": Word(
        "mirror",
        "First in the line: while it is not training, the net looks at the mirrored picture too and answers with the"
        " mean; `mirror p1` looks besides at both moved a pixel up and left, and down and right.",
        options=("padding",),
    ),
    "resize": Word("resize 64", "Enlarges or shrinks to 64x64, smoothly.", "side", 8, 512),
    "softmax": Word(
        "softmax", "Accepted at the end; the net answers logits, and whoever reads them takes the softmax."
    ),
    "logsoftmax": Word("logsoftmax", "Accepted at the end, as softmax."),
    **{
        name: Word(f"{name} pretrained", each.about, options=("pretrained", "padding"))
        for name, each in BACKBONES.items()
    },
}
# what people write elsewhere
MEANT = {
    "maxpool": "pool", "maxpool2d": "pool", "avgpool2d": "avgpool", "conv2d": "conv", "convolution": "conv",
    "fc": "linear", "dense": "linear", "lin": "linear", "batchnorm": "bn", "batchnorm2d": "bn", "batch_norm": "bn",
    "leakyrelu": "leaky", "leaky_relu": "leaky", "log_softmax": "logsoftmax", "swish": "silu", "residual": "res",
    "resblock": "res", "drop": "dropout", "globalavgpool": "gap", "globalmaxpool": "gmp", "upsample": "resize",
}  # fmt: skip
