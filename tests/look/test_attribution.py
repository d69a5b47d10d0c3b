"""What mattered equals captum's own answer on a fixed network."""

import pytest
import torch
from captum.attr import IntegratedGradients, LayerGradCam, Occlusion, Saliency
from torch.nn import functional as F

from core.errors import LabError
from core.look.attribution import METHODS, STEPS, attribute, last_convolution, patch


def ready(opened, image):
    return opened.eats(image).clone().requires_grad_(True)


def black(opened):
    return opened.eats(torch.zeros(opened.shape, dtype=torch.uint8))


def test_grad_cam_is_captums_at_the_last_convolution(open_net, picture):
    opened, image = open_net(), picture()
    method = LayerGradCam(opened.net, opened.net.layers[3])
    below_zero = 0
    for target in range(10):
        theirs = method.attribute(ready(opened, image), target, relu_attributions=True)
        ours = attribute(opened, image, target, "grad-cam")
        assert ours.shape == (28, 28) and ours.min() >= 0
        torch.testing.assert_close(ours, F.interpolate(theirs, (28, 28), mode="bilinear")[0, 0].detach())
        below_zero += int((method.attribute(ready(opened, image), target) < 0).any())
    assert below_zero  # what speaks against a class was really left out


def test_integrated_gradients_are_captums_from_a_black_picture(open_net, picture):
    opened, image = open_net("r4-tinyvgg", (3, 32, 32)), picture((3, 32, 32))
    theirs = IntegratedGradients(opened.net).attribute(ready(opened, image), black(opened), 7, n_steps=STEPS)
    torch.testing.assert_close(attribute(opened, image, 7, "integrated-gradients"), theirs[0].sum(0).detach().float())


def test_integrated_gradients_add_up_to_the_change_of_the_answer(open_net, picture):
    opened, image = open_net("r4-relu"), picture()
    with torch.no_grad():
        change = float(opened.net(opened.eats(image))[0, 3] - opened.net(black(opened))[0, 3])
    assert float(attribute(opened, image, 3, "integrated-gradients").sum()) == pytest.approx(change, rel=0.05, abs=0.05)


def test_occlusion_is_captums(open_net, picture):
    opened, image = open_net("resnet-tiny", (3, 32, 32)), picture((3, 32, 32))
    theirs = Occlusion(opened.net).attribute(
        opened.eats(image), (3, 4, 4), (3, 2, 2), baselines=black(opened), target=1
    )
    torch.testing.assert_close(
        attribute(opened, image, 1, "occlusion"), theirs[0].sum(0).detach(), rtol=1e-4, atol=1e-5
    )


def test_saliency_is_captums(open_net, picture):
    opened, image = open_net(), picture()
    theirs = Saliency(opened.net).attribute(ready(opened, image), 2)
    torch.testing.assert_close(attribute(opened, image, 2, "saliency"), theirs[0].amax(0))


def test_every_method_works_for_a_backbone_and_leaves_it_unchanged(open_net, picture):
    opened, image = open_net("mobilenet_v3_small", (1, 64, 64)), picture((1, 64, 64))
    before = opened.probabilities(image)
    for method in METHODS:
        assert attribute(opened, image, 0, method).shape == (64, 64)
    assert torch.equal(opened.probabilities(image), before)
    assert all(each.grad is None for each in opened.net.parameters())


def test_the_covered_square_grows_with_the_picture():
    assert [patch((side, side)) for side in (8, 28, 64, 224)] == [(2, 1), (4, 2), (9, 4), (32, 16)]


def test_grad_cam_takes_the_deepest_map_with_more_than_one_pixel(open_net):
    opened = open_net("conv 4 3x3 | conv 5 7x7 | flatten | linear classes", (1, 9, 9))
    assert last_convolution(opened).out_channels == 4


def test_a_net_without_convolutions_has_no_grad_cam_and_says_so(open_net, picture):
    with pytest.raises(LabError, match="needs a convolution"):
        attribute(open_net("r4-relu"), picture(), 0, "grad-cam")
    assert attribute(open_net("r4-relu"), picture(), 0, "saliency").shape == (28, 28)


def test_a_class_that_the_net_does_not_have_is_refused(open_net, picture):
    with pytest.raises(LabError, match="The class number is 10; this network has 10 classes: 0 to 9"):
        attribute(open_net(), picture(), 10, "saliency")
    with pytest.raises(LabError, match="'omega', which this network does not have"):
        open_net().index("omega")


def test_an_unknown_method_is_refused_with_a_guess(open_net, picture):
    with pytest.raises(LabError, match="Did you mean 'occlusion'"):
        attribute(open_net(), picture(), 0, "oclusion")
