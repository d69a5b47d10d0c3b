"""Report R0: MNIST with three sweeps, CIFAR-10, anime faces."""

from typing import Any

from core.config.experiment import Claim, Experiment, Row
from core.config.presets import preset
from core.config.run import RunConfig

MNIST = RunConfig("mnist", "r0-cnn", 10, 64, 1e-3, optimiser="adam", schedule="constant")
CIFAR = RunConfig(
    "cifar10",
    "resnet9",
    30,
    400,
    0.01,
    optimiser="adam",
    schedule="one-cycle",
    weight_decay=1e-4,
    clip=0.1,
    crop=4,
    flip=True,
)
OPEN = (
    "The report names convolutions, pooling and batch norm, but no sizes, no optimiser, and not the other two knobs of "
    "each sweep. We took our `r0-cnn` (32 and 64 filters), Adam at 0.001, batches of 64 and ten epochs."
)


def _minutes(minutes: int, seconds: int) -> float:
    return 60.0 * minutes + seconds


def _swept(name: str, title: str, accuracy: float, seconds: float, about: str = "", **knobs: Any) -> Row:
    return Row(name, title, MNIST.replace(**knobs), accuracy, seconds=seconds, about=about)


R0 = (
    Experiment(
        "r0-mnist",
        "R0",
        "MNIST with batch norm",
        "A convolutional net with pooling and batch norm reaches 98.86 % on the test set after ten epochs.",
        OPEN,
        (Row("best", "ten epochs", MNIST, 0.9886),),
        ours="mnist-best",
    ),
    Experiment(
        "r0-lr",
        "R0",
        "Learning rate",
        "Four learning rates. The largest is fast at first and then jumps about, the smallest takes too long; a "
        "warm-up and a decay would have the good of both.",
        OPEN + " The fourth rate is printed as 1e-4 a second time; the text calls it the largest, so we took 0.01.",
        (
            _swept("lr-1e-5", "0.00001", 0.93, _minutes(6, 48), lr=1e-5),
            _swept("lr-1e-4", "0.0001", 0.97, _minutes(6, 45), lr=1e-4),
            _swept("lr-1e-3", "0.001", 0.9788, _minutes(6, 22), lr=1e-3),
            _swept("lr-1e-2", "0.01", 0.9624, _minutes(6, 38), lr=1e-2),
            Row(
                "warmup",
                "0.01 with warm-up and decay",
                MNIST.replace(lr=1e-2, schedule="one-cycle"),
                probe=True,
                about="What the report proposes and did not run: one cycle up to 0.01 and down again.",
            ),
            Row(
                "first-1e-5",
                "0.00001, the first epoch",
                MNIST.replace(lr=1e-5, epochs=1),
                probe=True,
                about="Where the very same runs stood after one epoch.",
            ),
            Row("first-1e-3", "0.001, the first epoch", MNIST.replace(epochs=1), probe=True),
            Row("first-1e-2", "0.01, the first epoch", MNIST.replace(lr=1e-2, epochs=1), probe=True),
        ),
        (
            Claim("0.001 beats the largest rate", "lr-1e-3", "lr-1e-2"),
            Claim("0.001 beats the smallest rate", "lr-1e-3", "lr-1e-5"),
            Claim("0.001 beats the smallest rate after one epoch", "first-1e-3", "first-1e-5"),
            Claim("A warm-up with decay mends the largest rate", "warmup", "lr-1e-2"),
        ),
        ours="mnist-best",
        why="The report's own figures do not fit together: 0.001 gives 97.88 % here and 98.86 % after ten epochs "
        "above. Ours are within 1.3 points of this sweep after their first epoch and at the other figure after their "
        "tenth. So the sweep was shorter than ten epochs, or its net learned more slowly. Either way it shows who "
        "starts fast: after one epoch the smallest rate is four points behind, after ten half a point and still "
        "rising. 'It takes too long' is right; how much lower it ends depends on when one looks.",
    ),
    Experiment(
        "r0-batch",
        "R0",
        "Batch size",
        "Five batch sizes: the smaller, the more accurate; small batches take longer.",
        OPEN,
        (
            _swept("batch-32", "32", 0.9825, _minutes(6, 34), batch_size=32),
            _swept("batch-64", "64", 0.98, _minutes(5, 58), batch_size=64),
            _swept("batch-128", "128", 0.977, _minutes(5, 53), batch_size=128),
            _swept("batch-256", "256", 0.9764, _minutes(6, 8), batch_size=256),
            _swept("batch-400", "400", 0.9744, _minutes(5, 54), batch_size=400),
            Row(
                "batch-400-lr",
                "400, rate raised with it",
                MNIST.replace(batch_size=400, lr=4e-3),
                probe=True,
                about="Larger batches take fewer steps per epoch. Here each step goes further, to make up for it.",
            ),
        ),
        (
            Claim("Batches of 32 beat batches of 400", "batch-32", "batch-400"),
            Claim("A higher rate mends the large batch", "batch-400-lr", "batch-400"),
        ),
        ours="mnist-best",
        why="As far as one can tell, the three sweeps hold one recipe three times (0.001, batches of 64, ReLU): 97.88, "
        "98.00 and 98.12 %. Only luck lies between those, and the steps of this sweep are about as large. A larger "
        "batch also takes fewer steps in as many epochs: it has moved less.",
    ),
    Experiment(
        "r0-activation",
        "R0",
        "Activation",
        "ReLU, tanh and sigmoid: the sigmoid is not suitable for more than two classes.",
        OPEN,
        (
            _swept("relu", "ReLU", 0.9812, _minutes(6, 46)),  # the net's own: the very run of the other two sweeps
            _swept("tanh", "tanh", 0.9782, _minutes(6, 41), activation="tanh"),
            _swept("sigmoid", "sigmoid", 0.858, _minutes(6, 47), activation="sigmoid"),
            Row(
                "sigmoid-plain",
                "sigmoid, no batch norm, plain SGD",
                MNIST.replace(activation="sigmoid", batch_norm=False, optimiser="sgd", momentum=0.0, lr=0.01),
                probe=True,
                about="Without batch norm and without Adam the gradient through sigmoids nearly vanishes.",
            ),
        ),
        (
            Claim("ReLU beats tanh", "relu", "tanh"),
            Claim("ReLU beats the sigmoid", "relu", "sigmoid"),
            Claim("Batch norm and Adam carry the sigmoid", "sigmoid", "sigmoid-plain"),
        ),
        ours="mnist-best",
        why="A sigmoid is flat far from zero, so gradients vanish on their way back. Batch norm keeps its input near "
        "zero, and Adam scales small gradients up again: with both it is a fair activation for ten classes. The probe "
        "takes both away, and ends after ten epochs where the report's sigmoid did: 85.55 % beside 85.80 %.",
    ),
    Experiment(
        "r0-cifar",
        "R0",
        "CIFAR-10 with a residual net",
        "A residual net with normalisation, a rate that rises and falls, weight decay and random augmentation passes "
        "90 % in 30 epochs (11 minutes on a GPU); a basic net without normalisation stays near 80 %.",
        "Sizes, batch and peak rate are not given; we took the well-known ResNet-9 and the course's usual recipe: "
        "batches of 400, Adam with one cycle up to 0.01, clipped gradients. The basic net's sizes are ours, too.",
        (
            Row("resnet", "residual net", CIFAR, 0.90, seconds=_minutes(11, 0)),
            Row(
                "basic",
                "basic net, no normalisation",
                RunConfig("cifar10", "r0-basic", 30, 128, 1e-3, optimiser="adam", schedule="constant"),
                0.80,
            ),
            Row(
                "narrow",
                "the same with fewer filters",
                CIFAR.replace(net="resnet9-small"),
                probe=True,
                about="24 to 144 filters instead of 64 to 512, an eighth of the work: for a class without a GPU.",
            ),
            Row(
                "quarter-hour",
                "ours in a quarter of an hour",
                preset("cifar-long"),
                probe=True,
                about="No residual block and no GPU: Muon, small pictures first, an average of the weights, two looks.",
            ),
        ),
        (Claim("The residual net beats the basic one", "resnet", "basic"),),
        ours="cifar-best",
    ),
    Experiment(
        "r0-gan",
        "R0",
        "Anime faces from 128 numbers",
        "A DCGAN makes 64x64 faces from 128 random numbers after 25 epochs (40 minutes). The discriminator knows 98 % "
        "of the real faces, the generator fools it about 10 % of the time. Wanted and not reached: to train the "
        "generator alone, and to know which of the 128 numbers moves what.",
        "The pictures of the report are not given; its nets are the course's usual ones.",
        (
            Row(
                "gan",
                "DCGAN, 25 epochs",
                None,
                seconds=_minutes(40, 0),
                said={"discriminator right on real": 0.98, "generator fools it": 0.10},
            ),
        ),
        missing="A pair of nets that play against each other has no test accuracy, so nothing is measured on this "
        "page.",
        page="latent.py",
    ),
)
