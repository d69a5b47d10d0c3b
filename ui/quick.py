"""Quick: the short way from the pen to the answer. The pad asks an address, and no page runs again for it."""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core import paths
from core.data import drawn
from ui import asked
from ui.parts import reading

URL = "/lab/read/{name}"
OFFERS = 64  # ways of reading that are known: the models and steps of a class at one time
ANSWERS = 64  # the page runs once the pen is lifted, and need not read the drawing again
LONGEST = 4 * (2 * drawn.MOST) // 3 + 4  # letters of the longest drawing that is allowed

_lock = threading.Lock()
_offers: "OrderedDict[str, Reader]" = OrderedDict()


@dataclass(frozen=True, eq=False)
class Reader:
    """A network, the steps of the pipeline before it, and what it is said to read."""

    predictor: Any
    steps: Any
    kinds: str

    def said(self, ink: str) -> dict[str, Any]:
        """What the page shows of the strokes' answer."""
        return reading.said(answered(self, ink)[1], self.kinds, self.predictor.rejects)


@lru_cache(maxsize=ANSWERS)
def answered(reader: Reader, ink: str) -> tuple[Any, Any]:
    """The strokes as a picture, and the answer to it; both None where there are none."""
    raw = painted(ink)
    return raw, None if raw is None else reader.predictor.read(raw, reader.steps)


def painted(ink: str) -> Any:
    """The strokes as a picture; None where there are none."""
    strokes = drawn.unpack(ink)
    return drawn.picture(strokes) if strokes else None


def offer(predictor: Any, steps: Any, kinds: str) -> tuple[str, Reader]:
    """The address that reads drawings in this way, and who reads there."""
    # a network that is loaded anew is another one, even where its weights are the same
    key = (str(paths.home()), id(predictor), predictor.card.weights_sha256, steps, kinds)
    name = hashlib.sha256(repr(key).encode()).hexdigest()[:32]
    with _lock:
        reader = _offers.setdefault(name, Reader(predictor, steps, kinds))
        _offers.move_to_end(name)
        while len(_offers) > OFFERS:
            _offers.popitem(last=False)
    return URL.format(name=name), reader


async def respond(request: Request) -> Response:
    """The route's answer: what the page would show of the strokes in the request's body."""
    with _lock:
        reader = _offers.get(str(request.path_params["name"]))
    return await asked.answered(request, reader and reader.said, LONGEST, "drawing")
