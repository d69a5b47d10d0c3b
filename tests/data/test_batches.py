"""Batches: order, resuming and scaling."""

import itertools

import numpy as np
import pytest
import torch

from core.config import RunConfig
from core.data.batches import batches, order, parts, steps_per_epoch
from core.data.dataset import made, moments
from core.data.scaling import scale_shift, scaled
from core.errors import LabError

MEAN, STD = (0.1, 0.5, 0.9), (0.2, 0.3, 0.4)


def pictures(n: int = 50, channels: int = 3, side: int = 12) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(n)
    return torch.randint(0, 256, (n, channels, side, side), dtype=torch.uint8, generator=generator), torch.arange(n)


def epoch(config: RunConfig, number: int = 0, start: int = 0, seed: int = 0) -> list[tuple[torch.Tensor, torch.Tensor]]:
    x, y = pictures()
    return list(batches(x, y, config, MEAN, STD, number, torch.Generator().manual_seed(seed), start))


def test_an_epoch_gives_every_picture_exactly_once_in_batches_of_the_size_asked_for() -> None:
    sizes, labels = zip(*((len(x), y) for x, y in epoch(RunConfig(batch_size=16))), strict=True)
    assert sizes == (16, 16, 16, 2)
    assert sorted(torch.cat(labels).tolist()) == list(range(50))


def test_a_label_stays_with_its_picture() -> None:
    x, _ = pictures()
    for got, y in epoch(RunConfig(batch_size=16, scale="raw")):
        assert torch.equal(got, x[y].float())


def test_the_order_depends_on_seed_and_epoch_and_on_nothing_else() -> None:
    assert torch.equal(order(99, 3, 2, True), order(99, 3, 2, True))
    assert not torch.equal(order(99, 3, 2, True), order(99, 3, 3, True))
    assert not torch.equal(order(99, 3, 2, True), order(99, 4, 2, True))
    assert order(5, 3, 2, False).tolist() == [0, 1, 2, 3, 4]


def test_making_an_order_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    order(99, 3, 2, True)
    assert torch.equal(before, torch.get_rng_state())


def test_a_resumed_epoch_goes_on_with_the_very_same_batches() -> None:
    config = RunConfig(batch_size=8, crop=2, flip=True, rotate=10)
    x, y = pictures()
    generator = torch.Generator().manual_seed(5)
    whole = []
    for number, batch in enumerate(batches(x, y, config, MEAN, STD, 1, generator)):
        whole.append(batch)
        if number == 2:
            state = generator.get_state()  # what a snapshot after three steps keeps
    later = torch.Generator()
    later.set_state(state)
    rest = list(batches(x, y, config, MEAN, STD, 1, later, start=3))
    assert len(rest) == len(whole) - 3
    for (x1, y1), (x2, y2) in zip(whole[3:], rest, strict=True):
        assert torch.equal(x1, x2) and torch.equal(y1, y2)


def test_the_same_seed_gives_the_same_augmented_numbers() -> None:
    config = RunConfig(batch_size=8, shift=0.1, zoom=0.2, brightness=0.3, cutout=4)
    first, again, other = epoch(config), epoch(config), epoch(config, seed=1)
    assert all(torch.equal(a[0], b[0]) for a, b in zip(first, again, strict=True))
    assert not all(torch.equal(a[0], b[0]) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("scale", ["standard", "centred", "unit", "raw"])
@pytest.mark.parametrize("channels", [1, 3])
def test_scaling_is_what_its_name_says(scale: str, channels: int) -> None:
    x, _ = pictures(channels=channels)
    mean, std = MEAN[:channels], STD[:channels]
    share = x.numpy().astype(np.float64) / 255
    m, s = (np.array(each).reshape(1, -1, 1, 1) for each in (mean, std))
    oracle = {"standard": (share - m) / s, "centred": share - 0.5, "unit": share, "raw": share * 255}[scale]
    for source in (x, x.float() / 255):
        got = scaled(source, scale, mean, std)
        assert got.is_contiguous(memory_format=torch.channels_last) and got.dtype == torch.float32
        np.testing.assert_allclose(got.numpy(), oracle, atol=2e-5, rtol=1e-5)


def test_scaling_does_not_write_into_the_pictures_it_is_given() -> None:
    x = torch.rand(4, 1, 5, 5)
    before = x.clone()
    scaled(x, "centred", (0.1,), (0.2,))
    assert torch.equal(x, before)


def test_a_channel_of_one_single_colour_does_not_divide_by_zero() -> None:
    gain, offset = scale_shift("standard", (0.5,), (0.0,))
    assert np.isfinite(gain + offset).all()


def test_an_unknown_scale_is_refused_with_a_guess() -> None:
    with pytest.raises(LabError, match=r"scale is 'centered'.*Did you mean 'centred'"):
        scale_shift("centered", (0.1,), (0.2,))


def test_mean_and_spread_are_numpys_own() -> None:
    x, y = pictures(5000, 3, 8)
    share = x.numpy().astype(np.float64) / 255
    mean, std = moments(x)
    np.testing.assert_allclose(mean, share.mean((0, 2, 3)), rtol=1e-6)
    np.testing.assert_allclose(std, share.std((0, 2, 3)), rtol=1e-6)
    dataset = made("own", (x, y % 2), (x[:5], y[:5] % 2), ("a", "b"))
    assert dataset.shape == (3, 8, 8) and dataset.mean == mean and dataset.labelled
    assert dataset.to("cpu").x_test.shape == (5, 3, 8, 8)


def test_a_last_picture_all_by_itself_joins_the_batch_before():
    for n, size in itertools.product((1, 2, 5, 8, 9, 16, 17, 33), (1, 2, 4, 8, 64)):
        cut = parts(torch.arange(n), size)
        assert torch.equal(torch.cat(cut), torch.arange(n))
        assert len(cut) == steps_per_epoch(n, size), (n, size)
        assert size == 1 or n == 1 or min(map(len, cut)) > 1
