"""Who may delete a run when the lab has a teacher code."""

import pytest

from core.config import RunConfig
from core.errors import LabError
from core.runs.owners import may_delete, needs_code
from core.runs.store import Store


def test_without_a_teacher_code_everybody_may_delete(home):
    store = Store()
    run = store.run(store.add(RunConfig(), owner="Ada"))
    assert not needs_code(run, "Ben")
    may_delete(run, "Ben", "")


def test_with_a_teacher_code_only_the_owner_and_whoever_knows_it(home, monkeypatch):
    monkeypatch.setenv("LAB_TEACHER_CODE", "ωmega 7")
    store = Store()
    run = store.run(store.add(RunConfig(), owner="Ada"))
    may_delete(run, "Ada", "")
    may_delete(run, "Ben", "ωmega 7")
    for code, word in (("", "missing"), ("omega 7", "wrong")):
        with pytest.raises(LabError, match=f"The teacher code is {word}. Run {run.id} is Ada's"):
            may_delete(run, "Ben", code)


def test_a_run_of_nobody_needs_the_code(home, monkeypatch):
    monkeypatch.setenv("LAB_TEACHER_CODE", "x")
    store = Store()
    assert needs_code(store.run(store.add(RunConfig())), None)
