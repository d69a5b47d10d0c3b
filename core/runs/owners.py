"""Owners: whose run or drawing is it, and who else may delete it."""

import hmac

from core import paths
from core.errors import LabError
from core.runs.drawings import Drawing
from core.runs.run import Run
from core.runs.sweep import Sweep


def needs_code(run: Run | Drawing | Sweep, visitor: str | None) -> bool:
    """True when deleting this takes the teacher's code: there is one, and it is somebody else's."""
    return paths.teacher_code() is not None and (run.owner is None or run.owner != visitor)


def may_delete(run: Run | Drawing | Sweep, visitor: str | None, code: str) -> None:
    """Says in a LabError why not. A nickname is no password: the code guards against mishaps, not against malice."""
    if not needs_code(run, visitor):
        return
    right = paths.teacher_code() or ""
    if not hmac.compare_digest(code.encode(), right.encode()):
        whose = f"is {run.owner}'s" if run.owner else "is nobody's in particular"
        said = "The teacher code is wrong." if code else "The teacher code is missing."
        what = type(run).__name__
        raise LabError(f"{said} {what} {run.id} {whose}; its owner or whoever knows the code may delete it.")


def guarded() -> bool:
    """Whether this lab has a teacher code at all."""
    return paths.teacher_code() is not None


def teacher_only(what: str, code: str) -> None:
    """Says in a LabError why not, where what would be lost belongs to many."""
    right = paths.teacher_code()
    if right is not None and not hmac.compare_digest(code.encode(), right.encode()):
        said = "The teacher code is wrong." if code else "The teacher code is missing."
        raise LabError(f"{said} {what} takes it, as it is everybody's work.")
