"""Muon in full precision beside torch's own, which rounds to bf16."""

import pytest
import torch
from torch import nn
from torch.optim._muon import _zeropower_via_newtonschulz as theirs

from core.config import RunConfig
from core.train.optim import Matrices, memory, orthogonal, remember

CONFIG = RunConfig(
    optimiser="muon", lr=0.02, momentum=0.9, nesterov=True, weight_decay=0.1, precision="fp32", dataset="strokes-digits"
)
SHAPES = [(6, 40), (40, 6), (16, 16), (48, 432)]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_polynomials_of_the_square_are_those_of_the_matrix(shape):
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    found, exact = orthogonal(x), x.double() / x.double().norm()
    exact = exact.T if shape[0] > shape[1] else exact
    for _ in range(5):  # as Muon's author wrote it
        square = exact @ exact.T
        exact = 3.4445 * exact + (-4.775 * square + 2.0315 * square @ square) @ exact
    exact = exact.T if shape[0] > shape[1] else exact
    torch.testing.assert_close(found.double(), exact, rtol=0, atol=1e-4)
    rounded = theirs(x, (3.4445, -4.775, 2.0315), 5, 1e-7).float()
    assert (rounded - found).norm() < 0.05 * found.norm()
    values = torch.linalg.svdvals(found)
    assert values.min() > 0.3 and values.max() < 1.3


@pytest.mark.parametrize("nesterov", [True, False])
def test_a_step_is_torchs_own_but_for_the_rounding(nesterov):
    config = CONFIG.replace(nesterov=nesterov)
    luck = torch.Generator().manual_seed(0)
    start = torch.randn(8, 3, 3, 3, generator=luck)
    one, other = nn.Parameter(start.clone()), nn.Parameter(start.clone())
    mine, torchs = Matrices([one], config), Matrices([other], config.replace(precision="bf16"))
    assert not mine.rounds and torchs.rounds
    for _ in range(4):
        one.grad = torch.randn(start.shape, generator=luck)
        other.grad = one.grad.clone()
        mine.step()
        torchs.step()
    moved = (other - start).norm()
    assert moved > 0.1 and (one - other).norm() < 0.05 * moved
    (a,), (b,) = mine.state.values(), torchs.state.values()
    torch.testing.assert_close(a["momentum_buffer"], b["momentum_buffer"])


def test_what_it_remembers_comes_back_from_a_snapshot():
    luck = torch.Generator().manual_seed(0)
    one, other = (nn.Parameter(torch.ones(4, 2, 3, 3)) for _ in range(2))
    first, second = Matrices([one], CONFIG), Matrices([other], CONFIG)
    for _ in range(2):
        one.grad = torch.randn(one.shape, generator=luck)
        first.step()
    other.data.copy_(one.data)
    second.flat[0].data.copy_(first.flat[0].data)
    remember([second], *memory([first]))
    one.grad = torch.randn(one.shape, generator=luck)
    other.grad = one.grad.clone()
    first.step()
    second.step()
    assert torch.equal(one, other)
