"""Presets: a name -> RunConfig table, the reports' recipes first, then ours. Long, but one table read row by row."""

from dataclasses import dataclass
from typing import Any

from core.config.run import RunConfig
from core.errors import unknown


@dataclass(frozen=True)
class Preset:
    """A recipe with a title and the sentence that says where it comes from."""

    title: str
    about: str
    config: RunConfig


SGD: dict[str, Any] = {"optimiser": "sgd", "schedule": "constant"}
MUON: dict[str, Any] = {"optimiser": "muon", "nesterov": True}
CIFAR: dict[str, Any] = {
    **MUON,
    "batch_size": 500,
    "lr": 0.03,
    "weight_decay": 0.4,
    "label_smoothing": 0.1,
    "average": 0.98,
    "flip": True,
    "crop": 2,
}

PRESETS: dict[str, Preset] = {
    "r1-lenet": Preset(
        "R1: the LeNet of 21,840 parameters",
        "Report R1's recipe: SGD 0.01 with momentum 0.5, batches of 64.",
        RunConfig("mnist", "r1-lenet", 5, 64, 0.01, momentum=0.5, **SGD),
    ),
    "r0-mnist": Preset(
        "R0: MNIST with batch norm, 98.86 %",
        "Report R0's convolutional net with batch norm, ten epochs.",
        RunConfig("mnist", "r0-cnn", 10, 64, 1e-3, optimiser="adam", schedule="constant"),
    ),
    "r2-mnist-1": Preset(
        "R2: MNIST Model-1, 99.12 %",
        "Report R2's best row of table 1: SGD 0.01 with momentum 0.9, ten epochs.",
        RunConfig("mnist", "r2-mnist-1", 10, 64, 0.01, momentum=0.9, **SGD),
    ),
    "r2-mnist-2": Preset(
        "R2: MNIST Model-2, 99.09 %",
        "Half the filters of Model-1, the same recipe.",
        RunConfig("mnist", "r2-mnist-2", 10, 64, 0.01, momentum=0.9, **SGD),
    ),
    "r2-cifar-2": Preset(
        "R2: CIFAR-10 Model-2, 70.51 %",
        "Report R2's best plain net on CIFAR-10, twenty epochs.",
        RunConfig("cifar10", "r2-cifar-2", 20, 64, 0.01, momentum=0.9, **SGD),
    ),
    "r3-default": Preset(
        "R3: the ladder's first rung, 33.59 %",
        "Report R3's default: SGD 0.001 without momentum, pixels -0.5..0.5, no shuffling.",
        RunConfig("cifar10", "r3-default", 300, 64, 1e-3, momentum=0.0, scale="centred", shuffle=False, **SGD),
    ),
    "r4-linear": Preset(
        "R4: FashionMNIST, linear",
        "Report R4's first net: one linear layer after another, no activation.",
        RunConfig("fashion", "r4-linear", 10, 32, 0.1, momentum=0.0, **SGD),
    ),
    "r4-relu": Preset(
        "R4: FashionMNIST, linear + ReLU",
        "Report R4's second net: the same with ReLU.",
        RunConfig("fashion", "r4-relu", 10, 32, 0.1, momentum=0.0, **SGD),
    ),
    "r4-tinyvgg": Preset(
        "R4: FashionMNIST, TinyVGG",
        "Report R4's third net, the one CNN Explainer shows.",
        RunConfig("fashion", "r4-tinyvgg", 10, 32, 0.1, momentum=0.0, **SGD),
    ),
    "r1-greek": Preset(
        "R1: Greek letters with 153 parameters, 80 %",
        "Report R1's transfer: its digit net frozen but for a new last layer, 27 pictures, twelve epochs. The report "
        "gives no optimiser; strong weight decay keeps 153 numbers from learning 27 pictures by heart.",
        RunConfig("greek27", "r1-lenet", 12, 3, 0.03, weight_decay=1.0, average=0.9, trunk="r1-lenet-warped"),
    ),
    "r1-animals": Preset(
        "R1: ten animals with a frozen ResNet-152, 91.49 %",
        "ImageNet's weights, frozen; a new head of 256 units and dropout; five epochs. Downloads 230 MB of weights.",
        RunConfig(
            "animals10@128",
            "resize 224 | resnet152 pretrained | linear 256 | relu | dropout 0.5 | linear classes",
            5,
            64,
            1e-3,
            trunk="resize 224 | resnet152 pretrained",
            head="gap-256",
            snapshots=3,
        ),
    ),
    "r2-resnet50": Preset(
        "R2: CIFAR-10 with a fine-tuned ResNet-50, 85.91 %",
        "ImageNet's weights and ten new outputs, everything learns; augmented, ten epochs. For a GPU.",
        RunConfig(
            "cifar10",
            "resnet50 pretrained | linear classes",
            10,
            64,
            0.01,
            trunk="resnet50 pretrained",
            retrain="all",
            flip=True,
            brightness=0.2,
            contrast=0.2,
            saturation=0.2,
            sharpness=0.5,
            snapshots=2,
            **SGD,
        ),
    ),
    "mnist-fast": Preset(
        "Ours: MNIST 99 % in a few seconds",
        "R1's network of 21,840 parameters, but Muon instead of SGD, one cycle, batches of 256, bf16 where it is fast.",
        RunConfig("mnist", "r1-lenet", 2, 256, 0.01, dropout=0.0, **MUON),
    ),
    "mnist-best": Preset(
        "Ours: MNIST beyond 99.5 %",
        "A small net with batch norm, augmentation and a running average of its weights.",
        RunConfig(
            "mnist", "mnist-small", 15, 256, 0.01, average=0.99, shift=0.08, rotate=10, zoom=0.1, shear=8, **MUON
        ),
    ),
    "fashion-best": Preset(
        "Ours: FashionMNIST with a narrow ResNet",
        "A narrow ResNet-9, Muon, mirrored, shifted and partly blanked pictures; a running average is judged.",
        RunConfig(
            "fashion",
            "resnet9-small",
            8,
            250,
            0.015,
            average=0.98,
            weight_decay=0.01,
            label_smoothing=0.1,
            flip=True,
            crop=2,
            cutout=6,
            **MUON,
        ),
    ),
    "cifar-fast": Preset(
        "Ours: CIFAR-10 beyond 80 % in two minutes",
        "Three pairs of convolutions trained with Muon; mirrored and shifted pictures.",
        RunConfig("cifar10", "pairs-128", 3, **CIFAR),
    ),
    "cifar-long": Preset(
        "Ours: CIFAR-10, wider and longer",
        "Up to 256 filters, eighteen epochs, the first of them on small pictures: a quarter of an hour on two cores.",
        RunConfig("cifar10", "pairs-256", 18, **(CIFAR | {"crop": 3, "average": 0.99, "grow": 0.65, "test_every": 6})),
    ),
    "cifar-best": Preset(
        "Ours: CIFAR-10 at 92 %",
        "Two residual blocks, mixed pictures, 72 epochs, most of them on small pictures: 88 minutes on two busy cores.",
        RunConfig(
            "cifar10",
            "residual-384",
            72,
            **(
                CIFAR
                | {
                    "lr": 0.02,
                    "weight_decay": 0.3,
                    "average": 0.995,
                    "crop": 4,
                    "cutmix": 0.5,
                    "grow": 0.7,
                    "test_every": 24,
                }
            ),
        ),
    ),
    "r0-gan": Preset(
        "R0: anime faces with DCGAN, 25 epochs",
        "Report R0's DCGAN: 64x64 faces from 128 numbers, both networks in turn, batches of 128.",
        RunConfig("anime64", "dcgan", 25, 128, 2e-4, schedule="constant", kind="gan"),
    ),
    "gan-faces": Preset(
        "Ours: anime faces, calmly",
        "Half the weights; real and made pictures are changed alike, a steep discriminator pays, the rate falls.",
        RunConfig(
            "anime64",
            "gan-small",
            10,
            32,
            2e-4,
            schedule="cosine",
            warmup=0.0,
            average=0.998,
            flip=True,
            kind="gan",
            diff_augment=True,
            r1=0.05,
        ),
    ),
    "gan-digits": Preset(
        "Ours: digits made by class",
        "A generator that is told which digit to make: the shipped one's recipe; on one busy core it took 47 minutes.",
        RunConfig(
            "mnist",
            "gan-small",
            5,
            64,
            2e-4,
            schedule="cosine",
            warmup=0.0,
            average=0.998,
            kind="gan",
            conditional=True,
        ),
    ),
    "strokes-digits": Preset(
        "Ours: digits from pen strokes, no download",
        "The built-in digits: a lab without data and without a network trains on these.",
        RunConfig("strokes-digits", "r1-lenet", 2, 256, 0.01, dropout=0.0, **MUON),
    ),
    "strokes-greek": Preset(
        "Ours: Greek letters from pen strokes, no download",
        "The 24 built-in letters, for a slightly larger net.",
        RunConfig("strokes-greek", "mnist-small", 3, 256, 0.01, **MUON),
    ),
}


def preset(name: str) -> RunConfig:
    """The config of a preset by name."""
    if name not in PRESETS:
        raise unknown("The preset", name, PRESETS)
    return PRESETS[name].config
