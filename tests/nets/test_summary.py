"""The summary table against torch's own shapes and counts, and receptive fields against gradients."""

import pytest
import torch
from nets_help import SHAPES
from torch import nn

from core.nets.line import build
from core.nets.named import NETS
from core.nets.summary import Row, parameters, summary


def rows_of(line: str, shape: tuple[int, int, int]) -> tuple[nn.Module, list[Row]]:
    net = build(line, shape, 10)
    return net, summary(net, shape)


def test_r1s_summary_is_the_reports_table():
    net, rows = rows_of(NETS["r1-lenet"].line, (1, 28, 28))
    assert [(row.word, row.output_shape, row.parameters) for row in rows if row.parameters] == [
        ("conv 10 5x5", (10, 24, 24), 260),
        ("conv 20 5x5", (20, 8, 8), 5_020),
        ("linear 50", (50,), 16_050),
        ("linear classes", (10,), 510),
    ]
    assert parameters(net) == (21_840, 21_840)
    assert [row.macs for row in rows if row.macs] == [24 * 24 * 10 * 25, 8 * 8 * 20 * 250, 320 * 50, 500]
    assert [row.receptive for row in rows][:6] == [(5, 5), (6, 6), (6, 6), (14, 14), (14, 14), (16, 16)]
    assert rows[-1].receptive == (28, 28)


@pytest.mark.parametrize("name", NETS)
def test_rows_add_up_to_the_network(name: str):
    net, rows = rows_of(NETS[name].line, SHAPES[NETS[name].dataset])
    assert sum(row.parameters for row in rows) == parameters(net)[0]
    for row in rows:
        assert row.parameters == sum(p.numel() for p in net.get_submodule(row.name).parameters())


def test_a_residual_block_shows_every_layer_inside():
    _, rows = rows_of("conv 4 3x3 p1 | res 8 s2 | gap | linear classes", (3, 16, 16))
    assert [(row.name, row.word) for row in rows] == [
        ("layers.0", "conv 4 3x3 p1"),
        ("layers.1.conv1", "conv 8 3x3 s2 p1"),
        ("layers.1.bn1", "bn"),
        ("layers.1.act1", "relu"),
        ("layers.1.conv2", "conv 8 3x3 p1"),
        ("layers.1.bn2", "bn"),
        ("layers.1.skip.0", "conv 8 1x1 s2"),
        ("layers.1.skip.1", "bn"),
        ("layers.1.add", "add"),
        ("layers.1.act2", "relu"),
        ("layers.2", "gap"),
        ("layers.3", "linear classes"),
    ]
    assert {row.name: row.receptive for row in rows}["layers.1.skip.0"] == (3, 3)
    assert {row.name: row.receptive for row in rows}["layers.1.add"] == (9, 9)


def test_output_shapes_are_those_of_torchs_hooks_and_looking_changes_nothing():
    net = build(NETS["resnet-tiny"].line, (3, 32, 32), 10).train()
    before = {key: value.clone() for key, value in net.state_dict().items()}
    seen: dict[str, tuple[int, ...]] = {}
    for name, module in net.named_modules():
        module.register_forward_hook(lambda m, i, o, name=name: seen.update({name: tuple(o.shape[1:])}))
    rows = summary(net, (3, 32, 32))
    assert all(seen[row.name] == row.output_shape for row in rows)
    assert all(module.training for module in net.modules())
    assert all(torch.equal(before[key], value) for key, value in net.state_dict().items())


def test_frozen_layers_are_said_to_be_frozen():
    net = build("flatten | linear 9 | relu | linear classes", (1, 8, 8), 3)
    net.layers[1].requires_grad_(False)
    assert [row.trainable for row in summary(net, (1, 8, 8))] == [False, False, False, True]
    assert parameters(net) == (64 * 9 + 9 + 30, 30)


def touched(net: nn.Module, name: str, shape: tuple[int, int, int], row: int, column: int) -> tuple[int, int, int, int]:
    """The box of pixels that really reach one number of a map, by the gradient through the linear parts."""
    maps: list[torch.Tensor] = []
    hook = net.get_submodule(name).register_forward_hook(lambda m, i, o: maps.append(o))
    x = torch.zeros(1, *shape, requires_grad=True)
    net.eval()(x)
    hook.remove()
    maps[0][0, :, row, column].sum().backward()
    assert x.grad is not None
    where = x.grad[0].abs().sum(0).nonzero()
    (top, left), (bottom, right) = where.min(0).values.tolist(), where.max(0).values.tolist()
    return top, left, bottom + 1, right + 1


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("conv 2 3x5 s2 p1 | conv 2 4x4 | avgpool 2 | conv 2 3x3 p1 | gap | linear classes", "layers.3"),
        ("conv 2 3x3 same | avgpool 3 s2 p1 | res 2 plain s2 gelu | gap | linear classes", "layers.2.add"),
        ("res 2 plain gelu | avgpool 2 | res 3 s2 plain gelu | gap | linear classes", "layers.2.act2"),
    ],
)
def test_a_receptive_field_is_the_box_of_pixels_that_have_a_gradient(line: str, name: str):
    shape = (1, 40, 40)
    net, rows = rows_of(line, shape)
    row = next(row for row in rows if row.name == name)
    _, height, width = row.output_shape
    for y, x in ((0, 0), (height // 2, width // 2), (height - 1, width - 1)):
        top, left, bottom, right = row.field.box(y, x)
        clipped = (max(0, top), max(0, left), min(40, bottom), min(40, right))
        real = touched(net, name, shape, y, x)
        if (y, x) == (height // 2, width // 2):
            assert real == clipped
        else:  # at the border an inner layer's own padding may hide some pixels of the box
            assert all(a >= b for a, b in zip(real[:2], clipped[:2], strict=True))
            assert all(a <= b for a, b in zip(real[2:], clipped[2:], strict=True))


@pytest.mark.parametrize(("name", "millions"), [("resnet18", 1814.1), ("mobilenet_v2", 300.8), ("squeezenet1_1", None)])
def test_a_backbones_rows_add_up_to_its_published_figures(name: str, millions: float | None):
    net = build(name, (3, 224, 224), 1000)
    rows = summary(net, (3, 224, 224))
    assert sum(row.parameters for row in rows) == parameters(net)[0]
    if millions:  # multiply-adds as torchvision's model pages give them
        assert sum(row.macs for row in rows) / 1e6 == pytest.approx(millions, abs=0.1)
    assert rows[0].name.startswith("layers.0.") and rows[-1].word == "linear classes"
