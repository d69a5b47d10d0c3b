"""Quick, made: the short way from a slider to its picture. The panel asks an address, and no page runs again for it."""

import hashlib
import json
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core import paths
from core.errors import LabError
from core.latent.latent import Latent
from ui import asked
from ui.parts.tiles import address

URL = "/lab/made/{name}"
OFFERS = 128  # generators with their visitors' own directions that are known
LONGEST = 200_000  # letters of the longest Latent: 4,096 edits

_lock = threading.Lock()
_offers: "OrderedDict[str, Maker]" = OrderedDict()


@dataclass(frozen=True, eq=False)
class Maker:
    """A generator with the directions that its sliders know."""

    sampler: Any

    def said(self, body: str) -> dict[str, Any]:
        """What the panel shows for a Latent's dict as JSON."""
        try:
            latent = Latent.from_dict(json.loads(body))
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise LabError("The panel's message is no Latent.") from None
        return shown(self.sampler, latent)


def shown(sampler: Any, latent: Latent) -> dict[str, Any]:
    """The picture of a Latent, and the line below it."""
    began = time.perf_counter()
    picture = sampler.picture(latent)
    took = (time.perf_counter() - began) * 1000
    changed = len(latent.edits) + len(latent.moves)
    told = f"seed {latent.seed}" + (f", {changed} change{'s' * (changed != 1)}" if changed else "")
    return {"image": address(picture), "alt": f"Made picture, {told}", "said": f"{told} · made in {took:.0f} ms"}


def offer(sampler: Any, key: tuple[Any, ...]) -> str:
    """The address where this generator makes pictures; the key says which one it is, the directions are added."""
    ways = {name: vector.tolist() for name, vector in sampler.directions.items()}
    told = repr((str(paths.home()), id(sampler.generator), key, ways))
    name = hashlib.sha256(told.encode()).hexdigest()[:32]
    with _lock:
        _offers.setdefault(name, Maker(sampler))
        _offers.move_to_end(name)
        while len(_offers) > OFFERS:
            _offers.popitem(last=False)
    return URL.format(name=name)


async def respond(request: Request) -> Response:
    """The route's answer: picture and words for the Latent in the request's body."""
    with _lock:
        maker = _offers.get(str(request.path_params["name"]))
    return await asked.answered(request, maker and maker.said, LONGEST, "Latent")
