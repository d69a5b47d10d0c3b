"""Run: one row of the store as a frozen value."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from core.config import RunConfig
from core.errors import LabError
from core.runs.tables import runs

STATUSES = ("queued", "running", "paused", "stopped", "finished", "failed")
ACTIVE = ("queued", "running")  # something will still happen to these by itself


@dataclass(frozen=True)
class Run:
    """What the lab knows about one run. Moments are seconds since 1970."""

    id: int
    name: str
    owner: str | None
    status: str
    config_json: str
    config_key: str
    preset: str | None
    tags: tuple[str, ...]
    note: str
    priority: int
    sweep: str | None
    parent: int | None
    created: float
    started: float | None
    finished: float | None
    pid: int | None
    born: float | None
    host: str | None
    slot: int | None
    began: float | None
    heartbeat: float | None
    attempts: int
    step: int
    epoch: float
    steps_per_epoch: float | None
    steps_total: int | None
    seconds: float
    device: str | None
    doing: str | None
    result: dict[str, float]
    reason: str | None
    weights_sha256: str | None
    error: str | None
    snapshots: int

    @property
    def config(self) -> RunConfig:
        """The knobs; the defaults when the stored ones cannot be read (see `unreadable`)."""
        return _config(self.config_json)[0]

    @property
    def unreadable(self) -> str | None:
        """The sentence when this row's settings are corrupt: one bad row never breaks a page."""
        return _config(self.config_json)[1]

    @property
    def active(self) -> bool:
        return self.status in ACTIVE

    @property
    def progress(self) -> float:
        """Share done, 0..1."""
        if self.status == "finished":
            return 1.0
        return min(self.step / self.steps_total, 1.0) if self.steps_total else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds of training left, as far as the pace so far tells."""
        if not self.step or not self.steps_total or self.seconds <= 0:
            return None
        return max(self.steps_total - self.step, 0) * self.seconds / self.step


@lru_cache(maxsize=20_000)
def _config(text: str) -> tuple[RunConfig, str | None]:
    try:
        return RunConfig.from_json(text), None
    except LabError as error:
        return RunConfig(), f"This run's settings cannot be read: {error}"


COLUMNS = [
    column
    for column in runs.c
    if column.name not in ("deaths", "flushes", "began_flushes", "batch", "config", "tags", "result")
]


def from_row(row: Row[Any]) -> Run:
    """A row of `COLUMNS` + config, tags, result and the count of snapshots, however damaged its JSON is."""
    values = dict(row._mapping)
    tags, result = _json(values.pop("tags"), list), _json(values.pop("result"), dict)
    values["tags"] = tuple(str(tag) for tag in tags)
    values["result"] = {str(key): value for key, value in result.items() if isinstance(value, int | float)}
    values["config_json"] = values.pop("config")
    return Run(**values)


def _json(text: str, kind: type) -> Any:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return kind()
    return value if isinstance(value, kind) else kind()
