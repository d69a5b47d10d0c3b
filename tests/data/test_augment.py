"""Augmentation against torchvision, exact shifts and counted chances."""

import pytest
import torch
from torchvision.transforms import functional as tv

from core.config import KNOBS, RunConfig
from core.data import augment as a
from core.data.augment import augment, augments

ALL = {"crop": 2, "shift": 0.1, "rotate": 20.0, "zoom": 0.2, "shear": 10.0, "flip": True, "brightness": 0.3} | {
    "contrast": 0.3,
    "saturation": 0.3,
    "sharpness": 0.5,
    "cutout": 5,
}


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def colour(n: int = 6, channels: int = 3, height: int = 20, width: int = 24) -> torch.Tensor:
    return torch.rand(n, channels, height, width, generator=chance(1))


def full(value: float) -> torch.Tensor:
    return torch.full((6,), value)


def test_every_knob_of_the_data_fold_that_changes_pictures_is_known_here() -> None:
    assert set(ALL) == {*a.EXACT, *a.SHAPE, *a.COLOUR}
    assert set(ALL) <= set(KNOBS)
    assert not augments(RunConfig())
    for name, value in ALL.items():
        assert augments(RunConfig().replace(**{name: value})), name


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", ALL)
def test_each_knob_alone_is_deterministic_keeps_the_shape_and_changes_something(name: str, channels: int) -> None:
    x = torch.randint(0, 256, (16, channels, 20, 24), dtype=torch.uint8, generator=chance(2))
    config = RunConfig().replace(**{name: ALL[name]})
    one, same, other = (augment(x, config, chance(seed)) for seed in (3, 3, 4))
    assert one.shape == x.shape and torch.equal(one, same)
    if name == "saturation" and channels == 1:
        assert torch.equal(one, x.float() / 255)
        return
    assert not torch.equal(one, other)
    if one.dtype != torch.uint8:
        assert float(one.min()) >= 0 and float(one.max()) <= 1 + 1e-6


def test_all_knobs_together_work_on_grey_and_colour() -> None:
    for channels in (1, 3):
        out = augment(colour(channels=channels), RunConfig().replace(**ALL), chance())
        assert out.shape == (6, channels, 20, 24) and out.isfinite().all()


def test_a_window_is_an_exact_shift_and_a_mirror() -> None:
    x = colour()
    down, right = torch.tensor([0, 3, -3, 1, 0, -2]), torch.tensor([0, -4, 4, 0, 2, -1])
    flip = torch.tensor([False, True, False, True, False, False])
    got = a.window(x, down, right, flip, (3, 4))
    for i in range(6):
        source = x[i].flip(-1) if flip[i] else x[i]
        padded = torch.nn.functional.pad(source, (4, 4, 3, 3))
        top, left = 3 + int(down[i]), 4 + int(right[i])
        assert torch.equal(got[i], padded[:, top : top + 20, left : left + 24]), i


def test_a_crop_is_torchvisions_crop_of_the_padded_picture_at_every_offset() -> None:
    x = (colour(400) * 255).to(torch.uint8)
    got = augment(x, RunConfig(crop=1), chance())
    assert got.dtype == torch.uint8
    seen = set()
    for i in range(400):
        places = [
            (t, u) for t in range(3) for u in range(3) if torch.equal(got[i], tv.crop(tv.pad(x[i], 1), t, u, 20, 24))
        ]
        assert places, i
        seen.update(places)
    assert len(seen) == 9


def test_half_of_the_pictures_are_mirrored() -> None:
    x = colour(2000, 1, 4, 4)
    got = augment(x, RunConfig(flip=True), chance())
    mirrored = (got == x.flip(-1)).flatten(1).all(1)
    assert ((got == x).flatten(1).all(1) | mirrored).all()
    assert 0.45 < float(mirrored.float().mean()) < 0.55


