"""The entry: `streamlit run app.py`. Start-up work and routes; the pages begin in ui/main.py."""

import contextlib
import functools
import gc
import gzip
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from ui import quick, quick_made, served  # noqa: E402  (the root must be on the path first)
from ui.components.live_plot import PLOTLY_JS, PLOTLY_URL  # noqa: E402

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@contextlib.asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Once per process, before the port answers: import what is slow, load the shipped models."""
    from ui.services import warm_up

    warm_up()
    send_at_once()
    # Streamlit collects garbage after every rerun; what is loaded now would be walked each time (133 ms with torch).
    gc.collect()
    gc.freeze()
    yield


def send_at_once() -> None:
    """Streamlit opens its port in a way that leaves Nagle's algorithm on, which holds small messages back: without it
    every rerun and every stroke answers 40 ms sooner. Connections inherit the setting of the port."""
    for each in psutil.Process().net_connections("tcp"):
        if each.status == psutil.CONN_LISTEN and each.fd >= 0:
            with socket.socket(fileno=os.dup(each.fd)) as port:
                port.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@functools.cache
def packed_plotly() -> bytes:
    """1.4 MB instead of 4.8: thirty browsers in one classroom share one Wi-Fi."""
    return gzip.compress(PLOTLY_JS.read_bytes(), compresslevel=6)


def plotly_js(request: Request) -> Response:
    """plotly.js out of the plotly wheel: the lab works without a network."""
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(PLOTLY_JS, media_type="text/javascript", headers=FOR_EVER)
    headers = {**FOR_EVER, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(packed_plotly(), media_type="text/javascript", headers=headers)


ROUTES = [
    Route(PLOTLY_URL, plotly_js),
    Route(served.URL, served.respond),
    Route(quick.URL, quick.respond, methods=["POST"]),
    Route(quick_made.URL, quick_made.respond, methods=["POST"]),
]
app = st.App(ROOT / "ui" / "main.py", lifespan=lifespan, routes=ROUTES)
