"""Brings a store of any earlier version to the present one, and refuses one from the future."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine, inspect, select, text, update

from core.errors import LabError
from core.runs.figures import rebuild
from core.runs.tables import SCHEMA, bets, figures, meta, metadata, sweeps, trials


def is_current(engine: Engine) -> bool:
    """Whether nothing is to be done; asked at every start, so it takes no lock."""
    if not inspect(engine).has_table("meta"):
        return False
    with engine.connect() as connection:
        return _version(connection) == SCHEMA


def bring_up(connection: Connection) -> None:
    """Makes the tables, or changes those of an older store step by step. One transaction: all or nothing."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(20231)"))  # two first starts at once: one waits
    version = _version(connection) if inspect(connection).has_table("meta") else 0
    if version == 0:
        metadata.create_all(connection)
        connection.execute(meta.insert().values(key="schema", value=str(SCHEMA)))
        return
    for old in range(version, SCHEMA):
        STEPS[old](connection)
    connection.execute(update(meta).where(meta.c.key == "schema").values(value=str(SCHEMA)))


def _version(connection: Connection) -> int:
    stored = connection.scalar(select(meta.c.value).where(meta.c.key == "schema"))
    if stored is None or not stored.isdigit():
        raise LabError(f"The store's version is {stored!r}; allowed: a number up to {SCHEMA}. The store is damaged.")
    if int(stored) > SCHEMA:
        raise LabError(
            f"The store was written by a newer Inkling (version {stored}; this one knows versions up to {SCHEMA}). "
            "Update Inkling, or set LAB_HOME to another folder."
        )
    return int(stored)


def _to_2(connection: Connection) -> None:
    """Version 2 keeps each curve's last and best figure, and why a run ended."""
    connection.execute(text("ALTER TABLE runs ADD COLUMN reason TEXT"))
    connection.execute(text("ALTER TABLE runs ADD COLUMN weights_sha256 TEXT"))
    figures.create(connection)
    rebuild(connection)


def _to_3(connection: Connection) -> None:
    """Version 3 knows sweeps, and what the class bets on them."""
    for table in (sweeps, trials, bets):
        table.create(connection)


STEPS: dict[int, Callable[[Connection], None]] = {1: _to_2, 2: _to_3}
