"""The Export view of the Train page: a script to read and to take away, and a sentence where there is none."""

import pytest

from core.config import RunConfig
from core.runs.engine import train_now
from core.runs.store import Store
from tests.pages.conftest import words

TINY = RunConfig("tiny", "conv 4 3x3 | relu | pool 2 | flatten | linear classes", epochs=1, batch_size=16)


def opened(open_page, run: int):
    at = open_page("train.py", run=str(run))
    at.session_state["view"] = "Export"
    return at.run()


def labels(at) -> list[str]:
    return [each.proto.label for each in at.get("download_button")]


def test_a_finished_run_offers_script_notebook_points_and_weights(open_page, tiny) -> None:
    run = train_now(Store(), TINY, lambda fact: None)
    at = opened(open_page, run)
    assert not at.exception
    assert labels(at) == ["Script (py)", "Notebook (ipynb)", "Points (csv)", "Weights (safetensors)"]
    script = next(each.value for each in at.code if "nn.Sequential(" in each.value)
    logged = Store().run(run).result["test/accuracy"]
    assert f"Inkling logged {logged!r}" in script


def test_a_run_that_has_not_begun_offers_its_script_only(open_page, tiny) -> None:
    run = Store().add(TINY)
    at = opened(open_page, run)
    assert not at.exception
    assert labels(at) == ["Script (py)", "Notebook (ipynb)", "Points (csv)"]


@pytest.mark.parametrize("knobs", [{"stop_seconds": 5.0}])
def test_what_no_script_can_follow_is_said(open_page, tiny, knobs) -> None:
    run = Store().add(TINY.replace(**knobs))
    at = opened(open_page, run)
    assert not at.exception and labels(at) == ["Points (csv)"]
    assert any("stop_seconds is 5" in each.value for each in at.info)
    assert "python -m core export" in words(at)


def test_a_dataset_that_is_gone_is_said(open_page, tiny) -> None:
    run = Store().add(TINY.replace(dataset="elsewhere"))
    at = opened(open_page, run)
    assert not at.exception
    assert any("elsewhere" in each.value for each in [*at.info, *at.error])
