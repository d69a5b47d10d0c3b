"""Named nets: the plain networks of the five reports and our own, each one line of text."""

from dataclasses import dataclass

from core.errors import unknown
from core.nets.backbones import BACKBONES
from core.nets.words import WORDS


@dataclass(frozen=True)
class Named:
    """A network line with the sentence that says where it comes from."""

    line: str
    about: str
    dataset: str = "mnist"  # what it was made for; it fits others as well


def _r3(fc: str, first: str = "64 5x5", second: str = "128 3x3", third: str = "256 3x3", bn: str = "") -> str:
    """Report R3's ladder: three convolutions without padding, a pool after each, no activation after the third."""
    act = "leaky" if "leaky" in fc else "relu"
    return (
        f"conv {first} {bn}| {act} | pool 2 | conv {second} {bn}| {act} | pool 2 | conv {third} {bn}| pool 2 |"
        f" flatten | {fc} | linear classes"
    )


R2_FC = "flatten | linear 256 | relu | linear 128 | relu | linear classes"


def _pairs(first: int, second: int, third: int) -> str:
    """Three pairs of convolutions with GELU and batch norm, as Keller Jordan's airbench found them fast (2024)."""
    pair = "conv {0} 3x3 p1 | pool 2 | bn | gelu | conv {0} 3x3 p1 | bn | gelu"
    pairs = " | ".join(pair.format(width) for width in (first, second, third))
    return f"mirror | conv 24 2x2 | gelu | {pairs} | gmp | linear classes"


def _residual(first: int, second: int, third: int) -> str:
    """The same beginning; the two wider stages end in a residual block, so that more layers learn as easily."""
    pair = f"conv {first} 3x3 p1 | pool 2 | bn | gelu | conv {first} 3x3 p1 | bn | gelu"
    stages = " | ".join(f"conv {width} 3x3 p1 | pool 2 | bn | gelu | res {width} gelu" for width in (second, third))
    return f"mirror p1 | conv 24 2x2 | gelu | {pair} | {stages} | gmp | linear classes"


TINYVGG = "conv 10 3x3 | relu | conv 10 3x3 | relu | pool 2"

