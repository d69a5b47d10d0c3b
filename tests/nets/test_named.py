"""The named nets have the parameters that the reports print, and the knobs turn one into the next."""

import pytest
from nets_help import SHAPES

from core.config import PRESETS, RunConfig
from core.errors import LabError
from core.nets.backbones import BACKBONES
from core.nets.grammar import parse
from core.nets.line import build
from core.nets.named import NETS, resolve
from core.nets.network import network
from core.nets.rewrite import rewrite
from core.nets.shapes import walk
from core.nets.summary import parameters


def weights(name: str) -> list[int]:
    """Parameters of the layers that have any."""
    places = walk(parse(NETS[name].line), SHAPES[NETS[name].dataset], 10)
    return [place.parameters for place in places if place.parameters]


def test_r1s_net_has_exactly_21840_parameters():
    assert weights("r1-lenet") == [260, 5_020, 16_050, 510]
    assert parameters(build(NETS["r1-lenet"].line, (1, 28, 28), 10)) == (21_840, 21_840)


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("r2-mnist-1", (6272, 128)),
        ("r2-mnist-2", (3136, 128)),
        ("r2-cifar-1", (4096, 128)),
        ("r2-cifar-2", (8192, 256, 128)),
        ("r2-cifar-3", (8192, 64)),
    ],
)
def test_r2s_nets_have_the_layers_that_the_report_prints(name: str, inputs: tuple[int, ...]):
    places = walk(parse(NETS[name].line), SHAPES[NETS[name].dataset], 10)
    assert tuple(place.before[0] for place in places if place.layer.word == "linear") == inputs
    assert [place.layer.text for place in places].count("pool 2") == 1


def test_r2s_counts_follow_from_its_printed_layers():
    assert weights("r2-mnist-1") == [320, 9_248, 6272 * 128 + 128, 1_290]
    assert weights("r2-cifar-2") == [896, 9_248, 8192 * 256 + 256, 256 * 128 + 128, 1_290]


def test_r3s_ladder_is_climbed_with_the_knobs():
    assert rewrite("r3-default", RunConfig(filters=(64, 128, 256))) == NETS["r3-4a1"].line
    assert rewrite("r3-4a2", RunConfig(activation="leaky")) == NETS["r3-4c"].line
    assert rewrite("r3-4c", RunConfig(activation="relu")) == NETS["r3-4a2"].line
    assert rewrite("r3-4d", RunConfig(batch_norm=True)) == NETS["r3-4e"].line
    assert rewrite("r3-4e", RunConfig(batch_norm=False)) == NETS["r3-4d"].line
    assert weights("r3-default") == [1_824, 10_416, 41_568, 384 * 512 + 512, 5_130]


def test_r4s_second_net_is_its_first_with_relu():
    assert rewrite("r4-linear", RunConfig(activation="relu")) == NETS["r4-relu"].line


def test_our_residual_nets_have_the_size_their_sentence_says():
    assert sum(weights("resnet9")) == 6_574_090  # the well-known 6,575,370 less 1,280 biases that batch norm makes idle
    assert 550_000 < sum(weights("resnet9-small")) < 650_000
    assert 140_000 < sum(weights("resnet-tiny")) < 160_000


def test_every_preset_names_a_net_that_fits_its_dataset():
    for preset in PRESETS.values():
        if preset.config.dataset in SHAPES and preset.config.net in NETS:
            net = network(preset.config, SHAPES[preset.config.dataset], 10)
            assert net.line == rewrite(preset.config.net, preset.config)


def test_a_name_is_resolved_and_a_slip_of_the_pen_is_answered():
    assert resolve(" r1-lenet ") == NETS["r1-lenet"].line
    assert resolve("flatten | linear classes") == "flatten | linear classes"
    with pytest.raises(LabError, match=r"The network is 'r1-lent', which does not exist. Did you mean 'r1-lenet'\?"):
        network(RunConfig(net="r1-lent"), (1, 28, 28), 10)
    with pytest.raises(LabError, match="Did you mean 'resnet50'"):
        network(RunConfig(net="resnet51"), (1, 28, 28), 10)


def test_no_named_net_hides_a_backbone_or_a_word():
    from core.nets.words import WORDS

    assert not set(NETS) & (set(BACKBONES) | set(WORDS))
