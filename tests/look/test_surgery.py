"""Filter surgery changes exactly what it says, on a copy, and damage is measured as it would be by hand."""

import pytest
import torch

from core.errors import LabError
from core.look.damage import accuracy, below, ranking
from core.look.maps import record
from core.look.surgery import Cut, convolutions, operated, stamps

BN = "conv 6 3x3 | bn | relu | conv 8 3x3 | relu | gap | linear classes"
FLAT = "conv 6 3x3 | bn | relu | flatten | linear classes"


def maps(opened, image, path):
    return next(v for v in record(opened, image) if v.path == path).after


def test_a_muted_filter_answers_zero_everywhere_and_the_others_as_before(open_net, picture):
    opened, image = open_net(), picture()
    after = operated(opened, [Cut("layers.3", 4, "mute")])
    before, now = maps(opened, image, "layers.3"), maps(after, image, "layers.3")
    assert not now[4].any()
    rest = [i for i in range(20) if i != 4]
    assert torch.equal(now[rest], before[rest])


def test_a_muted_filter_stays_silent_behind_its_batch_norm(open_net, picture):
    opened, image = open_net(BN), picture()
    assert not maps(operated(opened, [Cut("layers.0", 2, "mute")]), image, "layers.1")[2].any()


@pytest.mark.parametrize(("net", "seen"), [("r1-lenet", "layers.0"), (BN, "layers.1")])
def test_a_scaled_filters_map_is_multiplied(open_net, picture, net, seen):
    opened, image = open_net(net), picture()
    after = operated(opened, [Cut("layers.0", 1, "scale", factor=-2.5)])
    torch.testing.assert_close(maps(after, image, seen)[1], -2.5 * maps(opened, image, seen)[1], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("net", "seen"), [("r1-lenet", "layers.0"), (BN, "layers.1")])
def test_a_copied_filter_answers_as_its_source(open_net, picture, net, seen):
    opened, image = open_net(net), picture()
    now = maps(operated(opened, [Cut("layers.0", 1, "copy", source=3)]), image, seen)
    assert torch.equal(now[1], now[3])


def test_an_identity_stamp_passes_the_picture_on(open_net, picture):
    opened, image = open_net("conv 2 3x3 p1 | gap | linear classes", (1, 9, 9)), picture((1, 9, 9))
    after = operated(opened, [Cut("layers.0", 0, "paint", kernel=stamps(3, 3)["identity"])])
    bias = opened.net.layers[0].bias[0].detach()
    torch.testing.assert_close(maps(after, image, "layers.0")[0], opened.eats(image)[0, 0] + bias)


def test_a_kernel_can_be_painted_for_one_input_channel(open_net, picture):
    opened = open_net("r4-tinyvgg", (3, 32, 32))
    kernel = stamps(3, 3)["Sobel: upright edges"]
    after = operated(opened, [Cut("layers.0", 0, "paint", channel=2, kernel=kernel)]).net.layers[0].weight
    assert torch.equal(after[0, 2], torch.tensor(kernel))
    assert torch.equal(after[0, :2], opened.net.layers[0].weight[0, :2])


def test_sobel_and_blur_are_the_textbooks(open_net):
    made = stamps(3, 3)
    sobel = torch.tensor(made["Sobel: upright edges"])
    torch.testing.assert_close(sobel / sobel[0, 2], torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]))
    blur = torch.tensor(made["blur"])
    torch.testing.assert_close(blur / blur[0, 0], torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]))
    for kernel in stamps(5, 4, length=2.5).values():
        assert torch.tensor(kernel).shape == (5, 4)
        assert float(torch.tensor(kernel).norm()) == pytest.approx(2.5, rel=1e-5)
    assert all(len(kernel) == 1 for kernel in stamps(1, 1).values())


def test_cuts_work_on_a_copy_and_the_last_can_be_left_out(open_net, picture):
    opened, image = open_net(), picture()
    before = opened.probabilities(image)
    cuts = [Cut("layers.0", 0, "mute"), Cut("layers.3", 1, "scale", factor=3)]
    changed = operated(opened, cuts).probabilities(image)
    assert not torch.equal(changed, before)
    assert torch.equal(operated(opened, cuts[:0]).probabilities(image), before)
    assert torch.equal(opened.probabilities(image), before)
    assert Cut(**cuts[1].to_dict()) == cuts[1]


def test_a_convolution_inside_a_backbone_can_be_operated_on(open_net, picture):
    opened, image = open_net("resnet18", (3, 64, 64)), picture((3, 64, 64))
    path = "layers.0.layer2.0.conv1"
    assert path in convolutions(opened)
    assert not maps(operated(opened, [Cut(path, 3, "mute")]), image, "layers.0.layer2.0.bn1")[3].any()


@pytest.mark.parametrize(
    ("cut", "says"),
    [
        (Cut("layers.1", 0, "mute"), "allowed: a convolution"),
        (Cut("layers.9", 0, "mute"), "allowed: a convolution"),
        (Cut("nowhere", 0, "mute"), "does not have"),
        (Cut("layers.0", 10, "mute"), "number 10; layers.0 has 10: 0 to 9"),
        (Cut("layers.0", 0, "copy", source=-1), "filter to copy is number -1"),
        (Cut("layers.0", 0, "melt"), "'melt'"),
        (Cut("layers.0", 0, "scale", factor=float("nan")), "factor is nan"),
        (Cut("layers.0", 0, "paint", kernel=((1.0,),)), "painted kernel is 1x1; layers.0 has kernels of 5x5"),
        (Cut("layers.0", 0, "paint", channel=1, kernel=stamps(5, 5)["blur"]), "input channel is 1"),
        (Cut("layers.0", 0, "paint", kernel=((float("inf"),) * 5,) * 5), "no finite number"),
    ],
)
def test_a_cut_that_cannot_be_is_refused_with_a_sentence(open_net, cut, says):
    with pytest.raises(LabError, match=says):
        operated(open_net(), [cut])


@pytest.mark.parametrize("path", ["layers.0", "layers.3"])
def test_accuracy_going_on_from_below_is_the_accuracy(open_net, picture, path):
    opened, many = open_net(), picture(count=1100)
    labels = opened.probabilities(many).argmax(1)
    labels[:300] = (labels[:300] + 1) % 10
    assert accuracy(opened, below(opened, many, labels, path)) == pytest.approx(800 / 1100)


def test_maps_too_many_to_keep_are_computed_each_time(open_net, picture, monkeypatch):
    opened, many = open_net(), picture(count=30)
    labels = torch.zeros(30, dtype=torch.long)
    monkeypatch.setattr("core.look.damage.MEMORY", 30 * 28 * 28 * 4)
    assert below(opened, many, labels, "layers.3").layer < 3
    assert 0 <= accuracy(opened, below(opened, many, labels, "layers.3")) <= 1


@pytest.mark.parametrize(("net", "path"), [("r1-lenet", "layers.0"), ("r1-lenet", "layers.3"), (FLAT, "layers.0")])
def test_the_ranking_is_what_muting_each_filter_by_hand_gives(open_net, picture, net, path):
    opened, many = open_net(net), picture(count=300)
    labels = opened.probabilities(many).argmax(1)
    start = below(opened, many, labels, path)
    told = []
    ranked = ranking(opened, start, path, told.append)
    by_hand = [1.0 - accuracy(operated(opened, [Cut(path, filter, "mute")]), start) for filter in range(len(ranked))]
    assert ranked == pytest.approx(by_hand)
    assert max(ranked) > 0 and told[-1] == 1.0
