"""The entry: start-up work before the port answers, and plotly.js without a network."""

import asyncio
import gc
import gzip

import pytest
from starlette.requests import Request

import app
from ui.components.live_plot import PLOTLY_JS, PLOTLY_URL


def test_start_up_imports_what_is_slow_and_freezes_it(monkeypatch: pytest.MonkeyPatch):
    frozen: list[bool] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))

    async def start() -> None:
        async with app.lifespan(app.app):
            assert frozen

    asyncio.run(start())


def test_plotly_comes_packed_out_of_the_wheel_and_browsers_keep_it():
    def ask(encoding: str):
        return app.plotly_js(Request({"type": "http", "headers": [(b"accept-encoding", encoding.encode())]}))

    packed, plain = ask("gzip, br"), ask("identity")
    assert gzip.decompress(packed.body) == PLOTLY_JS.read_bytes()
    assert len(packed.body) < 2_000_000
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert "immutable" in packed.headers["cache-control"]
    assert PLOTLY_URL in [route.path for route in app.app._user_routes]
