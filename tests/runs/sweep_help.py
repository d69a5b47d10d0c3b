"""What the tests of sweeps need: plans over a tiny recipe, and runs that end with given figures."""

from collections.abc import Callable

from core.config import RunConfig
from core.config.plan import Plan
from core.config.vary import parse
from core.runs.metrics import Point
from core.runs.store import Store
from tests.runs.helpers import claimed, log
from tests.runs.small import CONFIG


def plan(*varied: str, base: RunConfig = CONFIG, **more) -> Plan:
    return Plan(base, tuple(parse(each) for each in varied or ("batch_size=32,64",)), **{"seeds": 2, **more})


def finish(store: Store, value: float | Callable[[RunConfig], float], metric: str = "test/accuracy", **more) -> int:
    """The next run of the queue ends with this figure."""
    claim = claimed(store)
    run = store.run(claim.run)
    figure = value(run.config) if callable(value) else value
    log(store, claim.run, [Point(metric, 10, figure, 1.0)])
    with store.write() as connection:
        store.hold(connection, claim, epoch=float(run.config.epochs), step=10, seconds=2.0)
    store.settle(claim, "finished", result={metric: figure}, **more)
    return claim.run


def finish_all(store: Store, value: float | Callable[[RunConfig], float]) -> None:
    while store.counts().get("queued"):
        finish(store, value)
