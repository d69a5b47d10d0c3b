"""Feature maps equal torch's own hooks, and there are as many panels as channels."""

import pytest
import torch
from torch import nn

from core.look.maps import block_of, blocks, record

PLAIN = "conv 6 3x3 p1 | bn | relu | pool 2 | conv 12 3x3 g3 | leaky | gap | linear classes"
NETS = [
    ("r1-lenet", (1, 28, 28)),
    ("r4-tinyvgg", (3, 32, 32)),
    (PLAIN, (3, 16, 16)),
    ("resnet-tiny", (3, 32, 32)),
    ("r4-linear", (1, 28, 28)),
    ("resnet18", (3, 64, 64)),
    ("squeezenet1_1", (1, 64, 64)),
    ("mobilenet_v3_small", (3, 64, 64)),
]


@pytest.mark.parametrize(("net", "shape"), NETS)
def test_every_map_is_what_torchs_own_forward_hook_sees(open_net, picture, net, shape):
    opened, image = open_net(net, shape), picture(shape)
    views = record(opened, image)
    seen: dict[tuple[str, int], torch.Tensor] = {}
    calls: dict[str, int] = {}

    def hook(path):
        def remember(layer, inputs, output):
            calls[path] = calls.get(path, -1) + 1
            seen[path, calls[path]] = output[0].clone()

        return remember

    for path, layer in opened.net.named_modules():
        if path:
            layer.register_forward_hook(hook(path))
    with torch.inference_mode():
        opened.net(opened.eats(image))
    leaves = [path for path, layer in opened.net.named_modules() if path and not list(layer.children())]
    assert {view.path for view in views} >= set(leaves)
    for view in views:
        assert torch.equal(view.after, seen[view.path, view.call])


@pytest.mark.parametrize(
    ("net", "shape", "channels"),
    [
        ("r1-lenet", (1, 28, 28), [10, 10, 10, 20, 20, 20, 20, 320, 50, 50, 10]),
        (PLAIN, (3, 16, 16), [6, 6, 6, 6, 12, 12, 12, 10]),
        ("conv 8 3x3 | relu | gap | linear classes", (1, 9, 9), [8, 8, 8, 10]),
        ("res 4 | gap | linear classes", (3, 9, 9), [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 10]),
    ],
)
def test_there_are_as_many_panels_as_channels(open_net, picture, net, shape, channels):
    assert [view.panels for view in record(open_net(net, shape), picture(shape))] == channels


def test_convnexts_layers_with_channels_last_count_their_channels_too(open_net, picture):
    opened = open_net("convnext_tiny", (3, 64, 64))
    views = {view.path: view for view in record(opened, picture((3, 64, 64)))}
    assert [views[f"layers.0.features.1.0.block.{i}"].panels for i in range(7)] == [96, 96, 96, 384, 384, 96, 96]


def test_a_relu_that_writes_into_its_input_does_not_change_the_map_before_it(open_net, picture):
    opened = open_net("resnet18", (3, 64, 64))
    before, after = (
        next(v for v in record(opened, picture((3, 64, 64))) if v.path == f"layers.0.{name}")
        for name in ("bn1", "relu")
    )
    assert before.after.min() < 0
    assert torch.equal(after.after, before.after.clamp_min(0))
    assert torch.equal(after.before[0], before.after)


def test_a_torchvision_relu_that_is_used_twice_is_seen_twice(open_net, picture):
    views = [
        v for v in record(open_net("resnet18", (3, 64, 64)), picture((3, 64, 64))) if v.path.endswith("layer1.0.relu")
    ]
    assert [view.call for view in views] == [0, 1]
    assert views[0].name != views[1].name


def test_only_the_asked_block_is_recorded(open_net, picture):
    opened = open_net("resnet18", (3, 64, 64))
    chosen = blocks(opened)[3]
    views = record(opened, picture((3, 64, 64)), chosen.paths)
    assert views and all(view.path.startswith(chosen.paths) for view in views)


def test_a_small_net_is_one_block_and_a_backbone_is_many(open_net):
    assert [block.title for block in blocks(open_net())] == ["the whole network"]
    parts = blocks(open_net("resnet50", (3, 64, 64)))
    assert len(parts) == 18
    assert "layer1.0" in parts[1].title
    assert block_of(open_net("resnet50", (3, 64, 64)), "layers.0.layer1.0.conv2") == 1


def test_a_long_flatten_alone_does_not_split_a_network(open_net):
    assert len(blocks(open_net("r2-mnist-1"))) == 1  # 6,272 flat numbers, but only 300 maps


def test_every_layer_is_in_exactly_one_block(open_net):
    opened = open_net("resnet18", (3, 64, 64))
    paths = [path for block in blocks(opened) for path in block.paths]
    leaves = [path for path, layer in opened.net.named_modules() if path and not list(layer.children())]
    assert all(sum(leaf == p or leaf.startswith(p + ".") for p in paths) == 1 for leaf in leaves)


def test_looking_leaves_no_hook_behind(open_net, picture):
    opened = open_net()
    record(opened, picture())
    assert not any(layer._forward_hooks or layer._forward_pre_hooks for layer in opened.net.modules())


def test_two_who_look_at_once_do_not_see_each_others_pictures(open_net, picture):
    opened = open_net()
    outer = []

    def look_again(layer, inputs, output):
        outer.append(len(record(opened, picture(seed=1))))

    other = opened.private()
    other.layer("layers.3").register_forward_hook(look_again)
    views = record(opened, picture())
    with torch.inference_mode():
        other.net(other.eats(picture()))
    assert outer == [len(views)] == [11]


def test_dropout_and_flatten_only_pass_their_numbers_on(open_net, picture):
    unseen = [v.title for v in record(open_net(), picture()) if not v.seen]
    assert unseen == ["5 · dropout2d 0.5", "8 · flatten"]
    assert all(isinstance(v.layer, nn.Module) for v in record(open_net(), picture()))
