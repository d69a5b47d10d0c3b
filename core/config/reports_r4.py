"""Report R4: three nets on FashionMNIST, epoch by epoch."""

from typing import Any

from core.config.experiment import Claim, Experiment, Row
from core.config.presets import preset


def _net(name: str, title: str, low: float, high: float, train: tuple[float, float] | None) -> Row:
    said: dict[str, Any] = {"train, lowest": train[0], "train, highest": train[1]} if train else {}
    return Row(name, title, preset(f"r4-{name}"), high, low, said=said)


R4 = (
    Experiment(
        "r4-nets",
        "R4",
        "Three nets on FashionMNIST",
        "Guessing gives 10 %. A linear net moves between 80 and 84 % on test pictures, with flaws that look like "
        "chance; ReLU makes the curves steadier and the gap to training smaller; TinyVGG reaches 84 to 91 % with a gap "
        "of up to 4 points.",
        "Sizes of the first two nets, rate and batch are not given: ten hidden units, SGD at 0.1 and batches of 32 are "
        "ours. For the net with ReLU the report only says that it is at the level of the linear one.",
        (
            _net("linear", "linear", 0.80, 0.84, (0.79, 0.90)),
            _net("relu", "linear + ReLU", 0.80, 0.84, None),
            _net("tinyvgg", "TinyVGG", 0.84, 0.91, (0.78, 0.93)),
        ),
        (
            Claim("TinyVGG beats the linear net", "tinyvgg", "linear"),
            Claim("ReLU lifts the linear net after ten epochs, which the report doubts", "relu", "linear"),
        ),
        ours="fashion-best",
        per_epoch=True,
        chance=0.1,
    ),
)
