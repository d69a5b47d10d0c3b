"""The network line: what it reads, what it refuses and in which words, and the network it becomes."""

# ruff: noqa: E501 - one refusal per line reads best

import random

import pytest
import torch
from nets_help import SHAPES, random_line
from torch import nn

from core.errors import LabError
from core.nets.line import build, parse, write
from core.nets.named import NETS
from core.nets.shapes import MOST_PARAMETERS, walk
from core.nets.spelling import Layer
from core.nets.words import WORDS

GREY = (1, 28, 28)


def refusal(line: str, shape: tuple[int, int, int] = GREY) -> str:
    with pytest.raises(LabError) as caught:
        build(line, shape, 10)
    return str(caught.value)


def test_a_word_is_read_with_all_its_numbers():
    assert parse("Conv 32 3×5 s2 p1 g4")[0] == Layer("conv", 32, (3, 5), 2, 1, 4)
    assert parse("conv 8 5 same")[0] == Layer("conv", 8, (5, 5), padding="same")
    assert parse("pool 3 s2")[0] == Layer("pool", 3, stride=2)
    assert parse("pool 2x2")[0] == parse("pool 2")[0] == Layer("pool", 2, stride=2)
    assert parse("dropout .5")[0] == Layer("dropout", 0.5)
    assert parse("res 64 s2 gelu plain")[0] == Layer("res", 64, stride=2, activation="gelu", plain=True)


def test_a_backbone_alone_gets_its_last_layer():
    assert write(parse("resnet18 pretrained")) == "resnet18 pretrained | linear classes"


@pytest.mark.parametrize("name", NETS)
def test_every_named_line_is_written_as_it_is_read(name: str):
    assert write(parse(NETS[name].line)) == NETS[name].line


@pytest.mark.parametrize("word", WORDS)
def test_the_example_of_every_word_is_written_as_it_is_read(word: str):
    assert write(parse(WORDS[word].example)[:1]) == WORDS[word].example


