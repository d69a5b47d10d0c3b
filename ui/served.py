"""Served: what is too large for a message to the page. The browser fetches it from an address once, and keeps it."""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from core import paths
from core.errors import LabError

URL = "/lab/served/{name}"
KINDS = {"bin": "application/octet-stream", "png": "image/png", "webp": "image/webp"}
MOST = 192_000_000  # bytes that are kept
OFFERS = 4_000  # things whose making is known; each is a few hundred bytes
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}

_lock = threading.Lock()
_offers: "OrderedDict[str, tuple[Callable[[], bytes], threading.Lock]]" = OrderedDict()
_made: "OrderedDict[str, bytes]" = OrderedDict()


def offer(kind: str, key: tuple[Any, ...], make: Callable[[], bytes]) -> str:
    """The address of what `make` gives, made when it is first fetched. The key must say all that it depends on."""
    digest = hashlib.sha256(repr((str(paths.home()), key)).encode()).hexdigest()[:32]
    name = f"{digest}.{kind}"
    with _lock:
        if name not in _offers:
            _offers[name] = (make, threading.Lock())
        _offers.move_to_end(name)
        while len(_offers) > OFFERS:
            _offers.popitem(last=False)
    return URL.format(name=name)


def content(name: str) -> bytes | None:
    """What stands at an address' end; None when nobody offered it (since the server started)."""
    with _lock:
        known = _offers.get(name)
        if name in _made:
            _made.move_to_end(name)
            return _made[name]
    if known is None:
        return None
    make, alone = known
    with alone:  # thirty browsers that want the same wait for one making
        if name in _made:
            return _made[name]
        made = make()
        with _lock:
            _made[name] = made
            while len(_made) > 1 and sum(map(len, _made.values())) > MOST:
                _made.popitem(last=False)
        return made


async def respond(request: Request) -> Response:
    """The route's answer."""
    name = str(request.path_params["name"])
    try:
        found = await run_in_threadpool(content, name)
    except LabError as error:
        return Response(str(error), 409, media_type="text/plain")
    if found is None:
        return Response("not here", 404, media_type="text/plain")
    return Response(found, media_type=KINDS[name.rpartition(".")[2]], headers=FOR_EVER)


def packed(told: Mapping[str, Any], arrays: Mapping[str, Any]) -> bytes:
    """Arrays for a browser: length of the header, the header as JSON, then each array at a multiple of eight."""
    parts, at, listed = [], 0, []
    for name, array in arrays.items():
        plain = np.ascontiguousarray(array)
        raw = plain.astype(plain.dtype.newbyteorder("<"), copy=False).tobytes()
        shape = list(plain.shape)
        listed.append({"name": name, "kind": plain.dtype.str[1:], "at": at, "count": plain.size, "shape": shape})
        raw += bytes(-len(raw) % 8)
        parts.append(raw)
        at += len(raw)
    header = {"told": dict(told), "arrays": listed, "start": 0}
    length = len(json.dumps(header)) + 12  # room for the digits of `start`
    start = -(-(4 + length) // 8) * 8
    text = json.dumps({**header, "start": start}).encode().ljust(start - 4)
    return len(text).to_bytes(4, "little") + text + b"".join(parts)


def unpacked(content: bytes) -> dict[str, Any]:
    """What `packed` was given, as the browser reads it."""
    length = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + length])
    found = dict(header["told"])
    for each in header["arrays"]:
        raw = np.frombuffer(content, "<" + each["kind"], each["count"], header["start"] + each["at"])
        found[each["name"]] = raw.reshape(each["shape"])
    return found
