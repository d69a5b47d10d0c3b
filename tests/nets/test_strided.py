"""Kernels that halve and double a map as matrix products: torch's own convolutions are the oracle."""

import pytest
import torch
from torch.nn import functional as F

from core.nets import strided
from core.nets.gan import pair
from core.nets.strided import Double, Halve, _Doubled, _Halved

WAYS = {
    "half": (_Halved, lambda x, w: F.conv2d(x, w, None, 2, 1), (2, 3, 8, 8), (5, 3, 4, 4)),
    "twice": (_Doubled, lambda x, w: F.conv_transpose2d(x, w, None, 2, 1), (2, 5, 4, 4), (5, 3, 4, 4)),
}


def numbers(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)), dtype=torch.float64)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_answers_and_gradients_are_torchs_own(way, layout):
    ours, theirs, of_x, of_w = WAYS[way]
    told = []
    for function in (ours.apply, theirs):
        x, w = (numbers(*shape).to(memory_format=layout).requires_grad_() for shape in (of_x, of_w))
        answer = function(x, w)
        answer.square().sum().backward()
        told.append((answer.detach(), x.grad, w.grad))
    for mine, other in zip(*told, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("way", WAYS)
def test_gradients_of_gradients_are_right_too(way):
    """The R1 penalty differentiates a gradient."""
    ours, _, of_x, of_w = WAYS[way]
    x, w = (numbers(*shape).requires_grad_() for shape in (of_x, of_w))
    assert torch.autograd.gradgradcheck(ours.apply, (x, w))


@pytest.mark.parametrize(("kind", "shape"), [(Halve, (2, 6, 8, 8)), (Double, (2, 6, 4, 4))])
def test_the_matrix_product_is_taken_in_bf16_only(monkeypatch, kind, shape):
    taken = []
    monkeypatch.setattr(strided, "kernel_gradient", lambda coarse, fine: taken.append(coarse.dtype))
    layer = kind(6, 7, False) if kind is Halve else kind(6, 7)
    x = torch.randn(shape)
    layer(x).sum().backward()
    assert not taken
    with torch.autocast("cpu", torch.bfloat16):
        layer(x).sum().backward()
        assert taken == [torch.bfloat16]
        with torch.no_grad():
            assert layer(x).dtype == torch.bfloat16
        layer(torch.randn(2, 6, 64, 64)).sum().backward()  # large maps are oneDNN's
    assert len(taken) == 1


def test_weights_keep_the_names_they_always_had():
    g, d = pair("dcgan", (3, 64, 64))
    assert {"blocks.0.0.weight", "blocks.2.1.running_var", "last.weight", "first.weight"} <= set(g.state_dict())
    assert {"blocks.0.0.weight", "blocks.0.0.bias", "blocks.3.0.weight", "last.weight"} <= set(d.state_dict())
    spectral = pair("gan-small", (3, 64, 64), norm="spectral").discriminator.state_dict()
    assert "blocks.1.0.parametrizations.weight.original" in spectral