def test_any_line_survives_being_written_and_read_again():
    rng = random.Random(1)
    for _ in range(300):
        layers = parse(random_line(rng))
        assert parse(write(layers)) == layers


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "conv 9 5x5 | pool 2 | relu | conv 9 5x5 | pool 2 | relu | conv 20 9x9 | flatten | linear classes",
            "layer 7 `conv 20 9x9`: the map is only 4x4 here; use a kernel up to 4x4, or padding.",
        ),
        ("konv 10 5x5 | flatten | linear classes", "layer 1 `konv 10 5x5`: the word 'konv' does not exist. Did you mean 'conv'?"),
        ("flatten | dense 10 | linear classes", "layer 2 `dense 10`: the word 'dense' does not exist. Did you mean 'linear'?"),
        ("maxpool 2 | flatten | linear classes", "Did you mean 'pool'?"),
        ("conv 10 5x5 | linear classes", "layer 2 `linear classes`: it needs flat numbers, but here are maps (10 of 24x24); put `flatten` or `gap` before it."),
        ("flatten | conv 9 3x3 | linear classes", "layer 2 `conv 9 3x3`: it needs a map, but layer 1 `flatten` left 784 flat numbers; put it before that."),
        ("gap | dropout2d 0.5 | linear classes", "layer 2 `dropout2d 0.5`: it needs a map, but layer 1 `gap` left 1 flat numbers"),
        ("conv | flatten | linear classes", "layer 1 `conv`: the number of filters is missing; write for example `conv 32 3x3 p1`."),
        ("conv 10 | flatten | linear classes", "layer 1 `conv 10`: the kernel size is missing; write for example `conv 32 3x3 p1`."),
        ("flatten | linear | linear classes", "layer 2 `linear`: the number of outputs is missing; write for example `linear 50`."),
        ("flatten | dropout | linear classes", "layer 2 `dropout`: the rate is missing; write for example `dropout 0.5`."),
        ("flatten | dropout 1.5 | linear classes", "layer 2 `dropout 1.5`: the rate is 1.5; allowed: 0 to 0.95"),
        ("flatten | linear ten | linear classes", "the number of outputs is ten; allowed: a whole number from 1 to 100000"),
        ("flatten | linear nan | linear classes", "the number of outputs is nan; allowed"),
        ("conv 0 3x3 | flatten | linear classes", "the number of filters is 0; allowed: a whole number from 1 to 4096"),
        ("conv 8 99x99 | flatten | linear classes", "the kernel is 99x99; allowed: 1x1 to 64x64"),
        ("conv 8 3x3 s0 | gap | linear classes", "the stride is 0; allowed: s1 to s64"),
        ("conv 8 3x3 p99 | gap | linear classes", "the padding is 99; allowed: p0 to p64, or same"),
        ("conv 8 3x3 s2 s2 | gap | linear classes", "layer 1 `conv 8 3x3 s2 s2`: 's2' is the second stride; one is allowed."),
        ("conv 8 3x3 fast | gap | linear classes", "'fast' is not understood here; conv takes its number of filters and 3x3, s2, p1 or same, g2."),
        ("relu 3 | flatten | linear classes", "layer 1 `relu 3`: '3' is not understood here; relu stands alone."),
        ("conv 9 3x3 g2 | gap | linear classes", "2 groups do not divide 1 channels into 9 filters; both must be multiples."),
        ("conv 8 4x4 s2 same | gap | linear classes", "`same` needs an odd kernel, such as 3x3 or 5x5; or pad with p1."),
        ("pool 3 p2 | flatten | linear classes", "layer 1 `pool 3 p2`: the padding is 2; allowed here: p0 to p1, half the window."),
        ("pool 14 | pool 4 | flatten | linear classes", "layer 2 `pool 4`: the map is only 2x2 here, so a window of 4 would leave nothing; use a window up to 2"),
        ("pool 28 | pool 2 | flatten | linear classes", "so a window of 2 would leave nothing; leave this word out, or pad an earlier `conv`."),
        ("flatten | linear 10", "layer 2 `linear 10`: the last layer must be `linear classes`, one output per class of the dataset, not 10."),
        ("flatten | relu", "layer 2 `relu`: the last layer must be `linear classes`; add it at the end of the line."),
        ("softmax", "The network line has no layer with weights; write at least `flatten | linear classes`."),
        ("flatten | softmax | linear classes", "layer 2 `softmax`: it may only be the last word of the line."),
        ("", "The network line is empty; write for example"),
        (" \n ", "The network line is empty"),
        ("flatten || linear classes", "layer 2: it is empty; write a word between the bars, such as `relu`, or drop a bar."),
        ("flatten | linear 90000 | linear 90000 | linear classes", "layer 3 `linear 90000`: the network has 8,170,740,000 parameters up to here (8,100,090,000 in this layer); allowed: up to 200,000,000."),
        ("conv 4096 1x1 p64 | conv 4096 1x1 p64 | gap | linear classes", "it makes 99,680,256 numbers of each picture; allowed: up to 20,000,000"),
        ("relu | resnet18", "layer 2 `resnet18`: a backbone sees the picture itself; only `resize` may stand before it."),
        ("convnext_tiny", "layer 1 `convnext_tiny`: the pictures are only 28x28; allowed: 32x32 or more, so put `resize 64` before it."),
        ("relu | mirror | flatten | linear classes", "layer 2 `mirror`: it may only be the first word of the line"),
        ("mirror p9 | flatten | linear classes", "layer 1 `mirror p9`: the padding is 9; allowed: p1 to p8"),
        ("mirror same | flatten | linear classes", "the padding is same; allowed: p1 to p8"),
        ("resize 2000 | flatten | linear classes", "the side is 2000; allowed: a whole number from 8 to 512"),
    ],
)  # fmt: skip
def test_a_line_that_makes_no_network_is_refused_in_a_sentence(line: str, sentence: str):
    assert sentence in refusal(line)


def test_a_line_of_too_many_words_is_refused():
    assert "201 words" in refusal(" | ".join(["relu"] * 201))


def test_a_huge_network_is_refused_before_it_is_allocated():
    layers = parse("flatten | linear 100000 | linear 100000 | linear 100000 | linear classes")
    with pytest.raises(LabError, match="parameters"):
        walk(layers, GREY, 10)
    assert MOST_PARAMETERS == 200_000_000


def test_wrong_shapes_and_class_counts_are_refused():
    assert "4 channels" in refusal("resnet18", (4, 64, 64))
    assert "(channels, height, width)" in refusal("flatten | linear classes", (1, 0, 28))
    with pytest.raises(LabError, match="number of classes is 0"):
        build("flatten | linear classes", GREY, 0)


def test_nonsense_is_only_ever_refused_with_a_sentence():
    rng = random.Random(2)
    words = [*WORDS, "conv2d", "x", "|", "||", "ſ", "١", "\x00", "linear classes", "🙂", "-", "1e9", "inf", ""]
    numbers = [
        "0",
        "1",
        "2",
        "10",
        "3x3",
        "5×5",
        "0x0",
        "9" * 30,
        "-3",
        "0.5",
        ".5.5",
        "s2",
        "p1",
        "g2",
        "same",
        "classes",
        "s",
        "x",
        "²",
    ]
    for _ in range(3000):
        line = " | ".join(
            " ".join([rng.choice(words), *rng.choices(numbers, k=rng.randint(0, 3))]) for _ in range(rng.randint(0, 6))
        )
        shape = rng.choice(((1, 28, 28), (3, 32, 32), (1, 1, 1), (5, 7, 9)))
        try:
            walk(parse(line), shape, 10)
        except LabError as error:
            assert str(error).endswith(".") and len(str(error)) < 1500


