"""The short way from the pen to the answer: the pad asks an address, and gets what the page would show."""

import asyncio
import json

import numpy as np
import pytest
from starlette.requests import Request

from core.data import drawn
from core.data.drawn import Stroke
from core.data.ink import Steps
from core.look.predictor import Predictor
from core.nets.card import Card
from core.nets.line import build
from ui import quick
from ui.parts import reading

ONE = drawn.pack([Stroke(600, np.array([[5000, 2000], [5000, 8000]], np.uint16))])


@pytest.fixture
def predictor(home):
    net = build("flatten | linear classes", (1, 28, 28), 10)
    return Predictor(net, Card("tiny", net.line, (1, 28, 28), tuple("0123456789"), scale="unit"))


def asked(address, body, parts=1):
    """What the route answers to a request with this body: the status, and the reply."""
    raw = body.encode()
    cut = -(-len(raw) // parts) or 1
    pieces = [raw[at : at + cut] for at in range(0, len(raw), cut)] or [b""]

    async def receive():
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    name = address.rpartition("/")[2]
    scope = {"type": "http", "method": "POST", "path": address, "headers": [], "path_params": {"name": name}}
    reply = asyncio.run(quick.respond(Request(scope, receive)))
    return reply.status_code, reply.body


def test_the_address_says_what_the_page_says(predictor):
    address, reader = quick.offer(predictor, Steps(), "digits")
    status, body = asked(address, ONE)
    _, prediction = quick.answered(reader, ONE)
    assert status == 200 and prediction.label is not None
    assert json.loads(body) == json.loads(json.dumps(reading.said(prediction, "digits", predictor.rejects)))


def test_an_empty_pad_gets_no_answer(predictor):
    address, _ = quick.offer(predictor, Steps(), "digits")
    status, body = asked(address, "")
    found = json.loads(body)
    assert status == 200 and found["state"] == "empty" and found["bars"] == []


def test_the_page_need_not_read_again_what_the_pad_has_asked(predictor, monkeypatch):
    address, reader = quick.offer(predictor, Steps(), "digits")
    asked(address, ONE)
    monkeypatch.setattr(predictor, "read", lambda *_: pytest.fail("read twice"))
    assert quick.answered(reader, ONE)[1] is not None


def test_other_steps_and_other_networks_have_other_addresses(predictor):
    plain, _ = quick.offer(predictor, Steps(), "digits")
    assert quick.offer(predictor, Steps(), "digits")[0] == plain
    assert quick.offer(predictor, Steps(crop=False), "digits")[0] != plain
    assert quick.offer(Predictor(predictor.net, predictor.card), Steps(), "digits")[0] != plain


@pytest.mark.parametrize("parts", [1, 7])
def test_what_is_no_drawing_gets_a_sentence_and_what_is_too_long_is_not_read(predictor, parts):
    address, _ = quick.offer(predictor, Steps(), "digits")
    status, body = asked(address, "no drawing at all", parts)
    assert status == 400 and b"damaged" in body
    assert asked(address, "A" * (quick.LONGEST + 1), parts)[0] == 413
    longest = drawn.pack([Stroke(500, np.zeros(((drawn.MOST - 2) // 2, 2), np.uint16))])
    assert len(longest) <= quick.LONGEST


def test_nobody_answers_at_an_address_that_was_not_offered(predictor):
    assert asked(quick.URL.format(name="0" * 32), ONE)[0] == 404


def test_only_the_newest_ways_of_reading_are_kept(predictor, monkeypatch):
    monkeypatch.setattr(quick, "OFFERS", 2)
    monkeypatch.setattr(quick, "_offers", type(quick._offers)())
    first, second, third = (quick.offer(predictor, Steps(), kinds)[0] for kinds in ("a", "b", "c"))
    assert [asked(each, ONE)[0] for each in (first, second, third)] == [404, 200, 200]
