"""Experiments: all that the five reports claim, by name."""

from core.config.experiment import Experiment
from core.config.reports_r0 import R0
from core.config.reports_r1 import R1
from core.config.reports_r2 import R2
from core.config.reports_r3 import R3
from core.config.reports_r4 import R4
from core.errors import unknown

EXPERIMENTS: dict[str, Experiment] = {each.name: each for each in (*R0, *R1, *R2, *R3, *R4)}
REPORTS = {
    "R0": "MNIST, CIFAR-10 and anime faces",
    "R1": "A LeNet, Greek letters, own experiments",
    "R2": "Small nets, augmentation, fine-tuning",
    "R3": "A ladder on CIFAR-10",
    "R4": "Three nets on FashionMNIST",
}


def experiment(name: str) -> Experiment:
    """One experiment by its name."""
    if name not in EXPERIMENTS:
        raise unknown("The experiment", name, EXPERIMENTS)
    return EXPERIMENTS[name]
