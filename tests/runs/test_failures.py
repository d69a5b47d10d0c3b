"""What can go wrong with a store: damage, locks, permission, the past and the future. Each is a sentence."""

import errno
import sqlite3
from collections import namedtuple
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from core import paths
from core.config import RunConfig
from core.errors import LabError
from core.runs import database, migrate
from core.runs.database import Unavailable
from core.runs.recorder import Recorder
from core.runs.store import Store
from core.runs.tables import SCHEMA, bets, figures, metadata, sweeps, trials
from core.train.facts import Metric
from tests.runs.helpers import claimed, log, wave


def age(store: Store) -> None:
    """Turns a store into one of version 1, as the first Inkling wrote it."""
    with store.write() as connection:
        for table in (figures, sweeps, trials, bets):
            table.drop(connection)
        for column in ("reason", "weights_sha256"):
            connection.execute(text(f"ALTER TABLE runs DROP COLUMN {column}"))
        connection.execute(text("UPDATE meta SET value = '1'"))


def test_a_store_of_version_1_is_brought_up_and_loses_nothing(store: Store, url: str) -> None:
    run, other = store.add(RunConfig(lr=0.5), "old one"), store.add(RunConfig())
    log(store, run, wave("train/loss", 60) + wave("lr", 5))
    log(store, other, wave("lr", 3))
    expected = store.figures()
    columns = {column["name"] for column in inspect(store.engine).get_columns("runs")}
    age(store)
    assert not inspect(store.engine).has_table("figures")
    store.close()
    new = Store(url)
    assert {column["name"] for column in inspect(new.engine).get_columns("runs")} == columns
    assert new.run(run).name == "old one" and new.run(run).config.lr == 0.5 and new.run(run).reason is None
    assert new.figures() == expected and len(new.curves([run])[run]["train/loss"].steps) == 60
    with new.read() as connection:
        assert connection.scalar(text("SELECT value FROM meta")) == str(SCHEMA)
    new.close()


def test_every_version_has_a_way_to_the_next_one() -> None:
    assert sorted(migrate.STEPS) == list(range(1, SCHEMA))


def test_a_migration_that_breaks_off_changes_nothing(store: Store, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(RunConfig())
    age(store)

    def breaks(connection: object) -> None:
        migrate._to_2(connection)
        raise LabError("the lights went out")

    monkeypatch.setitem(migrate.STEPS, 1, breaks)
    with pytest.raises(LabError, match="lights"):
        Store(url)
    monkeypatch.undo()
    assert not inspect(store.engine).has_table("figures")
    again = Store(url)
    assert len(again.runs()) == 1
    again.close()


def test_a_store_from_a_newer_version_is_refused(store: Store, url: str) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE meta SET value = '99'"))
    with pytest.raises(LabError, match=r"newer Inkling \(version 99; this one knows versions up to"):
        Store(url)


def test_several_first_starts_at_once_make_one_store(url: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: Store(url), range(6)))
    run = stores[0].add(RunConfig())
    assert all(store.run(run).id == run for store in stores)
    for store in stores:
        store.close()


def test_a_damaged_store_is_named_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "lab.sqlite"
    file.write_bytes(b"this is no database, but a letter to my grandmother" * 100)
    with pytest.raises(LabError, match=r"The store .*lab.sqlite is damaged \(file is not a database\)"):
        Store(f"sqlite:///{file}")
    assert file.read_bytes().startswith(b"this is no database")


def test_a_store_cut_short_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "lab.sqlite"
    store = Store(f"sqlite:///{file}")
    for seed in range(300):
        store.add(RunConfig(seed=seed))
    with store.write() as connection:
        assert connection.scalar(text("SELECT count(*) FROM runs")) == 300
    with store.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(LabError, match="is damaged"):
        Store(f"sqlite:///{file}").runs()


def test_a_locked_store_is_waited_for_and_then_named(tmp_path: Path) -> None:
    file = tmp_path / "lab.sqlite"
    store = Store(f"sqlite:///{file}", patience=0.1)
    run = store.add(RunConfig())
    told = Recorder(store, claimed(store))
    told.take(Metric(1, 0.1, 0.1, {"a": 1.0}))
    store.name_ids(["a"])
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match=r"is locked by another program for more than 0\.1 s"):
        store.rename(run, "x")
    assert len(store.runs()) == 1, "reading goes on"
    told.flush()  # training goes on, too, and keeps its points
    assert store.curves([run]) == {}
    other.execute("ROLLBACK")
    other.close()
    told.take(Metric(2, 0.2, 0.2, {"a": 2.0}))
    told.flush()
    assert store.curves([run])[run]["a"].values.tolist() == [1.0, 2.0]
    store.close()


def test_a_home_that_is_a_file_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LAB_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(LabError, match=r"The lab cannot write to .*home .*set LAB_HOME to another folder"):
        Store()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"The lab cannot write to its store .*unable to open"):
        Store(f"sqlite:///{tmp_path / 'absent' / 'lab.sqlite'}")


def test_a_read_only_store_is_a_sentence(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'lab.sqlite'}")
    with store.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA query_only = ON")
    with pytest.raises(LabError, match="cannot write to its store"):
        store.add(RunConfig())
    store.close()


def test_a_disk_that_is_full_is_a_sentence(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'lab.sqlite'}")
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        pages = driver.execute("PRAGMA page_count").fetchone()[0]
        driver.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LabError, match="The disk is full: the store"):
        for seed in range(100):
            store.add(RunConfig(seed=seed), note="long " * 1000)
    store.close()


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mount = namedtuple("mount", "mountpoint fstype")
    monkeypatch.setattr(
        database.psutil, "disk_partitions", lambda all: [mount("/", "ext4"), mount(str(tmp_path), "nfs4")]
    )
    with pytest.raises(LabError, match=r"network file system \(nfs4\), where SQLite loses data"):
        Store(f"sqlite:///{tmp_path / 'lab.sqlite'}")


@pytest.mark.parametrize("bad", ["mysql://a@b/c", "nonsense", "sqlite://", "oracle+x://y"])
def test_an_unknown_database_is_a_sentence(bad: str) -> None:
    with pytest.raises(LabError, match=r"LAB_DATABASE_URL is .*allowed: sqlite:////path"):
        Store(bad)


def test_a_database_that_is_away_is_a_sentence_without_its_password() -> None:
    with pytest.raises(LabError, match="does not answer") as caught:
        Store("postgresql://ada:secret@127.0.0.1:1/lab")
    assert "secret" not in str(caught.value)


def test_the_password_is_hidden_when_the_address_is_wrong() -> None:
    with pytest.raises(LabError) as caught:
        Store("mysql://ada:secret@host/lab")
    assert "secret" not in str(caught.value)


def test_all_tables_are_there(store: Store) -> None:
    assert set(inspect(store.engine).get_table_names()) >= set(metadata.tables)


def test_a_log_on_a_full_disk_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    from core.runs.runlog import RunLog

    told = RunLog(1)

    def full(_text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    told._file.close()
    told._file = type("Full", (), {"write": staticmethod(full), "close": staticmethod(lambda: None)})()
    told.say("nothing happens")
    assert told.end("failed", "nor here") == "failed"
    assert (paths.run_dir(1) / "log.txt").read_text() == ""
