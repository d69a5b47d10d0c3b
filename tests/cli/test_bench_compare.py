"""The bench's own store is one that the lab reads: as many runs, recipes and points as it says."""

from bench.compare import NAMES, SEEDS, write
from core.runs.catalogue import Catalogue
from core.runs.recipes import recipes
from core.runs.store import Store


def test_the_store_that_is_measured_holds_what_it_says():
    write(20, 30, NAMES)
    store = Store()
    entries = Catalogue(store).entries()
    assert len(entries) == 20 and len(recipes(entries)) == 20 // SEEDS
    curves = store.curves([1, 20])
    assert {len(curve.steps) for lines in curves.values() for curve in lines.values()} == {30} and len(
        curves[1]
    ) == len(NAMES)
    assert entries[0].figures["test/accuracy"][0] == store.figures([20])[20]["test/accuracy"].last
    store.close()
