"""A direction from picked pictures: towards what those with it have, and what is refused."""

import pytest
import torch

from core.errors import LabError
from core.latent.latent import Latent
from core.latent.picked import MOST, by_eye, by_numbers, seen


def sides(sampler, count: int) -> tuple[list[Latent], list[Latent]]:
    """The darkest and the lightest of 64 samples."""
    order = sorted(range(64), key=lambda seed: float(sampler.point(Latent(seed))[0]))
    return [Latent(seed) for seed in order[:count]], [Latent(seed) for seed in order[-count:]]


def test_the_eye_finds_from_two_pictures_a_side_what_they_differ_in(bright):
    dark, light = sides(bright, 2)
    way = by_eye(bright, dark, light, seen(bright, 400))
    assert float(way[0]) > 0.95 and abs(float(way.norm()) - 1) < 1e-5
    back = by_eye(bright, light, dark, seen(bright, 400))
    assert float(back[0]) < -0.95


def test_the_mean_numbers_are_the_difference_of_two_means_and_get_better_with_more_pictures(bright):
    dark, light = sides(bright, 2)
    apart = torch.stack([bright.point(each) for each in light]).mean(0)
    apart = apart - torch.stack([bright.point(each) for each in dark]).mean(0)
    few = by_numbers(bright, dark, light)
    assert torch.allclose(few, apart / apart.norm(), atol=1e-5)
    many = by_numbers(bright, *sides(bright, 24))
    assert 0.3 < float(few[0]) < float(many[0])


def test_moved_pictures_count_as_they_are_shown(bright):
    moved = Latent(3).edit(0, 6.0)
    assert float(by_numbers(bright, [Latent(3)], [moved])[0]) == pytest.approx(1)


def test_by_class_every_picture_is_made_in_its_own_class(digits):
    way = by_eye(digits, [Latent(0, label=0)], [Latent(0, label=2)], seen(digits, 300))
    assert way.shape == (16,) and bool(torch.isfinite(way).all())


def test_an_empty_side_too_many_pictures_and_the_same_on_both_are_refused(bright):
    known = seen(bright, 100)
    with pytest.raises(LabError, match="One side of the direction has 0 pictures"):
        by_numbers(bright, [], [Latent(1)])
    with pytest.raises(LabError, match=f"allowed: 1 to {MOST}"):
        by_eye(bright, [Latent(1)] * (MOST + 1), [Latent(2)], known)
    for refused in (lambda: by_numbers(bright, [Latent(1)], [Latent(1)]),
                    lambda: by_eye(bright, [Latent(1)], [Latent(1)], known)):  # fmt: skip
        with pytest.raises(LabError, match="same pictures"):
            refused()
