"""An opened network takes any picture and says what it changed about it."""

import numpy as np
import pytest
import torch

from core.errors import LabError
from core.look.architecture import drawing, parts
from core.look.kernels import applied, kernels
from core.look.opened import fitted
from core.look.tiles import coloured, enlarged, scale, shown, tiled


@pytest.mark.parametrize(
    ("size", "shape", "says"),
    [
        ((28, 28), (1, 28, 28), ()),
        ((60, 90), (1, 28, 28), ("was 60x90",)),
        ((28, 28, 3), (1, 28, 28), ("made grey",)),
        ((32, 32), (3, 32, 32), ("copied into each",)),
        ((40, 40, 4), (3, 32, 32), ("transparent", "was 40x40")),
        ((1, 500, 3), (3, 32, 32), ("was 1x500",)),
    ],
)
def test_a_picture_of_another_size_or_colour_is_converted_and_that_is_said(size, shape, says):
    pixels = np.random.default_rng(0).integers(0, 256, size, dtype=np.uint8)
    image, notes = fitted(pixels, shape)
    assert tuple(image.shape) == shape and image.dtype == torch.uint8
    assert len(notes) == len(says) and all(word in note for word, note in zip(says, notes, strict=True))


def test_a_wide_picture_is_cut_not_squeezed():
    pixels = np.zeros((28, 84), np.uint8)
    pixels[:, 28:56] = 255
    assert int(fitted(pixels, (1, 28, 28))[0].min()) == 255


@pytest.mark.parametrize("array", [np.zeros((4, 4, 2), np.uint8), np.zeros((4, 4)), np.zeros((0, 4), np.uint8)])
def test_what_is_no_picture_is_refused(array):
    with pytest.raises(LabError, match="The picture is"):
        fitted(array, (1, 28, 28))


def test_a_picture_of_the_wrong_shape_never_reaches_the_network(open_net, picture):
    with pytest.raises(LabError, match="The picture is 3x28x28; r1-lenet eats 1x28x28"):
        open_net().eats(picture((3, 28, 28)))


def test_first_layer_kernels_are_the_weights_and_deeper_ones_count_filters_times_inputs(open_net):
    first, second = kernels(open_net())
    assert first.first and first.panels().shape == (10, 5, 5) and second.panels().shape == (200, 5, 5)
    assert torch.equal(first.panels()[3], open_net().net.layers[0].weight[3, 0])
    assert second.panels(4).shape == (10, 5, 5)
    assert not kernels(open_net("resnet18", (3, 64, 64)))[5].together


def test_a_net_without_convolutions_shows_its_weights_as_pictures(open_net, picture):
    first, second = kernels(open_net("r4-relu"))
    assert first.panels().shape == (10, 28, 28) and second.panels().shape == (10, 1, 10)
    assert applied(first, picture()).shape == (10, 28, 28)


def test_an_applied_filter_is_its_cross_correlation_with_the_picture(open_net, picture):
    opened, image = open_net(), picture()
    kernel = kernels(opened)[0]
    answer = applied(kernel, image)
    patch = image[0, 8:13, 10:15].float() / 255
    assert answer.shape == (10, 28, 28)
    assert float(answer[2, 10, 12]) == pytest.approx(float((patch * kernel.weights[2, 0]).sum()), abs=1e-5)


def test_the_colour_scale_is_blue_white_orange_and_darkens_away_from_zero():
    colours = scale().astype(float)
    assert len(colours) == 511 and (colours[255] == 255).all()
    assert colours[60, 2] > colours[60, 0] and colours[450, 0] > colours[450, 2]
    light = colours @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(light[255:]) <= 0).all() and (np.diff(light[:256]) >= 0).all()


def test_zero_is_white_on_every_map_and_signs_have_their_sides():
    picture = coloured(torch.tensor([-2.0, 0.0, 2.0, float("nan")]))
    assert (picture[1] == 255).all() and (picture[3] == 255).all()
    assert picture[0, 2] > picture[0, 0] and picture[2, 0] > picture[2, 2]


@pytest.mark.parametrize(("count", "side"), [(1, 4), (10, 24), (64, 7), (50, 1)])
def test_a_tiled_picture_holds_every_channel(count, side):
    maps = torch.arange(1, count + 1).float().view(-1, 1, 1).expand(-1, side, side)
    picture = tiled(maps)
    seen = {tuple(colour) for colour in picture.reshape(-1, 3)} - {(128, 128, 128)}
    assert len(seen) == len({tuple(colour) for colour in coloured(maps)[:, 0, 0]})
    assert enlarged(picture).shape[0] >= 240 or enlarged(picture).shape[1] >= 240


def test_grey_and_colour_pictures_are_shown_alike(picture):
    assert shown(picture((1, 5, 6))).shape == shown(picture((3, 5, 6))).shape == (5, 6, 3)


def test_the_architecture_is_drawn_word_by_word_and_a_backbone_block_by_block(open_net):
    words = parts(open_net())
    assert [part.text for part in words[:2]] == ["conv 10 5x5", "pool 2"]
    assert sum(part.parameters for part in words) == 21_840
    backbone = parts(open_net("resnet18", (3, 64, 64)))
    assert "layer1.0" in [part.text for part in backbone]
    assert sum(part.parameters for part in backbone) == sum(
        each.numel() for each in open_net("resnet18", (3, 64, 64)).net.parameters()
    )


def test_the_drawing_says_frozen_where_nothing_trains(open_net):
    opened = open_net("res 8 | gap | linear classes", (1, 12, 12))
    assert 'class="maps frozen"' not in drawing(opened)
    again = open_net("res 8 | gap | linear classes", (1, 12, 12))
    for each in again.net.layers[0].parameters():
        each.requires_grad_(False)
    svg = drawing(again)
    assert 'class="maps frozen"' in svg and svg.startswith("<svg") and "res 8" in svg
