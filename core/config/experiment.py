"""Experiment: what a report says it did and found, as data, with the recipe behind each figure."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.config.presets import PRESETS
from core.config.run import RunConfig
from core.errors import unknown

OURS = "ours"  # the name of our recipe's row
QUICK_PICTURES = 10_000  # training pictures of a quick run
QUICK_SHARE = 10  # a quick run has a tenth of the epochs


@dataclass(frozen=True)
class Row:
    """One figure of a report, and the recipe that should give it. Accuracies are shares: 0.9886."""

    name: str  # as `--row` takes it
    title: str
    config: RunConfig | None  # None: it takes more than one training run of a classifier
    accuracy: float | None = None  # on test pictures, as the report says
    low: float | None = None  # where the report gives a range, its lower end
    seconds: float | None = None  # as the report says, on its machine
    said: Mapping[str, float] = field(default_factory=dict)  # what else the report says of it
    probe: bool = False  # no row of theirs: our run that shows why
    about: str = ""


@dataclass(frozen=True)
class Claim:
    """A conclusion of the authors that two rows can test: `better` ends above `worse`."""

    text: str
    better: str
    worse: str


@dataclass(frozen=True)
class Experiment:
    """One experiment of one report."""

    name: str
    report: str  # R0 .. R4
    title: str
    claim: str  # what they did and what they conclude
    assumed: str  # what the report leaves open, and what we took
    rows: tuple[Row, ...]
    claims: tuple[Claim, ...] = ()
    ours: str | None = None  # our preset for the same task
    why: str = ""  # what the authors could not explain, and which run shows it
    aside: tuple[str, str] | None = None  # curves measured beside the rows: their file in checkpoints/, what they show
    missing: str = ""  # why it cannot be run from here, when it cannot
    page: str | None = None  # the page of the lab where this is done by hand: its file
    per_epoch: bool = False  # the report is about curves over epochs, not about one figure
    chance: float | None = None  # what guessing gives

    def row(self, name: str) -> Row:
        """One row by its name."""
        found = next((row for row in self.all_rows if row.name == name), None)
        if found is None:
            raise unknown("The row", name, [row.name for row in self.all_rows])
        return found

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """Their rows and our probes, and last our own recipe for the same task."""
        if self.ours is None:
            return self.rows
        preset = PRESETS[self.ours]
        return (*self.rows, Row(OURS, preset.title, preset.config, probe=True, about=preset.about))

    @property
    def reported(self) -> tuple[Row, ...]:
        """The report's own rows."""
        return tuple(row for row in self.rows if not row.probe)

    @property
    def runnable(self) -> tuple[Row, ...]:
        """The rows that one training run each can reproduce."""
        return tuple(row for row in self.all_rows if row.config is not None)


def quick(config: RunConfig) -> RunConfig:
    """The same recipe, shortened to a tenth of the epochs (two at least) and 10,000 pictures: the way, no figure."""
    epochs = min(config.epochs, max(2, config.epochs // QUICK_SHARE))
    return config.replace(epochs=epochs, train_size=QUICK_PICTURES)


@functools.lru_cache(1 << 14)  # a store of 10,000 runs asks for each of them whenever one ends
def task(config: RunConfig) -> tuple[str, int]:
    """What a run says something about: its recipe whatever the seed, and its epochs.

    Where the rate is constant the first epochs of a longer run are, bit for bit, the shorter run: such recipes are one
    task, and the epochs say how far it was followed. How many snapshots are kept changes nothing.
    """
    alike = config.replace(seed=0, snapshots=1)
    if config.trunk:  # the store writes the trunk's own line there
        alike = alike.replace(net=PRESETS["r1-lenet"].config.net)
    if config.schedule in ("constant", "step"):
        alike = alike.replace(epochs=1)
    return alike.key(), config.epochs


def longest(rows: Sequence[Row]) -> list[Row]:
    """What must be trained to know these rows: not those that are the first epochs of another one."""
    tasks = [task(row.config) for row in rows if row.config is not None]

    def begins_another(row: Row) -> bool:
        assert row.config is not None
        name, epochs = task(row.config)
        return any(other == name and far > epochs for other, far in tasks)

    return [row for row in rows if row.config is not None and not begins_another(row)]
