"""The shortcut of a residual block with a stride: its gradient against torch's own, in double precision."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core.nets.layers import Shortcut
from core.nets.line import build


@pytest.mark.parametrize(("channels", "pictures"), [((4, 6), 25), ((4, 6), 9), ((16, 32), 20), ((3, 5), 7)])
def test_a_shortcut_that_strides_learns_as_a_strided_convolution_does(channels, pictures):
    inputs, filters = channels
    conv = Shortcut(inputs, filters, 1, 2).to(memory_format=torch.channels_last)
    x = torch.rand(pictures, inputs, 7, 7).to(memory_format=torch.channels_last).requires_grad_()
    exact, wide = nn.Conv2d(inputs, filters, 1, 2).double(), x.detach().double().contiguous().requires_grad_()
    exact.load_state_dict(conv.state_dict())
    conv(x).square().sum().backward()
    exact(wide).square().sum().backward()
    assert torch.allclose(conv(x).double(), exact(wide), atol=1e-5)
    for mine, theirs in ((conv.weight, exact.weight), (conv.bias, exact.bias), (x, wide)):
        assert torch.allclose(mine.grad.double(), theirs.grad, rtol=1e-4, atol=1e-4)


def test_the_same_pictures_give_the_same_gradients_every_time():
    net = build("conv 4 3x3 p1 | pool 2 | res 6 s2 | gmp | linear classes", (1, 12, 12), 3)
    net.to(memory_format=torch.channels_last)
    x, y = torch.rand(25, 1, 12, 12), torch.arange(25) % 3
    seen = []
    for _ in range(10):
        net.zero_grad()
        F.cross_entropy(net(x), y).backward()
        seen.append(torch.cat([p.grad.flatten() for p in net.parameters()]))
    assert all(torch.equal(each, seen[0]) for each in seen)
