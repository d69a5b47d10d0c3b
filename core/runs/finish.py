"""Finish: the checkpoint of a run, with a card that explains it."""

import datetime
import tomllib
from pathlib import Path

from core import paths
from core.config import RunConfig
from core.data.dataset import Dataset
from core.errors import LabError
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.rewrite import rewrite
from core.runs.claims import Claim
from core.train.facts import Snapshot
from core.train.gan_pictures import squared

# "None of these" has the logit 0 in training; a little evidence more than that is asked for. Chosen on made-up shapes:
# with it a head of five drawings per class refused nine of ten unknown characters and fewer than five of 100 good ones.
REFUSES = {"temperature": 1.0, "known_at": 0.4, "known_spread": 1.0}


def checkpoint_dir(run: int) -> Path:
    """Where a run's checkpoint lies; a folder that need not exist yet."""
    return paths.home() / "runs" / str(run) / "checkpoint"


def save_checkpoint(
    claim: Claim, config: RunConfig, data: Dataset, last: Snapshot, figures: dict[str, float], device: str
) -> str:
    """Saves the weights of a run's last snapshot; their SHA-256."""
    gan = config.kind == "gan"
    channels, height, width = squared(data.x_train[:1]).shape[1:] if gan else data.shape
    card = Card(
        name=f"run-{claim.run}",
        net=config.net if gan else rewrite(config.net, config),
        shape=(channels, height, width),
        classes=data.classes if config.conditional or not gan else ("picture",),
        kind=config.kind,
        about=f"Run {claim.run}, {claim.name}: {last.epoch:.4g} epochs of {config.dataset}.",
        dataset=config.dataset,
        mean=data.mean,
        std=data.std,
        scale=config.scale,
        config=config.to_dict(),
        accuracy=figures.get("test/accuracy"),
        seconds=last.seconds,
        device=device,
        code_version=code_version(),
        made=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        figures={
            name: value for name, value in figures.items() if name.partition("/")[0] in ("train", "test", "val", "gan")
        },
        reading=dict(REFUSES) if config.refuse else {},
    )
    return checkpoint.write(checkpoint_dir(claim.run), last.weights, card).weights_sha256


def checkpoint_of(run: int) -> Path:
    """The checkpoint folder of a finished or stopped run."""
    folder = checkpoint_dir(run)
    if not (folder / checkpoint.CARD).is_file():
        raise LabError(f"Run {run} has no checkpoint; only a finished or stopped run has one.")
    return folder


def code_version() -> str:
    """The lab's version, and its commit where it runs from a checkout."""
    version = str(tomllib.loads((paths.ROOT / "pyproject.toml").read_text())["project"]["version"])
    head = paths.ROOT / ".git" / "HEAD"
    try:
        reference = head.read_text().strip()
        file = paths.ROOT / ".git" / reference.removeprefix("ref: ")
        commit = file.read_text().strip() if reference.startswith("ref: ") else reference
    except OSError:  # no checkout, or its references are packed
        return version
    return f"{version}+{commit[:10]}"