def test_a_shift_alone_moves_whole_pixels_up_to_its_share() -> None:
    x = torch.zeros(500, 1, 20, 20, dtype=torch.uint8)
    x[:, :, 10, 10] = 255
    got = augment(x, RunConfig(shift=0.1), chance())
    rows, columns = got.flatten(1).argmax(1) // 20 - 10, got.flatten(1).argmax(1) % 20 - 10
    assert set(rows.tolist()) == set(columns.tolist()) == {-2, -1, 0, 1, 2}
    assert got.flatten(1).max(1).values.eq(255).all()


@pytest.mark.parametrize(
    ("angle", "scale", "shear", "right", "down"),
    [(0, 1, 0, 0, 0), (30, 1, 0, 0, 0), (0, 1.3, 0, 0, 0), (0, 1, 15, 0, 0), (0, 1, 0, 3, -2), (-20, 0.8, 10, 2, 1)],
)
def test_an_affine_change_is_torchvisions(angle: float, scale: float, shear: float, right: int, down: int) -> None:
    x = colour(height=24)
    got = a.affine(x, full(angle), full(scale), full(shear), full(right), full(down))
    oracle = tv.affine(x, angle, [right, down], scale, [shear, 0.0], interpolation=tv.InterpolationMode.BILINEAR)
    assert (got - oracle).abs().max() < 1e-4


def test_an_affine_change_is_torchvisions_on_a_picture_that_is_not_square() -> None:
    x = colour(height=12)
    got = a.affine(x, full(25), full(1.1), full(8), full(2), full(-1))
    oracle = tv.affine(x, 25, [2, -1], 1.1, [8.0, 0.0], interpolation=tv.InterpolationMode.BILINEAR)
    assert (got - oracle).abs().max() < 1e-4


@pytest.mark.parametrize("factor", [0.0, 0.6, 1.0, 1.7])
def test_colours_change_as_torchvision_changes_them(factor: float) -> None:
    x = colour()
    share = full(factor)
    for got, oracle in (
        (a.mixed(x, torch.zeros_like(x), share), tv.adjust_brightness(x, factor)),
        (a.mixed(x, a.grey(x).mean((2, 3), keepdim=True), share), tv.adjust_contrast(x, factor)),
        (a.mixed(x, a.grey(x), share), tv.adjust_saturation(x, factor)),
        (a.mixed(x, a.softened(x), share), tv.adjust_sharpness(x, factor)),
    ):
        assert (got - oracle).abs().max() < 1e-5


def test_each_picture_of_a_batch_has_its_own_chance() -> None:
    x = torch.full((50, 1, 8, 8), 0.5)
    brightness = augment(x, RunConfig(brightness=0.4), chance()).mean((1, 2, 3))
    assert len(brightness.unique()) == 50
    assert 0.3 <= float(brightness.min()) < 0.35 and 0.65 < float(brightness.max()) <= 0.7


def test_cutout_blanks_one_square_and_nothing_else() -> None:
    x = torch.ones(3, 3, 10, 10)
    got = a.blanked(x, torch.tensor([2, -3, 8]), torch.tensor([5, 0, 8]), 4)
    oracle = x.clone()
    oracle[0, :, 2:6, 5:9] = 0
    oracle[1, :, 0:1, 0:4] = 0
    oracle[2, :, 8:10, 8:10] = 0
    assert torch.equal(got, oracle)
    holes = (augment(x.expand(-1, -1, -1, -1).repeat(100, 1, 1, 1), RunConfig(cutout=4), chance()) == 0).sum((2, 3))
    assert set(holes.flatten().tolist()) <= {i * j for i in range(2, 5) for j in range(2, 5)}


def test_augmentation_leaves_the_original_pictures_alone() -> None:
    for x in (colour(), (colour() * 255).to(torch.uint8)):
        before = x.clone()
        augment(x, RunConfig().replace(**ALL), chance())
        assert torch.equal(x, before)
