"""`bench store`: its shape, and that what it measures is true."""

import pytest

from bench import BENCHES
from bench.store import claims, live, logging, points, reading, write
from core.config import RunConfig
from core.runs.store import Store


@pytest.fixture
def store(tmp_path):
    opened = Store(f"sqlite:///{tmp_path / 'lab.sqlite'}")
    yield opened
    opened.close()


def test_each_part_compares_ours_with_the_plain_way(store: Store, tmp_path) -> None:
    for part in (logging(store, tmp_path, 200), reading(store, tmp_path, 3)):
        assert {"ours", "plain", "ratio", "limit"} <= set(part) and part["ours"] > 0
        assert part["ratio"] == pytest.approx(part["plain"] / part["ours"])


def test_the_bench_writes_what_it_says(store: Store) -> None:
    run = store.add(RunConfig())
    write(store, run, points(250))
    assert sum(len(curve.steps) for curve in store.curves([run])[run].values()) == 250


def test_claims_are_counted_and_live_ticks_are_measured(store: Store) -> None:
    assert claims(store, 30)["each_exactly_once"] and store.counts() == {"running": 30}
    assert live(store)["tick"] > 0


def test_the_bench_is_listed() -> None:
    assert "store" in BENCHES