NETS: dict[str, Named] = {
    "r1-lenet": Named(
        "conv 10 5x5 | pool 2 | relu | conv 20 5x5 | dropout2d 0.5 | pool 2 | relu | flatten | linear 50 | relu"
        " | linear classes",
        "Report R1's net: 260 + 5,020 + 16,050 + 510 = 21,840 parameters.",
    ),
    "r0-cnn": Named(
        "conv 32 3x3 p1 | bn | relu | pool 2 | conv 64 3x3 p1 | bn | relu | pool 2 | flatten | linear 128 | relu"
        " | linear classes",
        "Report R0's MNIST net: convolutions, pooling, batch norm. The report gives no sizes; these are ours.",
    ),
    "r0-basic": Named(
        "conv 32 3x3 p1 | relu | conv 64 3x3 p1 | relu | pool 2 | conv 128 3x3 p1 | relu | conv 128 3x3 p1 | relu"
        " | pool 2 | conv 256 3x3 p1 | relu | conv 256 3x3 p1 | relu | pool 2 | flatten | linear 1024 | relu"
        " | linear 512 | relu | linear classes",
        "Report R0's basic CIFAR-10 net without normalisation. The report gives no sizes; these are ours.",
        "cifar10",
    ),
    "r2-mnist-1": Named(
        "conv 32 3x3 p1 | relu | conv 32 3x3 p1 | relu | pool 2 | dropout 0.25 | flatten | linear 128 | relu"
        " | dropout 0.5 | linear classes",
        "Report R2's MNIST Model-1: one pool after both convolutions, then 6,272 to 128.",
    ),
    "r2-mnist-2": Named(
        "conv 16 3x3 p1 | relu | conv 16 3x3 p1 | relu | pool 2 | flatten | linear 128 | relu | dropout 0.5"
        " | linear classes",
        "Report R2's MNIST Model-2: half the filters, 3,136 to 128.",
    ),
    "r2-fc": Named(R2_FC, "Report R2's earlier fully connected net. The report gives no sizes; these are ours."),
    "r2-cifar-1": Named(
        "conv 16 3x3 p1 | relu | conv 16 3x3 p1 | relu | pool 2 | dropout 0.25 | flatten | linear 128 | relu"
        " | dropout 0.5 | linear classes",
        "Report R2's CIFAR-10 Model-1: 4,096 to 128.",
        "cifar10",
    ),
    "r2-cifar-2": Named(
        "conv 32 3x3 p1 | relu | conv 32 3x3 p1 | relu | pool 2 | dropout 0.25 | flatten | linear 256 | relu"
        " | linear 128 | relu | dropout 0.5 | linear classes",
        "Report R2's CIFAR-10 Model-2, its best plain net: 8,192 to 256 to 128.",
        "cifar10",
    ),
    "r2-cifar-3": Named(
        "conv 16 3x3 p1 | relu | conv 32 3x3 p1 | relu | pool 2 | dropout 0.25 | flatten | linear 64 | relu"
        " | dropout 0.5 | linear classes",
        "Report R2's CIFAR-10 Model-3: 8,192 to 64.",
        "cifar10",
    ),
    "r2-cifar-fc": Named(R2_FC, "The fully connected net of report R2 on CIFAR-10. Sizes are ours.", "cifar10"),
    "r3-default": Named(
        _r3("linear 512 | relu", "24 5x5", "48 3x3", "96 3x3"),
        "Report R3, step 3.2: 24, 48 and 96 filters, no padding.",
        "cifar10",
    ),
    "r3-4a1": Named(_r3("linear 512 | relu"), "Report R3, step 4.A.1: 64, 128 and 256 filters.", "cifar10"),
    "r3-4a2": Named(
        _r3("linear 512 | relu | linear 128 | relu"), "Report R3, step 4.A.2: one more linear layer of 128.", "cifar10"
    ),
    "r3-4b": Named(
        _r3("linear 512 | relu | linear 128 | relu", "64 7x7", "128 5x5"),
        "Report R3, step 4.B: kernels 7x7 and 5x5.",
        "cifar10",
    ),
    "r3-4c": Named(
        _r3("linear 512 | leaky | linear 128 | leaky"), "Report R3, step 4.C: 4.A.2 with Leaky ReLU.", "cifar10"
    ),
    "r3-4d": Named(
        _r3("linear 512 | leaky | dropout 0.3 | linear 128 | leaky | dropout 0.3"),
        "Report R3, step 4.D: dropout 0.3 (its place is not given; here after both hidden linear layers).",
        "cifar10",
    ),
    "r3-4e": Named(
        _r3("linear 512 | leaky | dropout 0.3 | linear 128 | leaky | dropout 0.3", bn="| bn "),
        "Report R3, step 4.E: batch norm after every convolution (its place is not given).",
        "cifar10",
    ),
    "r4-linear": Named(
        "flatten | linear 10 | linear classes",
        "Report R4's linear net: two linear layers, which together can do no more than one. The ten hidden units are"
        " ours.",
        "fashion",
    ),
    "r4-relu": Named(
        "flatten | linear 10 | relu | linear classes", "Report R4's second net: the same with ReLU.", "fashion"
    ),
    "r4-tinyvgg": Named(
        f"{TINYVGG} | {TINYVGG} | flatten | linear classes",
        "Report R4's third net: TinyVGG as CNN Explainer shows it, ten filters, no padding.",
        "fashion",
    ),
    "mnist-small": Named(
        "conv 16 3x3 | bn | relu | conv 32 3x3 | bn | relu | pool 2 | conv 48 3x3 | bn | relu | conv 64 3x3 | bn | relu"
        " | pool 2 | dropout 0.2 | flatten | linear classes",
        "Ours: small and fast, reads handwriting well with augmentation.",
    ),
    "resnet-tiny": Named(
        "conv 24 3x3 p1 | pool 2 | bn | relu | conv 48 3x3 p1 | bn | relu | conv 64 3x3 p1 | pool 2 | bn | relu"
        " | res 64 | conv 64 3x3 p1 | pool 2 | bn | relu | gmp | linear classes",
        "Ours: 0.15 million parameters with one residual block, for CIFAR-10 on a CPU.",
        "cifar10",
    ),
    "resnet9-small": Named(
        "conv 24 3x3 p1 | bn | relu | conv 48 3x3 p1 | pool 2 | bn | relu | res 48 | conv 96 3x3 p1 | pool 2 | bn"
        " | relu | conv 144 3x3 p1 | pool 2 | bn | relu | res 144 | gmp | linear classes",
        "Ours: a narrow ResNet-9 of 0.6 million parameters.",
        "cifar10",
    ),
    "pairs-128": Named(
        _pairs(64, 128, 128),
        "Ours: three pairs of convolutions, 0.57 million parameters; tested, it looks at the mirror image too.",
        "cifar10",
    ),
    "pairs-256": Named(_pairs(64, 256, 256), "Ours: the same with up to 256 filters, 2 million parameters.", "cifar10"),
    "residual-384": Named(
        _residual(64, 192, 384),
        "Ours: two residual blocks, up to 384 filters, 4.2 million parameters; tested, it takes six looks.",
        "cifar10",
    ),
    "resnet9": Named(
        "conv 64 3x3 p1 | bn | relu | conv 128 3x3 p1 | bn | relu | pool 2 | res 128 | conv 256 3x3 p1 | bn | relu"
        " | pool 2 | conv 512 3x3 p1 | bn | relu | pool 2 | res 512 | pool 4 | flatten | linear classes",
        "The well-known ResNet-9 of 6.6 million parameters: above 90 % on CIFAR-10.",
        "cifar10",
    ),
}


def resolve(text: str) -> str:
    """The line behind a name; a line stays as it is; a single unknown word gets the list of names."""
    name = text.strip() if isinstance(text, str) else ""
    if name in NETS:
        return NETS[name].line
    looks_like_a_name = name and "|" not in name and len(name.split()) == 1
    if looks_like_a_name and name.lower() not in WORDS:
        raise unknown("The network", name, [*NETS, *BACKBONES])
    return text
