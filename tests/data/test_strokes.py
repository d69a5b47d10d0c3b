"""The built-in strokes: complete, deterministic, cached, shaped like MNIST."""

import time
from pathlib import Path

import pytest
import torch

from core.data import registry, strokes
from core.data.glyphs import GLYPHS, glyph, glyphs
from core.data.strokes import SETS, draw, draw_set


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets small enough for a test, and nothing remembered from another one."""
    monkeypatch.setattr(strokes, "TRAIN", 340)
    monkeypatch.setattr(strokes, "TEST", 68)
    monkeypatch.setattr(registry, "_loaded", type(registry._loaded)())


def test_there_are_ten_digits_and_24_greek_letters_in_alphabet_order() -> None:
    assert [len(SETS[name]) for name in ("strokes", "strokes-digits", "strokes-greek")] == [34, 10, 24]
    assert SETS["strokes"][:11] == (*tuple("0123456789"), "alpha")
    assert SETS["strokes-greek"][-1] == "omega"
    assert SETS["strokes-greek"][8:13] == ("iota", "kappa", "lambda", "mu", "nu")


@pytest.mark.parametrize("name", GLYPHS)
def test_every_character_can_be_written_in_several_ways(name: str) -> None:
    ways, weights = glyphs(name)
    assert len(ways) >= 3 and min(weights) > 0
    for way in ways:
        assert way.points.abs().max() <= 0.5
        torch.testing.assert_close(way.path.sum(1), torch.ones(len(way.path)))  # a blend: shares add up to one


def test_a_curve_passes_through_its_points_at_even_steps() -> None:
    one = glyph("10,10 50,30 90,10 | 90,90 ; 20,80 60,80")
    samples = one.path @ one.points
    for point in one.points:
        assert (samples - point).norm(dim=1).min() < 0.016  # half a step
    steps = samples.diff(dim=0).norm(dim=1)
    within = one.stroke.diff() == 0
    corner = steps < 1e-6  # the corner is sampled from both sides
    assert steps[within & ~corner].max() < 1.3 * steps[within & ~corner].min()
    assert int(one.stroke.max()) == 1 and float((one.stroke.diff() == 1).sum()) == 1


def test_the_same_seed_draws_the_same_pictures_and_another_seed_others() -> None:
    x, y = draw_set(340, 5)
    again, labels = draw_set(340, 5)
    assert torch.equal(x, again) and torch.equal(y, labels)
    assert not torch.equal(x, draw_set(340, 6)[0])
    assert x.shape == (340, 1, 28, 28) and x.dtype == torch.uint8
    assert y.bincount().tolist() == [10] * 34


def test_drawing_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    draw_set(34, 0)
    assert torch.equal(before, torch.get_rng_state())


def test_pictures_are_normalised_as_mnists() -> None:
    x, _ = draw_set(3400, 1)
    ink = x[:, 0].float()
    line = torch.arange(28.0) + 0.5
    total = ink.sum((1, 2))
    middle = torch.stack([(ink.sum(1) * line).sum(1), (ink.sum(2) * line).sum(1)], 1) / total[:, None]
    assert (middle - 14).abs().mean() < 0.3 and (middle - 14).abs().max() < 2  # centre of mass in the middle
    seen = x[:, 0] > 127
    sides = [seen.any(axis).float() * line for axis in (1, 2)]
    lengths = torch.stack([s.amax(1) - torch.where(s > 0, s, 99.0).amin(1) + 1 for s in sides], 1).amax(1)
    assert float(lengths.quantile(0.05)) >= 17 and float(lengths.quantile(0.95)) <= 21  # longest side 20
    assert 0.09 < float(ink.mean()) / 255 < 0.17  # MNIST: 0.13
    assert float((ink == 0).float().mean()) > 0.6  # black paper
    assert float(ink.amax((1, 2)).min()) > 150  # and some full ink in every picture


def test_no_two_drawings_of_one_way_are_alike() -> None:
    (way, *_), _ = glyphs("2")
    x = draw(way, 50, torch.Generator().manual_seed(0)).flatten(1)
    assert len(x.unique(dim=0)) == 50


def test_a_drawn_set_is_cached_and_the_cache_gives_the_same_set(few: None, home: Path) -> None:
    first = strokes.load("strokes", lambda what, share: None)
    path = strokes.cache("strokes")
    assert path.is_file() and path.is_relative_to(home)
    told: list[str] = []
    second = strokes.load("strokes", lambda what, share: told.append(what))
    assert told == []  # nothing was drawn again
    assert torch.equal(first.x_train, second.x_train) and torch.equal(first.y_test, second.y_test)
    assert first.classes == second.classes and first.mean == second.mean and first.name == second.name == "strokes"


def test_a_damaged_cache_is_drawn_again(few: None) -> None:
    first = strokes.load("strokes-greek", lambda what, share: None)
    path = strokes.cache("strokes-greek")
    path.write_bytes(path.read_bytes()[:5000])
    second = strokes.load("strokes-greek", lambda what, share: None)
    assert torch.equal(first.x_train, second.x_train)
    assert path.stat().st_size > 5000


def test_the_registry_gives_all_three_sets(few: None) -> None:
    for name, classes in SETS.items():
        assert registry.state(name) == "ready"
        dataset = registry.load(name)
        assert dataset.classes == classes and len(dataset.x_train) == 340 and len(dataset.x_test) == 68
        assert registry.load(name) is dataset


@pytest.mark.slow
def test_sixty_thousand_pictures_take_at_most_ten_seconds() -> None:
    draw_set(340, 0)
    start = time.perf_counter()
    draw_set(60_000, 0)
    assert time.perf_counter() - start <= 10
