"""Where things live, and what the environment says: the only file that reads environment variables."""

import os
from pathlib import Path

from core.errors import LabError

ROOT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The lab's own folder: store, runs, downloads. Made on first use."""
    folder = Path(os.environ.get("LAB_HOME") or ROOT / "var").expanduser().resolve()
    return _made(folder, "LAB_HOME")


def data_dir() -> Path:
    """Data sets: torchvision's layouts or `<name>.npz` files."""
    chosen = os.environ.get("LAB_DATA")
    return _made(Path(chosen).expanduser().resolve(), "LAB_DATA") if chosen else _made(home() / "data", "LAB_HOME")


def run_dir(run: int) -> Path:
    """One run's files: snapshots, checkpoint, log."""
    return _made(home() / "runs" / str(run), "LAB_HOME")


def shipped() -> Path:
    """The read-only checkpoints that come with the lab."""
    return ROOT / "checkpoints"


def database_url() -> str:
    """SQLAlchemy's address of the store; SQLite in the home unless LAB_DATABASE_URL says otherwise."""
    return os.environ.get("LAB_DATABASE_URL") or f"sqlite:///{home() / 'lab.sqlite'}"


def device_wish() -> str:
    """`auto`, `cpu`, `cuda` or `cuda:1`: what LAB_DEVICE asks for."""
    return os.environ.get("LAB_DEVICE") or "auto"


def slots() -> int:
    """How many runs train at once on this machine."""
    text = os.environ.get("LAB_SLOTS") or "1"
    if not text.isdigit() or not 1 <= int(text) <= 64:
        raise LabError(f"LAB_SLOTS is {text!r}; allowed: a whole number from 1 to 64.")
    return int(text)


def teacher_code() -> str | None:
    """The code that unlocks deleting other people's runs; without one everybody may."""
    return os.environ.get("LAB_TEACHER_CODE") or None


def calm_threads() -> None:
    """Call before torch is imported: its threads then soon sleep while they wait for each other, and do not spin.

    Spinning threads starve each other as soon as anything else runs on the machine (a page, a browser, a test): one
    short run took 36 s with spinning threads and 1.5 s with sleeping ones on two busy cores. A few microseconds of
    spinning first keep an idle machine as fast as it was.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")


def _made(folder: Path, variable: str) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(
            f"The lab cannot write to {folder} ({error.strerror}). Give yourself permission there, or set "
            f"{variable} to another folder."
        ) from None
    return folder
