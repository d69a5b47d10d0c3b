"""RunConfig: all the knobs of a run, their ranges and reasons. Long because each knob is a line of it."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Self, cast

from core.config.knob import Knob, knob
from core.errors import LabError, unknown

OPTIMISERS = ("sgd", "asgd", "adam", "adamw", "muon")
SCHEDULES = ("constant", "step", "cosine", "one-cycle")
ACTIVATIONS = ("relu", "leaky", "tanh", "sigmoid", "gelu")
SCALES = ("standard", "centred", "unit", "raw")  # zero mean unit variance; -0.5..0.5; 0..1; 0..255
PRECISIONS = ("auto", "fp32", "bf16")
RETRAIN = ("last", "last-2", "block", "all", "scratch")
HEADS = ("linear", "gap-256", "kept")
KINDS = ("classifier", "gan")
GAN_LOSSES = ("bce", "hinge", "relativistic")
D_NORMS = ("batch", "spectral", "none")
PLAYERS = ("both", "generator", "discriminator")


@dataclass(frozen=True)
class RunConfig:
    """Everything about a run. The same config on the same device gives the same numbers."""

    # basic
    dataset: str = knob("mnist", "basic", "Dataset", "Where the pictures come from.")
    net: str = knob("r1-lenet", "basic", "Network", "A named network, or a line of text that describes one.")
    epochs: int = knob(3, "basic", "Epochs", "Passes over the whole training set.", low=1, high=2000, beginner=True)
    batch_size: int = knob(
        256,
        "basic",
        "Batch size",
        "Pictures per step. Large is faster per picture, small takes more steps.",
        low=1,
        high=8192,
        log=True,
        beginner=True,
    )
    lr: float = knob(
        6e-3,
        "basic",
        "Learning rate",
        "How far each step goes. Too high diverges, too low never arrives.",
        low=1e-7,
        high=10.0,
        log=True,
        beginner=True,
    )
    seed: int = knob(
        0,
        "basic",
        "Seed",
        "Another seed, another start: run several before you believe a difference.",
        low=0,
        high=2**31 - 1,
    )
    activation: str | None = knob(
        None,
        "basic",
        "Activation",
        "Replaces every activation of the network line; a line without any gets one after each hidden layer.",
        choices=ACTIVATIONS,
        beginner=True,
    )
    dropout: float | None = knob(
        None,
        "basic",
        "Dropout",
        "The rate of every dropout of the network line; a line without any gets one before its last layer.",
        low=0.0,
        high=0.95,
        beginner=True,
    )
    batch_norm: bool | None = knob(
        None, "basic", "Batch norm", "Puts batch norm after every convolution, or removes it."
    )
    kernel: int | None = knob(
        None, "basic", "Kernel size", "Replaces the size of every convolution kernel.", low=1, high=15
    )
    filters: tuple[int, ...] | None = knob(
        None,
        "basic",
        "Filters",
        "Replaces the channel counts of the convolutions, in order: 64,128,256.",
        low=1,
        high=2048,
    )
    # optimiser
    optimiser: str = knob(
        "adamw",
        "optimiser",
        "Optimiser",
        "The rule that turns gradients into steps.",
        choices=OPTIMISERS,
        beginner=True,
    )
    momentum: float = knob(
        0.9, "optimiser", "Momentum", "How much of the last step is kept (SGD and Muon).", low=0.0, high=0.999
    )
    nesterov: bool = knob(
        False, "optimiser", "Nesterov", "Looks ahead along the momentum before stepping (SGD and Muon)."
    )
    weight_decay: float = knob(0.0, "optimiser", "Weight decay", "Pulls weights towards zero.", low=0.0, high=1.0)
    schedule: str = knob(
        "one-cycle", "optimiser", "Schedule", "How the learning rate moves during the run.", choices=SCHEDULES
    )
    warmup: float = knob(
        0.25,
        "optimiser",
        "Warm-up",
        "The share of the run spent rising to the learning rate (cosine, one-cycle).",
        low=0.0,
        high=0.9,
    )
    step_every: int = knob(
        10, "optimiser", "Step every", "Epochs between two drops of the step schedule.", low=1, high=1000
    )
    step_factor: float = knob(
        0.1, "optimiser", "Step factor", "What the step schedule multiplies the rate by.", low=0.001, high=1.0
    )
    label_smoothing: float = knob(
        0.0, "optimiser", "Label smoothing", "Share of each label spread over all classes.", low=0.0, high=0.5
    )
    average: float = knob(
        0.0,
        "optimiser",
        "Weight average",
        "Decay of a running average of the weights, judged instead of them; 0 is off.",
        low=0.0,
        high=0.9999,
    )
    clip: float = knob(0.0, "optimiser", "Clip gradient", "Longest gradient allowed; 0 is off.", low=0.0, high=1000.0)
    early_stop: int = knob(
        0, "optimiser", "Early stop", "Ends after so many epochs without a better loss; 0 is off.", low=0, high=1000
    )
    stop_accuracy: float = knob(
        0.0,
        "optimiser",
        "Stop at accuracy",
        "Ends once an epoch reaches it, 0.99 is 99 %; 0 is off.",
        low=0.0,
        high=1.0,
    )
    stop_seconds: float = knob(
        0.0, "optimiser", "Stop after seconds", "Ends at the first step past this time; 0 is off.", low=0.0, high=1e6
    )
    precision: str = knob(
        "auto", "optimiser", "Precision", "auto takes bf16 where this device is faster with it.", choices=PRECISIONS
    )
    accumulate: int = knob(
        1,
        "optimiser",
        "Accumulate",
        "Splits each batch into so many parts to save memory; the steps stay the same.",
        low=1,
        high=256,
    )
    snapshots: int = knob(
        20, "optimiser", "Snapshots", "How many moments of the run to keep for the time machine.", low=1, high=100
    )
    test_every: int = knob(
        1, "optimiser", "Test every", "Epochs between two tests; the last epoch always ends in one.", low=1, high=1000
    )
    # data
    shuffle: bool = knob(True, "data", "Shuffle", "A new order of the pictures every epoch.")
    scale: str = knob(
        "standard",
        "data",
        "Pixel scale",
        "standard: mean 0, spread 1; centred: -0.5..0.5; unit: 0..1; raw: 0..255.",
        choices=SCALES,
    )
    train_size: int = knob(
        0, "data", "Training pictures", "Use only so many training pictures; 0 is all.", low=0, high=10_000_000
    )
    holdout: float = knob(
        0.0,
        "data",
        "Hold out",
        "Share of the training set kept for validation: stopping then never looks at the test set.",
        low=0.0,
        high=0.5,
    )
    wrong_labels: float = knob(
        0.0,
        "data",
        "Wrong labels",
        "Share of the training labels that is flipped on purpose, drawn by the seed; the test set stays clean.",
        low=0.0,
        high=0.9,
    )
    fixed_labels: str | None = knob(
        None,
        "data",
        "Labels put right",
        "Training labels that people changed: picture:label pairs such as 17:4,230:9.",
    )
    crop: int = knob(
        0, "data", "Random crop", "Pads by so many pixels and crops back at a random place.", low=0, high=32
    )
    shift: float = knob(0.0, "data", "Shift", "Moves by up to this share of the width.", low=0.0, high=0.5)
    rotate: float = knob(0.0, "data", "Rotate", "Turns by up to so many degrees.", low=0.0, high=180.0)
    zoom: float = knob(0.0, "data", "Zoom", "Grows or shrinks by up to this share.", low=0.0, high=0.5)
    shear: float = knob(0.0, "data", "Shear", "Slants by up to so many degrees.", low=0.0, high=45.0)
    flip: bool = knob(False, "data", "Flip", "Mirrors left and right half of the time.")
    brightness: float = knob(0.0, "data", "Brightness", "Changes brightness by up to this share.", low=0.0, high=1.0)
    contrast: float = knob(0.0, "data", "Contrast", "Changes contrast by up to this share.", low=0.0, high=1.0)
    saturation: float = knob(
        0.0, "data", "Saturation", "Changes colourfulness by up to this share (colour pictures).", low=0.0, high=1.0
    )
    sharpness: float = knob(0.0, "data", "Sharpness", "Sharpens or blurs by up to this share.", low=0.0, high=1.0)
    cutout: int = knob(0, "data", "Cutout", "Side of a square blanked out at a random place.", low=0, high=128)
    cutmix: float = knob(
        0.0,
        "data",
        "Mixed pictures",
        "Share of the pictures that get a piece of another one; both labels count by their area.",
        low=0.0,
        high=1.0,
    )
    grow: float = knob(
        0.0,
        "data",
        "Growing pictures",
        "Share of the run in which pictures grow from 5/8 of their size: a faster start. Needs gap or gmp; 0 is off.",
        low=0.0,
        high=0.95,
    )
    # transfer: read only when there is a trunk
    trunk: str | None = knob(
        None,
        "transfer",
        "Trunk",
        "The trained network to begin with: a model by name, run:12, `resnet50 pretrained`, or file:mobilenet_v2.",
    )
    retrain: str = knob(
        "last", "transfer", "Retrain", "How much of the trunk may learn beside its new head.", choices=RETRAIN
    )
    head: str = knob(
        "linear",
        "transfer",
        "Head",
        "What replaces the trunk's last layer: one linear layer; (gap-256) 256 units and dropout before it; or (kept) "
        "the trunk's own, for the classes it knows.",
        choices=HEADS,
    )
    trunk_rate: float = knob(
        0.1, "transfer", "Trunk rate", "The layers below the head learn at this share of the rate.", low=0.0, high=1.0
    )
    unfreeze_at: int = knob(
        0,
        "transfer",
        "Unfreeze at",
        "Climbs the freeze ladder one rung every so many epochs, from the head down; 0 is all at once.",
        low=0,
        high=1000,
    )
    copies: int = knob(
        0,
        "transfer",
        "Changed copies",
        "A frozen trunk sees each picture so many times more, augmented; the head then trains on what it saw.",
        low=0,
        high=1000,
    )
    refuse: bool = knob(
        False,
        "transfer",
        "Learn to refuse",
        "Small drawings: the head also sees other characters and scribbles, so that it can say none of these.",
    )
    # gan: read only when kind is gan
    kind: str = knob("classifier", "gan", "What learns", "A classifier, or a pair that makes pictures.", choices=KINDS)
    latent: int = knob(128, "gan", "Latent numbers", "How many numbers a picture is made from.", low=2, high=512)
    conditional: bool = knob(False, "gan", "By class", "The generator is told which class to make.")
    gan_loss: str = knob("bce", "gan", "GAN loss", "How the discriminator's answer becomes a loss.", choices=GAN_LOSSES)
    d_steps: int = knob(1, "gan", "D steps", "Steps of the discriminator per step of the generator.", low=1, high=10)
    d_lr: float = knob(0.0, "gan", "D learning rate", "The discriminator's own; 0 is the same.", low=0.0, high=1.0)
    d_norm: str = knob("batch", "gan", "D norm", "What keeps the discriminator's layers in bounds.", choices=D_NORMS)
    r1: float = knob(0.0, "gan", "R1 penalty", "Keeps D flat around real pictures; 0 is off.", low=0.0, high=100.0)
    diff_augment: bool = knob(False, "gan", "Change both", "Shifts, colours and cuts real and made pictures alike.")
    train_only: str = knob("both", "gan", "Train only", "Which of the two learns.", choices=PLAYERS)

    def __post_init__(self) -> None:
        for each in KNOBS.values() if KNOBS else ():
            object.__setattr__(self, each.name, each.check(getattr(self, each.name)))

    def replace(self, **changes: Any) -> Self:
        """A copy with some knobs turned; unknown names are refused."""
        for name in changes:
            if name not in KNOBS:
                raise unknown("The setting", name, KNOBS)
        return dataclasses.replace(self, **changes)

    def parse(self, settings: list[str]) -> Self:
        """A copy with `key=value` texts applied, as the command line gives them."""
        changes = {}
        for setting in settings:
            name, equals, text = setting.partition("=")
            if not equals:
                raise LabError(f"--set is {setting!r}; allowed: key=value, such as lr=0.01.")
            if name.strip() not in KNOBS:
                raise unknown("The setting", name.strip(), KNOBS)
            changes[name.strip()] = KNOBS[name.strip()].parse(text.strip())
        return self.replace(**changes)

    def changed(self) -> dict[str, Any]:
        """Only the knobs that differ from their defaults."""
        return {name: value for name, value in self.to_dict().items() if value != _jsonable(KNOBS[name].default)}

    def to_dict(self) -> dict[str, Any]:
        return {each.name: _jsonable(getattr(self, each.name)) for each in dataclasses.fields(self)}

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), sort_keys=True)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """A config from stored JSON; keys that this version does not know are ignored."""
        return cls(**{name: value for name, value in values.items() if name in KNOBS})

    @classmethod
    def from_json(cls, text: str) -> Self:
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise LabError(f"This run's settings are not readable JSON ({error}).") from None
        if not isinstance(values, dict):
            raise LabError(f"This run's settings are {type(values).__name__}; allowed: a JSON object.")
        return cls.from_dict(values)

    def key(self) -> str:
        """The same for two runs exactly if all their knobs are equal.

        Only what differs from the defaults counts: a new knob leaves the keys of stored runs as they are.
        """
        return hashlib.sha256(json.dumps(self.changed(), sort_keys=True).encode()).hexdigest()[:16]


def _jsonable(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _knob(each: "dataclasses.Field[Any]") -> Knob:
    annotation = cast(Any, each.type)
    kinds = {"str": str, "int": int, "float": float, "bool": bool, "tuple[int, ...]": tuple}
    written = str(annotation) if not isinstance(annotation, type) else annotation.__name__
    base = written.replace(" | None", "")
    return Knob(each.name, kinds[base], written != base, each.default, **each.metadata)


KNOBS: dict[str, Knob] = {}
KNOBS.update({each.name: _knob(each) for each in dataclasses.fields(RunConfig)})
