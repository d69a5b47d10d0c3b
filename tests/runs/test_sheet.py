"""Exports: the same runs as CSV and JSON."""

import csv
import io
import json

import pytest

from core.config import KNOBS, RunConfig
from core.look.verdict import verdict
from core.runs.catalogue import Catalogue
from core.runs.metrics import Point
from core.runs.recipes import named, recipes
from core.runs.sheet import as_json, curves_csv, runs_csv, safe
from core.runs.store import Store
from tests.runs.helpers import log, wave


@pytest.fixture
def made():
    store = Store()
    for lr in (0.01, 0.1):
        run = store.add(RunConfig(lr=lr, filters=(8, 16)), name="=SUM(A1)", owner="Ada", tags=["a", "b"])
        log(store, run, wave("test/accuracy", 30))
        log(store, run, [Point("lr", 30, 0.003, 3.0)])
    groups = named(recipes(Catalogue(store).entries()))
    yield store, groups
    store.close()


def test_every_run_is_a_row_with_its_figures_and_knobs(made):
    store, groups = made
    rows = list(csv.DictReader(io.StringIO(runs_csv(groups))))
    assert [row["run"] for row in rows] == ["1", "2"] and rows[0]["recipe"] == "lr 0.01"
    assert set(KNOBS) <= set(rows[0]) and rows[1]["lr"] == "0.1" and rows[0]["filters"] == "8,16"
    assert float(rows[0]["test/accuracy"]) == store.figures([1])[1]["test/accuracy"].last
    heads = runs_csv(groups).partition("\n")[0].split(",")
    assert len(heads) == len(set(heads)) and float(rows[1]["last lr"]) == 0.003
    assert rows[0]["name"] == "'=SUM(A1)" and safe("-1+2") == "'-1+2" and safe(-1) == -1


def test_every_point_is_a_row(made):
    store, _ = made
    rows = list(csv.DictReader(io.StringIO(curves_csv(store.curves([1, 2], ("test/accuracy",))))))
    assert len(rows) == 60 and {row["metric"] for row in rows} == {"test/accuracy"}
    assert int(rows[5]["images"]) == int(rows[5]["step"]) * RunConfig().batch_size
    assert float(rows[5]["value"]) == pytest.approx(float(store.curves([1])[1]["test/accuracy"].values[5]), rel=1e-6)


def test_json_holds_the_verdict_the_knobs_and_the_curves(made):
    store, groups = made
    found = verdict({"x": {0: 0.9, 1: 0.92}, "y": {0: 0.8, 1: 0.81}})
    said = json.loads(as_json(groups, found, "test/accuracy", store.curves([1, 2])))
    assert said["verdict"]["sentence"] == found.sentence and said["verdict"]["differences"][0]["paired"] is True
    assert RunConfig.from_dict(said["runs"][1]["config"]).lr == 0.1
    assert len(said["runs"][0]["curves"]["test/accuracy"]["value"]) == 30