def test_shapes_and_counts_are_those_of_torch():
    rng = random.Random(3)
    built = 0
    while built < 120:
        try:
            net = build(random_line(rng), (2, 28, 20), 7).eval()
        except LabError:
            continue
        built += 1
        x = torch.randn(2, 2, 28, 20)
        for place, module in zip(net.places, net.layers, strict=True):
            x = module(x)
            assert tuple(x.shape[1:]) == place.after, (net.line, place)
            assert sum(each.numel() for each in module.parameters()) == place.parameters, (net.line, place)


@pytest.mark.parametrize("name", NETS)
def test_every_named_net_answers_with_one_logit_per_class(name: str):
    shape = SHAPES[NETS[name].dataset]
    net = build(name_line := NETS[name].line, shape, 10)
    assert net.line == name_line and net.shape == shape and net.classes == 10
    assert len(net.layers) == len(parse(name_line))
    x = torch.randn(2, *shape)
    assert net(x).shape == (2, 10)
    net.eval()
    with torch.no_grad():
        there = net(x.to(memory_format=torch.channels_last))
        assert torch.allclose(net(x), there, atol=1e-5)


def test_a_line_gives_the_arithmetic_that_torch_gives():
    net = build("conv 4 3x3 | relu | pool 2 | flatten | linear classes | softmax", GREY, 10, seed=5).eval()
    torch.manual_seed(5)
    plain = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4 * 13 * 13, 10))
    x = torch.randn(3, 1, 28, 28)
    assert torch.equal(net(x), plain(x))  # the same weights, and logits although the line ends in softmax


def test_a_residual_block_adds_its_shortcut():
    net = build("res 2 | res 4 s2 | gap | linear classes", (2, 8, 8), 3).eval()
    first, second = net.layers[0], net.layers[1]
    x = torch.randn(1, 2, 8, 8)
    inner = first.bn2(first.conv2(torch.relu(first.bn1(first.conv1(x)))))
    assert torch.equal(first(x), torch.relu(inner + x))
    inner = second.bn2(second.conv2(torch.relu(second.bn1(second.conv1(x)))))
    assert torch.equal(second(x), torch.relu(inner + second.skip(x)))
    assert [name for name, _ in second.named_children()] == [
        "conv1",
        "bn1",
        "act1",
        "conv2",
        "bn2",
        "skip",
        "add",
        "act2",
    ]


def test_the_same_seed_gives_the_same_network_and_another_seed_another():
    line = "conv 4 3x3 | bn | relu | res 8 s2 | gap | linear classes"
    one, same, other = (build(line, GREY, 10, seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(one[key], same[key]) for key in one)
    assert not torch.equal(one["layers.0.weight"], other["layers.0.weight"])


def test_building_leaves_everybody_elses_random_numbers_alone():
    torch.manual_seed(9)
    before = torch.random.get_rng_state()
    build("conv 4 3x3 | gap | linear classes", GREY, 10, seed=1)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_mirroring_net_answers_a_picture_and_its_mirror_image_alike_but_trains_with_one_look():
    line = "conv 4 3x3 | relu | flatten | linear classes"
    once, twice = build(line, GREY, 10, seed=3).eval(), build(f"mirror | {line}", GREY, 10, seed=3).eval()
    x = torch.randn(5, *GREY)
    assert torch.allclose(twice(x), (once(x) + once(x.flip(3))) / 2, atol=1e-6)
    assert torch.allclose(twice(x), twice(x.flip(3)), atol=1e-6)
    assert torch.equal(twice.train()(x), once.train()(x))
    watched = []
    twice.eval().layers[1].register_forward_hook(lambda layer, came, out: watched.append(out))
    twice(x)
    assert torch.equal(watched[-1], once.layers[0](x)), "the last look is the picture itself"


def test_a_mirroring_net_can_look_at_moved_pictures_too():
    line = "conv 4 3x3 | relu | flatten | linear classes"
    once, often = build(line, GREY, 10, seed=3).eval(), build(f"mirror p2 | {line}", GREY, 10, seed=3).eval()
    assert often.line.startswith("mirror p2 |")
    x = torch.zeros(5, *GREY)
    x[..., 6:20, 6:20] = torch.randn(5, 1, 14, 14)
    moved = [x, x, x.roll((2, 2), (2, 3)), x.roll((-2, -2), (2, 3))]
    looks = [once(each) + once(each.flip(3)) for each in moved]
    assert torch.allclose(often(x), torch.stack(looks).sum(0) / 8, atol=1e-6)
    assert torch.equal(often.train()(x), once.train()(x))


def test_a_resized_picture_keeps_its_batch_and_channels():
    net = build("resize 16 | conv 2 3x3 | gap | linear classes", (3, 32, 32), 4).eval()
    assert net.layers[0](torch.randn(2, 3, 32, 32)).shape == (2, 3, 16, 16)
    assert net(torch.randn(2, 3, 32, 32)).shape == (2, 4)
