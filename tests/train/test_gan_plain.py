"""Whatever makes our GAN training fast, it is the plain loop's algorithm: the oracle is the loop a report writes."""

import pytest
import torch
from torch import Tensor, nn

from bench.plain_gan import Faces, PlainGan
from core.config import RunConfig
from core.data.dataset import Dataset, made
from core.nets.gan import Pair
from core.train.duel import Duel

CPU = torch.device("cpu")
R0 = RunConfig("faces", "dcgan", epochs=2, batch_size=8, lr=2e-4, schedule="constant", kind="gan", precision="fp32")
STEPS = {"fp32": 3, "bf16": 1}  # a CPU that only imitates bf16 takes ten seconds for one
CALM = 0.1  # Adam's eps: with the usual one, a gradient of nearly nothing goes a whole step, this way or the other


def faces() -> Dataset:
    luck = torch.Generator().manual_seed(0)
    smooth = torch.rand(32, 3, 6, 6, generator=luck) * 255
    x = nn.functional.interpolate(smooth, (64, 64), mode="bilinear").to(torch.uint8)
    return made("faces", (x, torch.zeros(32, dtype=torch.int64)), (x[:0], torch.zeros(0, dtype=torch.int64)), ())


def copied(nets: Pair, plain: PlainGan) -> None:
    """Our first weights into the plain networks, layer by layer."""
    ours, theirs = layers(nets), [*kinds(plain.generator), *kinds(plain.discriminator)]
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        state = {name: value.clone() for name, value in mine.state_dict().items()}
        if isinstance(mine, nn.Linear):
            state["weight"] = as_kernel(state["weight"])
        other.load_state_dict(state)


def layers(nets: Pair) -> list[nn.Module]:
    g, d = nets
    return [g.first, g.start, *kinds(g.blocks), g.last, *kinds(d.blocks), d.last]


def kinds(net: nn.Module) -> list[nn.Module]:
    return [layer for layer in net.modules() if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.BatchNorm2d)]


def as_kernel(weight: Tensor) -> Tensor:
    """Our first layer is linear, the plain one a transposed convolution of a single pixel: the same numbers."""
    return weight.view(-1, 4, 4, weight.shape[1]).permute(3, 0, 1, 2)


def side_by_side(precision: str) -> tuple[list[list[float]], list[list[float]], float]:
    """The losses of some steps, ours and the plain ones; and how far a step's weights go apart, as a share of its way.

    Each step begins with the same weights: a GAN blows up the last bit of one step into the third digit of the next.
    """
    duel, plain = Duel(R0.replace(precision=precision), faces(), CPU, None), PlainGan(R0.lr)
    for optimiser in (*duel.optimisers, plain.optimiser_g, plain.optimiser_d):
        optimiser.param_groups[0].update(eps=CALM)
    ours, theirs, furthest = [], [], 0.0
    for chosen in duel.places(0, 0)[: STEPS[precision]]:
        copied(duel.nets, plain)
        before = weights_of(layers(duel.nets))
        luck = torch.Generator()
        luck.set_state(duel.luck.augment.get_state())
        real = torch.stack([Faces(duel.x)[int(place)] for place in chosen])
        theirs.append(list(plain.step(real, torch.randn(len(real), 128, generator=luck)[:, :, None, None])[:2]))
        duel.advance(chosen)
        told = duel.window.take()
        ours.append([told["gan/d_loss"], told["gan/g_loss"]])
        others = weights_of([*kinds(plain.generator), *kinds(plain.discriminator)])
        others[0] = others[0].permute(1, 2, 3, 0).reshape(before[0].shape)
        for each in zip(before, weights_of(layers(duel.nets)), others, strict=True):
            furthest = max(furthest, apart(*each))
    return ours, theirs, furthest


def weights_of(chosen: list[nn.Module]) -> list[Tensor]:
    return [layer.weight.detach().clone() for layer in chosen]


def apart(before: Tensor, ours: Tensor, theirs: Tensor) -> float:
    return float((ours - theirs).norm() / (theirs - before).norm())


@pytest.mark.parametrize(("precision", "loss", "way"), [("fp32", 1e-5, 0.02), ("bf16", 0.03, 0.25)])
def test_our_steps_are_those_of_the_plain_loop(precision, loss, way):
    ours, theirs, furthest = side_by_side(precision)
    torch.testing.assert_close(ours, theirs, rtol=loss, atol=loss)
    assert furthest < way
