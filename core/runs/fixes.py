"""Fixes: what people say about training labels of a run that was told some wrong ones; written down at once."""

import time
from collections.abc import Mapping

from sqlalchemy import Column, Double, Integer, MetaData, PrimaryKeyConstraint, Table, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from core.runs.database import Database

LEAVE = -1  # looked at, and the label is left as it is

metadata = MetaData()

table = Table(
    "fixes",
    metadata,
    Column("run", Integer, nullable=False),
    Column("picture", Integer, nullable=False),  # its number in the training set
    Column("label", Integer, nullable=False),  # the class it is given, or LEAVE
    Column("owner", Text),  # the nickname of who said so
    Column("created", Double, nullable=False),
    PrimaryKeyConstraint("run", "picture"),
)


class Fixes:
    """The fixes of all label games, in the store's database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        database.ensure(metadata)

    def of(self, run: int) -> dict[int, int]:
        """Picture -> the class it is given, or LEAVE."""
        query = select(table.c.picture, table.c.label).where(table.c.run == run).order_by(table.c.picture)
        with self.database.read() as connection:
            return {int(picture): int(label) for picture, label in connection.execute(query)}

    def say(self, run: int, picture: int, label: int, owner: str | None = None) -> None:
        """Gives a picture a label, or LEAVE; what was said about it before is replaced."""
        insert = sqlite.insert if self.database.is_sqlite else postgresql.insert
        row = {"run": run, "picture": picture, "label": label, "owner": owner, "created": time.time()}
        new = insert(table).values(row)
        changes = {name: new.excluded[name] for name in ("label", "owner", "created")}
        with self.database.write() as connection:
            connection.execute(new.on_conflict_do_update(index_elements=["run", "picture"], set_=changes))

    def take_back(self, run: int, picture: int) -> None:
        """As if nothing had been said about it."""
        with self.database.write() as connection:
            connection.execute(delete(table).where(table.c.run == run, table.c.picture == picture))


def changed(said: Mapping[int, int]) -> dict[int, int]:
    """Only the pictures that are given a label."""
    return {picture: label for picture, label in said.items() if label != LEAVE}
