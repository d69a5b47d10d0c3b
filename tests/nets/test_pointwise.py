"""A 1x1 convolution with a stride, such as a residual shortcut: its gradient against double precision."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core.nets.layers import Pointwise
from core.nets.line import build


@pytest.mark.parametrize(("channels", "pictures"), [((4, 6), 25), ((4, 6), 9), ((16, 32), 20), ((3, 5), 7)])
def test_a_strided_1x1_convolution_learns_as_it_would_exactly(channels, pictures):
    inputs, filters = channels
    conv = Pointwise(inputs, filters, 1, 2).to(memory_format=torch.channels_last)
    x = torch.rand(pictures, inputs, 7, 7).to(memory_format=torch.channels_last).requires_grad_()
    exact, wide = nn.Conv2d(inputs, filters, 1, 2).double(), x.detach().double().contiguous().requires_grad_()
    exact.load_state_dict(conv.state_dict())
    conv(x).square().sum().backward()
    exact(wide).square().sum().backward()
    assert torch.allclose(conv(x).double(), exact(wide), atol=1e-5)
    for mine, theirs in ((conv.weight, exact.weight), (conv.bias, exact.bias), (x, wide)):
        assert torch.allclose(mine.grad.double(), theirs.grad, rtol=1e-4, atol=1e-4)


def test_a_line_with_a_strided_1x1_convolution_sees_what_torch_would_see():
    net = build("conv 6 1x1 s2 p1 g2 | conv 4 1x1 s3 | gmp | linear classes", (4, 12, 11), 3)
    first = net.layers[0]
    assert isinstance(first, Pointwise) and isinstance(net.layers[1], Pointwise)
    x = torch.rand(5, 4, 12, 11).to(memory_format=torch.channels_last)
    assert torch.allclose(first(x), F.conv2d(x, first.weight, first.bias, 2, 1, groups=2), atol=1e-6)


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
