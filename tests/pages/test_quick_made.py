"""The short way from a slider to its picture: the panel asks an address, and gets what the page would show."""

import asyncio
import base64
import dataclasses
import io
import json

import numpy as np
import pytest
import torch
from PIL import Image
from starlette.requests import Request

from core.config import RunConfig
from core.latent.latent import Latent
from core.latent.sampler import sampler
from core.nets.gan import pair
from ui import quick_made


@pytest.fixture
def small(home):
    made = pair("gan-small", (3, 32, 32), 8, seed=1)
    tensors = {f"{name}.{key}": v for name, net in made._asdict().items() for key, v in net.state_dict().items()}
    return sampler("tiny", RunConfig("noise", "gan-small", kind="gan", latent=8), (3, 32, 32), (), tensors)


def asked(address: str, body: str) -> tuple[int, bytes]:
    """What the route answers to a request with this body: the status, and the reply."""

    async def receive():
        return {"type": "http.request", "body": body.encode(), "more_body": False}

    name = address.rpartition("/")[2]
    scope = {"type": "http", "method": "POST", "path": address, "headers": [], "path_params": {"name": name}}
    reply = asyncio.run(quick_made.respond(Request(scope, receive)))
    return reply.status_code, reply.body


def test_the_address_makes_the_very_picture_of_the_page(small):
    latent = Latent(5, ((2, 1.5),), 0.8)
    status, body = asked(quick_made.offer(small, ("tiny",)), json.dumps(latent.to_dict()))
    found = json.loads(body)
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(found["image"].partition(",")[2]))))
    assert status == 200 and picture.tobytes() == small.picture(latent).tobytes()
    assert found["said"].startswith("seed 5, 1 change ") and found["alt"] == "Made picture, seed 5, 1 change"


def test_a_direction_of_ones_own_is_known_at_its_own_address_only(small):
    moved = json.dumps(Latent(5, moves=(("mine", 2.0),)).to_dict())
    plain = quick_made.offer(small, ("tiny",))
    own = quick_made.offer(dataclasses.replace(small, directions={"mine": torch.ones(8)}), ("tiny",))
    other = quick_made.offer(dataclasses.replace(small, directions={"mine": -torch.ones(8)}), ("tiny",))
    assert len({plain, own, other}) == 3 and quick_made.offer(small, ("tiny",)) == plain
    assert asked(own, moved)[0] == 200
    status, body = asked(plain, moved)
    assert status == 400 and b"not known here" in body


@pytest.mark.parametrize("body", ["", "[1]", "null", '{"seed": "x"}', '{"seed": 1, "edits": {"99": 1}}', "[" * 9999])
def test_a_message_that_is_no_latent_is_refused(small, body):
    assert asked(quick_made.offer(small, ("tiny",)), body)[0] == 400


def test_an_unknown_address_and_a_message_without_end_are_refused(small):
    assert asked(quick_made.URL.format(name="nobody"), "{}")[0] == 404
    assert asked(quick_made.offer(small, ("tiny",)), "x" * (quick_made.LONGEST + 1))[0] == 413
