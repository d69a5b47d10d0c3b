"""One connection pool to the store: SQLite in WAL mode or PostgreSQL, and its failures as sentences."""

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError, ProgrammingError

from core import paths
from core.errors import LabError
from core.runs import migrate

NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "gpfs", "fuse.sshfs", "davfs"}


class Unavailable(LabError):
    """The store cannot take anything just now; trying again later is right."""


class Database:
    """Reads and write transactions on the store. Open one per process; any thread may use it."""

    def __init__(self, url: str | None = None, patience: float = 30.0) -> None:
        self.url = url or paths.database_url()
        self.patience = patience  # seconds to wait for another writer
        self._lock = threading.Lock()
        self._watcher: Any = None
        self.engine = self._engine()
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        try:
            self._bring_up()
        except LabError:  # nobody will close what never came to be
            self.engine.dispose()
            raise

    def _bring_up(self) -> None:
        with self.failures():
            if not migrate.is_current(self.engine):
                with self.write() as connection:
                    migrate.bring_up(connection)

    def _engine(self) -> Engine:
        try:
            address = make_url(self.url)
            if address.drivername in ("postgresql", "postgres"):
                address = address.set(drivername="postgresql+psycopg")
            if address.get_backend_name() == "postgresql":
                wait = int(self.patience * 1000)
                options = f"-c lock_timeout={wait} -c client_min_messages=warning"
                arguments = {"connect_timeout": 10, "options": options}
                return create_engine(address, pool_pre_ping=True, pool_size=4, max_overflow=28, connect_args=arguments)
            if address.drivername != "sqlite" or not address.database:
                raise ArgumentError("not a database we know")
        except (ArgumentError, NoSuchModuleError):
            raise LabError(
                f"LAB_DATABASE_URL is {_without_password(self.url)!r}; allowed: sqlite:////path/lab.sqlite or postgresql://user:password@host/name."
            ) from None
        refuse_network(Path(address.database))
        engine = create_engine(address, pool_size=8, max_overflow=56, connect_args={"timeout": self.patience})
        event.listen(engine, "connect", self._on_connect)
        event.listen(engine, "begin", _on_begin)
        return engine

    def _on_connect(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see _on_begin
        connection.execute(f"PRAGMA busy_timeout = {int(self.patience * 1000)}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")

    def ensure(self, metadata: MetaData) -> None:
        """Tables that only one part of the lab needs are made when it is first used."""
        with self.failures():
            here = inspect(self.engine)
            if not all(here.has_table(name) for name in metadata.tables):
                with self.write() as connection:
                    metadata.create_all(connection, checkfirst=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view of the store."""
        with self.failures(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction: all of it happens, or nothing."""
        with self.failures(), self.engine.connect() as connection:
            connection.execution_options(lab_write=True)
            with connection.begin():
                yield connection

    def version(self) -> str:
        """A token that changes when anybody commits anything: cheap enough to ask for every few milliseconds."""
        with self.failures():
            if not self.is_sqlite:  # the open transactions and the next one; no table is touched
                with self.engine.connect() as connection:
                    return str(connection.scalar(text("SELECT pg_current_snapshot()::text")))
            with self._lock:  # data_version sees other connections only, so this one never writes
                if self._watcher is None:
                    self._watcher = self.engine.raw_connection()
                return str(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Gives all connections back."""
        with self._lock:
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
        self.engine.dispose()

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Turns the database's failures into sentences; mistakes in our own SQL stay what they are."""
        try:
            yield
        except (IntegrityError, ProgrammingError):
            raise
        except (DatabaseError, sqlite3.DatabaseError) as error:
            raise self._sentence(str(getattr(error, "orig", None) or error).strip()) from error

    def _sentence(self, said: str) -> LabError:
        place = _without_password(self.url).removeprefix("sqlite:///")
        first = said.splitlines()[0] if said else "no reason given"
        if "locked" in said or "lock timeout" in said:
            return Unavailable(
                f"The store {place} is locked by another program for more than {self.patience:g} s. Try again."
            )
        if "malformed" in said or "not a database" in said or "corrupt" in said:
            return LabError(
                f"The store {place} is damaged ({first}). Put a copy back, or move the file away to start a new one."
            )
        if "readonly" in said or "unable to open" in said:
            return LabError(f"The lab cannot write to its store {place} ({first}). Give yourself permission there.")
        if "disk is full" in said or "No space left" in said:
            return Unavailable(f"The disk is full: the store {place} cannot grow. Delete some runs or free some space.")
        return Unavailable(f"The store {place} does not answer ({first}).")


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return re.sub(r"//.*@", "//***@", url)


def _on_begin(connection: Connection) -> None:
    """IMMEDIATE: a deferred transaction that reads, then writes fails at once when another writer was quicker."""
    write = connection.get_execution_options().get("lab_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def refuse_network(file: Path) -> None:
    """SQLite's write-ahead log needs memory shared between processes, which network file systems do not have."""
    folder = file.expanduser().absolute()
    mounts = [part for part in psutil.disk_partitions(all=True) if folder.is_relative_to(part.mountpoint)]
    nearest = max(mounts, key=lambda part: len(part.mountpoint), default=None)
    if nearest is not None and nearest.fstype.lower() in NETWORK:
        raise LabError(
            f"The store {file} is on a network file system ({nearest.fstype}), where SQLite loses data. "
            "Set LAB_HOME to a local folder, or LAB_DATABASE_URL to a PostgreSQL database."
        )
