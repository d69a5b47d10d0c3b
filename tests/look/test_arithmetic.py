"""The arithmetic of a pixel gives the very number that stands in the map."""

import pytest
import torch

from core.errors import LabError
from core.look.arithmetic import explain, softmax
from core.look.calculation import number
from core.look.maps import record

MIXED = (
    "conv 6 3x3 s2 p1 | bn | leaky | avgpool 3 s2 p1 | conv 6 4x4 p1 | gelu | conv 12 3x3 g3 | tanh | scale 0.5"
    " | gmp | linear 9 | bn | sigmoid | linear classes"
)
NETS = [
    ("r1-lenet", (1, 28, 28)),
    (MIXED, (3, 24, 24)),
    ("conv 4 3x3 | pool 3 s2 p1 | silu | gap | linear classes", (1, 11, 11)),
    ("res 8 s2 | res 8 plain | gap | linear classes", (3, 12, 12)),
    ("r4-relu", (1, 28, 28)),
    ("resnet18", (3, 64, 64)),
    ("mobilenet_v3_small", (3, 64, 64)),
]


@pytest.mark.parametrize(("net", "shape"), NETS)
def test_the_arithmetics_total_is_the_maps_value(open_net, picture, net, shape):
    luck = torch.Generator().manual_seed(1)
    for view in record(open_net(net, shape), picture(shape)):
        maps = view.maps
        for _ in range(4):
            place = [int(torch.randint(side, (1,), generator=luck)) for side in maps.shape]
            shown = explain(view, *place)
            value = float(maps[tuple(place)])
            assert shown.total == pytest.approx(value, abs=1e-5, rel=1e-5), (view.title, shown.kind)


def test_a_convolutions_terms_add_up_channel_by_channel(open_net, picture):
    view = next(v for v in record(open_net(), picture()) if v.title == "4 · conv 20 5x5")
    shown = explain(view, 7, 2, 3)
    assert shown.kind == "convolution"
    assert len(shown.terms) == 10
    assert shown.window == (2, 3, 5, 5)
    for term in shown.terms:
        assert float((term.patch * term.kernel).sum()) == pytest.approx(term.sum, abs=1e-12)
        assert torch.equal(torch.tensor(term.patch).float(), view.before[0][term.channel, 2:7, 3:8])
    assert sum(term.sum for term in shown.terms) + shown.bias == pytest.approx(float(view.after[7, 2, 3]), abs=1e-5)


def test_a_grouped_convolution_looks_at_its_own_channels_only(open_net, picture):
    view = record(open_net("conv 6 3x3 g3 | gap | linear classes", (3, 9, 9)), picture((3, 9, 9)))[0]
    assert [[t.channel for t in explain(view, f, 0, 0).terms] for f in range(6)] == [[0], [0], [1], [1], [2], [2]]


def test_padding_is_part_of_the_patch_and_of_the_window(open_net, picture):
    view = record(open_net("conv 2 3x3 p1 | gap | linear classes", (1, 9, 9)), picture((1, 9, 9)))[0]
    shown = explain(view, 0, 0, 0)
    assert shown.window == (-1, -1, 3, 3)
    assert not shown.terms[0].patch[0].any() and not shown.terms[0].patch[:, 0].any()


def test_a_pool_says_which_number_was_the_largest(open_net, picture):
    view = next(v for v in record(open_net(), picture()) if v.title == "2 · pool 2")
    shown = explain(view, 3, 5, 6)
    assert shown.kind == "maximum" and shown.window == (10, 12, 2, 2)
    assert shown.terms[0].patch[shown.chosen] == shown.total == float(view.after[3, 5, 6])


def test_a_shortcut_is_a_sum_of_two_numbers(open_net, picture):
    view = next(
        v for v in record(open_net("res 4 | gap | linear classes", (3, 8, 8)), picture((3, 8, 8))) if "add" in v.path
    )
    shown = explain(view, 1, 2, 3)
    inner, way = (float(each[1, 2, 3]) for each in view.before)
    assert shown.kind == "sum" and shown.total == pytest.approx(inner + way)
    assert number(inner) in shown.said


def test_softmax_divides_one_exponential_by_the_sum_of_all():
    logits = torch.tensor([1.0, -2.0, 300.0, 299.0])
    for index in range(4):
        assert softmax(logits, index).total == pytest.approx(float(torch.softmax(logits.double(), 0)[index]))


def test_minus_signs_are_real_ones():
    assert number(-0.25) == "−0.2500"
    assert number(-1.5e-7) == "−1.5e−07"
    assert number(0.0) == "0"


@pytest.mark.parametrize("place", [(10, 0, 0), (0, 24, 0), (0, 0, -1)])
def test_a_pixel_outside_of_the_map_is_refused_with_its_number(open_net, picture, place):
    view = record(open_net(), picture())[0]
    with pytest.raises(LabError, match=r"is (10|24|-1); 1 · conv 10 5x5 has"):
        explain(view, *place)
