"""The class's drawings: kept with their labels in one pool, written down at once, so that a restart loses none."""

import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Double, Index, Integer, LargeBinary, MetaData, Table, Text, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from core import paths
from core.errors import LabError
from core.runs.database import Database

SIDE = 28
LONGEST = {"label": 24, "nickname": 40}
MOST = 100_000  # drawings in one pool
CHUNK = 500  # rows per statement: SQLite allows 32,766 values in one

metadata = MetaData()

table = Table(
    "drawings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("owner", Text),  # the nickname of who drew it
    Column("created", Double, nullable=False),  # seconds since 1970
    Column("image", LargeBinary, nullable=False),  # 784 bytes: what a network saw
    Column("ink", Text),  # the strokes, when it was drawn on the ink pad
    Column("answer", Text),  # what the model said then
    Column("digest", Text, nullable=False, unique=True),  # of label and image: one drawing is in the pool once
    Index("drawings_label", "label", "id"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, eq=False)
class Drawing:
    """One labelled drawing of the class."""

    id: int
    label: str
    owner: str | None
    created: float
    image: NDArray[np.uint8]  # (28, 28), ink is 255
    ink: str | None
    answer: str | None


@dataclass(frozen=True, eq=False)
class Labelled:
    """A drawing that is not in the pool yet."""

    image: NDArray[Any]
    label: str
    owner: str | None = None
    ink: str | None = None
    answer: str | None = None
    created: float | None = None


class Pool:
    """All drawings of the class, in the store's database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        database.ensure(metadata)

    def keep(self, drawing: Labelled) -> int:
        """Writes a drawing down; the number it has, an old one if the very same was kept before."""
        self.keep_all([drawing])
        with self.database.read() as connection:
            return int(connection.scalars(select(table.c.id).where(table.c.digest == _row(drawing)["digest"])).one())

    def keep_all(self, drawings: Iterable[Labelled]) -> int:
        """Writes many down in one transaction; how many of them were new."""
        rows = [_row(each) for each in drawings]
        before = self.count()
        if before + len(rows) > MOST:
            raise LabError(f"The pool would have {before + len(rows):,} drawings; allowed: up to {MOST:,}.")
        insert = sqlite.insert if self.database.is_sqlite else postgresql.insert
        with self.database.write() as connection:
            for first in range(0, len(rows), CHUNK):
                connection.execute(insert(table).values(rows[first : first + CHUNK]).on_conflict_do_nothing())
        return self.count() - before

    def drawings(
        self, label: str | None = None, owner: str | None = None, first: int = 0, count: int | None = None
    ) -> list[Drawing]:
        """Drawings, newest first."""
        query = _chosen(select(table), label, owner).order_by(table.c.id.desc()).offset(first).limit(count)
        with self.database.read() as connection:
            return [_drawing(row) for row in connection.execute(query)]

    def drawing(self, number: int) -> Drawing:
        """One drawing; a LabError when it is gone."""
        with self.database.read() as connection:
            row = connection.execute(select(table).where(table.c.id == number)).first()
        if row is None:
            raise LabError(f"Drawing {number} does not exist; it may have been deleted.")
        return _drawing(row)

    def delete(self, number: int) -> None:
        """Takes a drawing out of the pool for ever."""
        with self.database.write() as connection:
            if connection.execute(delete(table).where(table.c.id == number)).rowcount == 0:
                raise LabError(f"Drawing {number} does not exist; it may have been deleted.")

    def count(self, label: str | None = None, owner: str | None = None) -> int:
        with self.database.read() as connection:
            return int(connection.scalar(_chosen(select(func.count()).select_from(table), label, owner)) or 0)

    def labels(self) -> dict[str, int]:
        """label -> how many drawings, in the order of `order`."""
        return {name: number for name, number in sorted(self._counts(table.c.label), key=lambda each: order(each[0]))}

    def people(self) -> dict[str, int]:
        """nickname -> how many drawings, the busiest first; drawings without a nickname are not counted."""
        return dict(sorted(self._counts(table.c.owner), key=lambda each: (-each[1], each[0])))

    def stamp(self) -> tuple[int, int]:
        """Changes whenever the pool does: the newest number and how many there are."""
        with self.database.read() as connection:
            newest, count = connection.execute(select(func.max(table.c.id), func.count())).one()
        return int(newest or 0), int(count)

    def _counts(self, column: Any) -> list[tuple[str, int]]:
        query = select(column, func.count()).where(column.is_not(None)).group_by(column)
        with self.database.read() as connection:
            return [(str(name), int(number)) for name, number in connection.execute(query)]


@contextmanager
def pool() -> Iterator[Pool]:
    """The pool of this home's store, for a moment."""
    database = Database(paths.database_url())
    try:
        yield Pool(database)
    finally:
        database.close()


def order(label: str) -> tuple[int, int, str]:
    """Digits first, then Greek letters as in their alphabet, then everything else by name."""
    from core.data.digits import DIGITS
    from core.data.greek import GREEK

    known = [*DIGITS, *GREEK]
    return (0, known.index(label), label) if label in known else (1, 0, label)


def named(what: str, value: str) -> str:
    """A label or nickname as it is stored, or the sentence why it cannot be."""
    cleaned = " ".join(value.split())
    if not 0 < len(cleaned) <= LONGEST[what] or not cleaned.isprintable():
        raise LabError(f"The {what} is {cleaned[:60]!r}; allowed: 1 to {LONGEST[what]} characters that can be printed.")
    return cleaned


def _row(drawing: Labelled) -> dict[str, Any]:
    image = np.asarray(drawing.image)
    if image.shape != (SIDE, SIDE) or image.dtype != np.uint8:
        raise LabError(f"The drawing is {image.dtype} of shape {image.shape}; allowed: {SIDE}x{SIDE} bytes.")
    if not image.any():
        raise LabError("There is nothing on this drawing; draw a character first.")
    label, bytes_ = named("label", drawing.label), np.ascontiguousarray(image).tobytes()
    return {
        "label": label,
        "owner": named("nickname", drawing.owner) if drawing.owner and drawing.owner.strip() else None,
        "created": drawing.created or time.time(),
        "image": bytes_,
        "ink": drawing.ink or None,
        "answer": drawing.answer,
        "digest": hashlib.sha256(label.encode() + b"\0" + bytes_).hexdigest(),
    }


def _drawing(row: Any) -> Drawing:
    image = np.frombuffer(row.image, np.uint8).reshape(SIDE, SIDE)
    return Drawing(row.id, row.label, row.owner, row.created, image, row.ink, row.answer)


def _chosen(query: Any, label: str | None, owner: str | None) -> Any:
    if label is not None:
        query = query.where(table.c.label == label)
    return query if owner is None else query.where(table.c.owner == owner)
