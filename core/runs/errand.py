"""The process that works on errands: `python -m core.runs.errand`. It ends when nothing has come for a while."""

import contextlib
import json
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from core.errors import LabError
from core.runs.errands import Desk, Errand, desk, write
from core.runs.worker import make_way

IDLE = 120.0  # seconds to wait for another errand: importing torch takes two
NAP = 0.1
TRIES = 3  # an errand that ended its process so often is not tried again
PACE = 0.2  # seconds between two reports
Work = Callable[[Errand, Callable[[float, str], None]], None]


def main(idle: float = IDLE) -> int:
    """Works until nothing is left."""
    place = Desk()
    if not place.take(wait=0.5):
        return 0  # another one is there already
    try:
        make_way()
        from core.runs.looks import work

        drain(work, idle)
    finally:
        place.free()
    return 0


def drain(work: Work, idle: float) -> None:
    """One errand after the other, the one that somebody looked after last first."""
    waited = time.monotonic()
    while time.monotonic() - waited <= idle:
        requests = sorted(desk().glob("*.json"), key=_touched)
        if not requests:
            time.sleep(NAP)
            continue
        settle(requests[-1], work)
        waited = time.monotonic()


def settle(request: Path, work: Work) -> None:
    """Does one errand; afterwards its request is gone and there is a result or a sentence."""
    key = request.stem
    progress, failed = request.with_suffix(".progress"), request.with_suffix(".error")
    try:
        told = json.loads(request.read_text())
        asked, attempts = Errand.from_json(json.dumps(told["errand"])), int(told["attempts"])
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError):
        request.unlink(missing_ok=True)
        return
    try:
        if attempts >= TRIES:
            raise LabError("Working this out ended its process again and again; perhaps the memory is too small.")
        write(request, json.dumps({"errand": told["errand"], "attempts": attempts + 1}).encode())
        work(asked, _teller(progress))
    except LabError as error:
        write(failed, str(error).encode())
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in it, the next errand must have its turn
        print(key, traceback.format_exc(), file=sys.stderr, flush=True)
        first = (str(error).strip().splitlines() or ["no message"])[0][:200]
        write(failed, f"Working this out broke off with {type(error).__name__}: {first}".encode())
    finally:
        request.unlink(missing_ok=True)
        progress.unlink(missing_ok=True)


def _teller(progress: Path) -> Callable[[float, str], None]:
    last = [0.0]

    def tell(share: float, doing: str) -> None:
        now = time.monotonic()
        if now - last[0] >= PACE:
            last[0] = now
            write(progress, json.dumps({"share": share, "doing": doing}).encode())

    return tell


def _touched(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0


if __name__ == "__main__":
    sys.exit(main())
