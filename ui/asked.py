"""Asked: what the short ways past a page's rerun have in common: a body that is not too long, and an answer as JSON."""

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import LabError


async def answered(request: Request, said: Callable[[str], dict[str, Any]] | None, longest: int, what: str) -> Response:
    """What `said` makes of the request's body, outside of the event loop; None: the address is not known any more."""
    if said is None:
        return Response("not here", 404, media_type="text/plain")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > longest:
            return Response(f"This {what} is too long.", 413, media_type="text/plain")
    try:
        return JSONResponse(await run_in_threadpool(said, body.decode("utf-8", "replace")))
    except LabError as error:  # only a tampered message gets here
        return Response(str(error), 400, media_type="text/plain")
