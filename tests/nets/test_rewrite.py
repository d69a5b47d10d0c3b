"""The knobs of a run, turned on a network line."""

import random

import pytest
from nets_help import random_line

from core.config import RunConfig
from core.config.run import ACTIVATIONS
from core.errors import LabError
from core.nets.grammar import parse, write
from core.nets.named import NETS
from core.nets.network import network
from core.nets.rewrite import rewrite

LENET = NETS["r1-lenet"].line


def test_knobs_that_are_none_leave_every_line_alone():
    for name, named in NETS.items():
        assert rewrite(name, RunConfig()) == rewrite(named.line, RunConfig()) == named.line


def test_a_rewritten_line_is_a_line_again():
    rng = random.Random(4)
    for _ in range(300):
        line = random_line(rng)
        config = RunConfig(
            activation=rng.choice((None, *ACTIVATIONS)),
            dropout=rng.choice((None, 0, 0.3)),
            batch_norm=rng.choice((None, True, False)),
            kernel=rng.choice((None, 1, 4, 5)),
        )
        try:
            new = rewrite(line, config)
        except LabError:
            continue
        assert write(parse(new)) == new
        assert rewrite(new, config) == new  # turned twice is turned once


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_replaces_all_of_them(name: str):
    line = rewrite(LENET, RunConfig(activation=name))
    assert line == LENET.replace("relu", name)
    assert rewrite("res 8 | relu | gap | linear classes", RunConfig(activation=name)) == (
        f"res 8 {name} | {name} | gap | linear classes".replace("res 8 relu", "res 8")
    )


def test_a_line_without_activation_gets_one_after_every_hidden_layer():
    line = "conv 8 3x3 | bn | pool 2 | flatten | linear 9 | linear classes"
    assert rewrite(line, RunConfig(activation="tanh")) == (
        "conv 8 3x3 | bn | tanh | pool 2 | flatten | linear 9 | tanh | linear classes"
    )


def test_dropout_replaces_every_rate():
    assert rewrite(LENET, RunConfig(dropout=0.3)) == LENET.replace("0.5", "0.3")
    assert rewrite(LENET, RunConfig(dropout=0)) == LENET.replace("0.5", "0")


def test_a_line_without_dropout_gets_one_before_its_last_layer():
    assert rewrite("flatten | linear 9 | relu | linear classes", RunConfig(dropout=0.25)) == (
        "flatten | linear 9 | relu | dropout 0.25 | linear classes"
    )
    assert rewrite("flatten | linear classes", RunConfig(dropout=0)) == "flatten | linear classes"


def test_batch_norm_follows_every_convolution_once_and_goes_again():
    line = "conv 8 3x3 | pool 2 | bn | relu | conv 9 3x3 | relu | res 8 plain | gap | linear classes"
    on = "conv 8 3x3 | pool 2 | bn | relu | conv 9 3x3 | bn | relu | res 8 | gap | linear classes"
    assert rewrite(line, RunConfig(batch_norm=True)) == on
    off = "conv 8 3x3 | pool 2 | relu | conv 9 3x3 | relu | res 8 plain | gap | linear classes"
    assert rewrite(on, RunConfig(batch_norm=False)) == off


def test_a_kernel_replaces_all_and_keeps_the_padding_that_kept_the_size():
    assert rewrite(LENET, RunConfig(kernel=4)) == LENET.replace("5x5", "4x4")
    line = "conv 8 3x3 p1 | conv 8 5x5 same | conv 8 3x3 p2 | gap | linear classes"
    assert rewrite(line, RunConfig(kernel=7)) == (
        "conv 8 7x7 p3 | conv 8 7x7 same | conv 8 7x7 p2 | gap | linear classes"
    )
    assert rewrite(line, RunConfig(kernel=4)) == "conv 8 4x4 p1 | conv 8 4x4 p1 | conv 8 4x4 p2 | gap | linear classes"


def test_filters_replace_the_channel_counts_in_order():
    line = "conv 8 3x3 | res 9 | conv 7 3x3 | gap | linear classes"
    assert rewrite(line, RunConfig(filters=(1, 2, 3))) == "conv 1 3x3 | res 2 | conv 3 3x3 | gap | linear classes"


@pytest.mark.parametrize(
    ("net", "knob", "sentence"),
    [
        ("r1-lenet", {"filters": (4, 5, 6)}, "filters is 4,5,6 (3 numbers), but the network line has 2 convolutions"),
        ("r4-relu", {"filters": (4,)}, "filters is 4 (1 number), but the network line has 0 convolutions"),
        ("r4-relu", {"kernel": 3}, "kernel is 3, but the network line has no `conv`"),
        ("r4-relu", {"batch_norm": True}, "batch_norm is true, but the network line has no convolution"),
        ("resnet18", {"activation": "tanh"}, "activation is tanh, but the network line has no hidden layer"),
        ("flatten | linear classes", {"activation": "tanh"}, "has no hidden layer"),
    ],
)
def test_a_knob_without_anything_to_turn_says_so(net: str, knob: dict, sentence: str):
    with pytest.raises(LabError) as caught:
        rewrite(net, RunConfig(**knob))
    assert sentence in str(caught.value)


def test_the_network_of_a_config_is_its_line_with_its_knobs_and_its_seed():
    net = network(RunConfig(net="r1-lenet", kernel=3, seed=4), (1, 28, 28), 10)
    assert net.line == LENET.replace("5x5", "3x3")
    again = network(RunConfig(net="r1-lenet", kernel=3, seed=4), (1, 28, 28), 10)
    assert all((a == b).all() for a, b in zip(net.parameters(), again.parameters(), strict=True))


def test_a_knob_that_makes_the_line_impossible_is_refused_with_the_layer():
    with pytest.raises(LabError, match=r"layer 4 `conv 20 15x15`: the map is only 7x7 here"):
        network(RunConfig(net="r1-lenet", kernel=15), (1, 28, 28), 10)
