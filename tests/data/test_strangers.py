"""Pictures of no class: always the same ones, and each drawn once."""

import numpy as np
import torch

from core.data import strangers as room
from core.data.strangers import BLOCK, strangers


def test_more_strangers_begin_with_the_same_ones_and_only_the_new_block_is_drawn(home, monkeypatch):
    monkeypatch.setattr(room, "BLOCK", 6)
    drawn: list[int] = []
    real = room._drawn
    monkeypatch.setattr(room, "_drawn", lambda count, seed: drawn.append(seed) or real(count, seed))
    few = strangers(5)
    assert few.shape == (5, 1, 28, 28) and few.dtype == torch.uint8 and drawn == [0]
    said: list[tuple[str, float]] = []
    more = strangers(8, lambda what, share: said.append((what, share)))
    assert drawn == [0, 1] and torch.equal(more[:5], few)
    assert [share for _, share in said] == [0.0, 0.75] and "no class" in said[0][0]
    assert torch.equal(strangers(8), more) and drawn == [0, 1]
    assert len(np.unique(more.flatten(1).numpy(), axis=0)) == 8, "no picture twice"
    assert strangers(0).shape == (0, 1, 28, 28) and BLOCK % 2 == 0


def test_a_damaged_file_is_drawn_anew(home, monkeypatch):
    monkeypatch.setattr(room, "BLOCK", 4)
    first = strangers(4)
    (path,) = (home / "data" / "strangers").iterdir()
    path.write_bytes(b"half a file")
    assert torch.equal(strangers(4), first)
