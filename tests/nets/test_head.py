"""A new last layer, and the freeze ladder: R1's 153 parameters for three Greek letters."""

import pytest
import torch

from core.errors import LabError
from core.nets.head import LADDER, freeze, replace_head
from core.nets.line import Net, build
from core.nets.named import NETS
from core.nets.summary import parameters, summary

GREY = (1, 28, 28)


def lenet() -> Net:
    return build(NETS["r1-lenet"].line, GREY, 10, seed=1)


def test_r1s_transfer_trains_153_of_21483_parameters():
    net = freeze(replace_head(lenet(), 3), "last")
    assert parameters(net) == (21_483, 153)
    assert [(row.parameters, row.trainable) for row in summary(net, GREY) if row.parameters] == [
        (260, False),
        (5_020, False),
        (16_050, False),
        (153, True),
    ]


def test_a_new_head_keeps_the_trunk_and_the_old_network():
    old = lenet()
    before = {key: value.clone() for key, value in old.state_dict().items()}
    new = replace_head(old, 3, seed=5)
    assert new.classes == 3 and old.classes == 10 and new(torch.zeros(2, *GREY)).shape == (2, 3)
    for key, value in old.state_dict().items():
        assert torch.equal(before[key], value)
        if not key.startswith("layers.10."):
            assert torch.equal(new.state_dict()[key], value)
    again = replace_head(old, 3, seed=5)
    assert torch.equal(new.layers[10].weight, again.layers[10].weight)
    assert not torch.equal(new.layers[10].weight, replace_head(old, 3, seed=6).layers[10].weight)
    assert new.line == old.line and new.places[-1].parameters == 153


@pytest.mark.parametrize(
    ("ladder", "trainable"), [("last", 153), ("last-2", 16_203), ("block", 21_223), ("all", 21_483)]
)
def test_the_ladder_frees_more_and_more_of_r1s_net(ladder: str, trainable: int):
    net = replace_head(lenet(), 3)
    assert parameters(freeze(net, ladder)) == (21_483, trainable)
    assert parameters(freeze(net, "all")) == (21_483, 21_483)  # and back again


@pytest.mark.parametrize("name", [*NETS, "resnet18", "mobilenet_v2", "convnext_tiny", "squeezenet1_1"])
def test_every_rung_frees_at_least_as_much_as_the_one_below(name: str):
    shape = (3, 32, 32)
    line = NETS[name].line if name in NETS else name
    net = build(line, shape, 5)
    free = [parameters(freeze(net, ladder))[1] for ladder in LADDER]
    assert free == sorted(free) and 0 < free[0] < free[1] <= free[3] == parameters(net)[0]


def test_r2s_resnet_head_is_one_linear_layer():
    net = freeze(build("resnet50", (3, 32, 32), 10), "last")
    assert parameters(net)[1] == 2048 * 10 + 10


def test_r1s_animal_head_has_527114_parameters():
    net = build("resnet152 | linear 256 | relu | dropout 0.5 | linear classes", (3, 64, 64), 10)
    assert parameters(freeze(net, "last-2"))[1] == 527_114


def test_a_frozen_batch_norm_does_not_move_while_the_rest_trains():
    net = freeze(build("conv 4 3x3 | bn | relu | flatten | linear classes", GREY, 3), "last").train()
    before = net.layers[1].running_mean.clone()
    net(torch.randn(8, *GREY))
    assert torch.equal(net.layers[1].running_mean, before)
    freeze(net, "all").train()
    net(torch.randn(8, *GREY))
    assert not torch.equal(net.layers[1].running_mean, before)


def test_gradients_reach_only_what_is_free():
    net = freeze(replace_head(lenet(), 3), "last-2")
    net(torch.randn(2, *GREY)).sum().backward()
    assert [name for name, p in net.named_parameters() if p.grad is not None] == [
        "layers.8.weight",
        "layers.8.bias",
        "layers.10.weight",
        "layers.10.bias",
    ]


def test_an_unknown_rung_is_refused():
    with pytest.raises(LabError, match="Did you mean 'last-2'"):
        freeze(lenet(), "last2")
    with pytest.raises(LabError, match="number of classes is 0"):
        replace_head(lenet(), 0)
