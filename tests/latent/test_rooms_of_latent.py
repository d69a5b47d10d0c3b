"""Directions, atlas, walks, search: numbers against oracles, and what is refused."""

import dataclasses
import io

import av
import numpy as np
import pytest
import torch
from PIL import Image

from core.config import RunConfig
from core.errors import LabError
from core.latent import walks
from core.latent.atlas import atlas, kept, reach
from core.latent.attributes import measured, table_for
from core.latent.directions import apart, between, effects, pca, points, regression, sefa
from core.latent.inversion import drawn, fitted, found
from core.latent.latent import Latent
from core.latent.sampler import opened, pixels, sampler
from core.latent.walks import arithmetic, gif, mp4, png, slerp, walk
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.gan import pair


@torch.no_grad()
def test_sefa_finds_what_the_first_layer_stretches_most(colour):
    ways = sefa(colour, 3)
    net = colour.generator
    gain = (net.start.weight / (net.start.running_var + net.start.eps).sqrt()).repeat_interleave(16)
    stretched = [float((gain * (net.first.weight @ way)).norm()) for way in ways.values()]
    assert stretched == sorted(stretched, reverse=True)
    anything = torch.randn(200, 16, generator=torch.Generator().manual_seed(0))
    anything = anything / anything.norm(dim=1, keepdim=True)
    assert stretched[0] >= float((gain[:, None] * (net.first.weight @ anything.T)).norm(dim=0).max())
    assert all(abs(float(way.norm()) - 1) < 1e-5 for way in ways.values())


def test_directions_are_the_same_each_time_and_leave_torchs_dice_alone(colour):
    before = torch.get_rng_state()
    one, two = pca(colour, 2, 100), pca(colour, 2, 100)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_regression_finds_the_number_that_makes_pictures_lighter(bright):
    ways, fits = regression(bright, 400)
    assert float(ways["lightness"][0]) > 0.97 and fits["lightness"] > 0.9


def test_effects_of_a_pure_direction_name_what_moves(bright):
    pure = torch.zeros(16)
    pure[0] = 1
    seen = effects(bright, {"first": pure, "second": pure.roll(1)}, 8)
    place = seen.attributes.index("lightness")
    assert float(seen.moved[0, place]) > 0.5
    assert float(seen.moved[1].abs().max()) < 1e-4


def test_cleared_directions_share_nothing_with_the_others(colour):
    luck = torch.Generator().manual_seed(0)
    ways = {name: torch.randn(16, generator=luck) for name in "abc"}
    clear = apart(ways)
    assert abs(float(clear["a"] @ ways["b"])) < 1e-5 and float(clear["a"] @ ways["a"]) > 0


def test_a_direction_of_ones_own_leads_from_one_side_to_the_other():
    a, b = torch.zeros(16), torch.ones(16)
    assert torch.allclose(between(None, [a], [b]), torch.full((16,), 0.25))
    with pytest.raises(LabError, match="both sides"):
        between(None, [], [b])
    with pytest.raises(LabError, match="same pictures"):
        between(None, [a], [a])


def test_the_atlas_says_which_index_changes_the_picture(bright):
    found = atlas(bright)
    assert int(found.size.argmax()) == 0
    assert float(found.size[1:].max()) < 1e-3
    # |d tanh(z/4)/dz| is 1/4 at most, in 255ths of a half range: near 127.5/4 minus the curve
    assert 20 < float(found.size[0]) < 32
    assert found.strongest(0)[0][0] in ("lightness", "middle", "background")
    assert found.of("lightness")[0] == 0
    again = kept(found.tensors())
    assert again is not None and again.attributes == found.attributes
    assert torch.equal(again.pictures, found.pictures) and torch.allclose(again.size, found.size, atol=0.05)
    assert kept({}) is None


def test_the_range_ends_where_plausibility_falls_by_half_a_standard_deviation():
    assert reach([0.0, 0.25, 0.75]) == pytest.approx(7.5)  # half way between 5 and 10
    assert reach([1.0, 0.0, 0.0]) == pytest.approx(1.0)  # half way to 2, whatever comes behind
    assert reach([-1.0, 0.5, 0.5]) == 10.0  # better, and then not worse than allowed
    assert reach([-1.0, 2.0, 2.0]) == pytest.approx(3.5)


def test_the_range_tells_an_index_that_breaks_pictures_from_one_that_does_not(colour):
    class Breaks(torch.nn.Module):
        """Flat grey pictures, lighter or darker by the first four numbers; the sixth one, beyond 4, makes stripes."""

        latent, shape, start, first = 16, (3, 32, 32), colour.generator.start, colour.generator.first

        def forward(self, z, y=None):
            stripes = torch.tensor([1.0, -1.0]).repeat(16).view(1, 1, 1, 32)
            flat = torch.tanh(z[:, :4].mean(1) / 2)[:, None, None, None]
            return (flat + stripes * (z[:, 5, None, None, None] - 4).clamp(0, 1)).clamp(-1, 1).expand(-1, 3, 32, 32)

    found = atlas(dataclasses.replace(colour, generator=Breaks()))
    assert 2 < float(found.high[5]) < 5.1 and float(found.low[5]) == -10
    assert float(found.strain[5]) > 1
    assert float(found.low[7]) == -10 and float(found.high[7]) == 10 and float(found.strain[7]) == pytest.approx(0)


def test_an_atlas_of_an_older_kind_keeps_all_but_its_ranges(bright):
    tensors = atlas(bright).tensors()
    old = kept({name: value for name, value in tensors.items() if name != "atlas.strain"})
    assert old is not None and not old.ranged and bool(old.high.isnan().all())
    assert int(old.size.argmax()) == 0


@pytest.mark.parametrize(("channels", "dataset"), [(1, "mnist"), (3, "cifar10"), (3, "anime64")])
def test_attributes_are_numbers_for_every_kind_of_picture(channels, dataset):
    x = torch.rand(4, channels, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1
    values = measured(x, dataset=dataset)
    assert values.shape == (4, len(table_for(channels, dataset))) and bool(torch.isfinite(values).all())
    blank = torch.full((1, channels, 64, 64), -1.0)
    assert bool(torch.isfinite(measured(blank, dataset=dataset)).all())


def test_attributes_of_a_painted_face_are_what_was_painted():
    face = torch.zeros(2, 3, 64, 64)
    face[:, :, 20:] = torch.tensor([1.0, 0.85, 0.75])[:, None, None]  # skin
    face[0, :, :20] = torch.tensor([0.9, 0.2, 0.1])[:, None, None]  # red hair
    face[1, :, :20] = torch.tensor([0.1, 0.2, 0.9])[:, None, None]  # blue hair
    face[1, :, 30:42, 16:48] = 0.1  # large dark eyes
    names = ("hair hue", "eye area", "skin")
    red, blue = measured(face * 2 - 1, names, "anime64").tolist()
    assert red[0] > 0.5 and blue[0] < -0.5
    assert blue[1] > red[1] + 0.3
    assert abs(red[2] - blue[2]) < 0.01


def test_a_lean_shows_in_the_slant():
    x = torch.zeros(2, 1, 32, 32)
    for i in range(20):
        x[0, 0, 6 + i, 25 - i // 2] = 1  # like /
        x[1, 0, 6 + i, 6 + i // 2] = 1  # like a backslash
    right, left = measured(x * 2 - 1, ("slant",))[:, 0].tolist()
    assert right > 0.3 and left < -0.3


def test_slerp_stays_on_the_sphere_and_meets_both_ends():
    a, b = torch.randn(2, 16, generator=torch.Generator().manual_seed(0))
    b = b * a.norm() / b.norm()
    assert torch.allclose(slerp(a, b, 0), a) and torch.allclose(slerp(a, b, 1), b, atol=1e-5)
    assert abs(float(slerp(a, b, 0.5).norm() / a.norm()) - 1) < 1e-4
    assert torch.allclose(slerp(a, a, 0.3), a)


def test_a_walk_becomes_a_gif_with_a_frame_each(colour):
    film = gif(walk(colour, [Latent(1), Latent(2)], 4), times=2)
    image = Image.open(io.BytesIO(film))
    assert image.size == (64, 64) and image.n_frames == 8
    with pytest.raises(LabError, match="1 stops"):
        walk(colour, [Latent(1)])
    with pytest.raises(LabError, match="up to 240"):
        walk(colour, [Latent(1), Latent(2)], 500)


def test_a_walk_becomes_a_film_that_is_read_back_frame_by_frame(colour):
    pictures = walk(colour, [Latent(1), Latent(2)], 4)
    with av.open(io.BytesIO(mp4(pictures, seconds=0.1, times=4, rounds=2))) as film:
        stream = film.streams.video[0]
        assert (stream.width, stream.height, stream.codec_context.name) == (128, 128, "h264")
        assert stream.average_rate == 10
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(stream)]
    assert len(frames) == 16
    for frame, picture in zip(frames, [*pictures, *pictures], strict=True):
        small = frame.reshape(32, 4, 32, 4, 3).mean((1, 3))
        assert np.abs(small.mean(2) - picture.mean(2)).mean() < 6  # of 255; colours are stored at half the size


@pytest.mark.parametrize(("side", "squares"), [(32, True), (64, False)])
def test_an_enlarged_face_is_smooth_and_a_small_picture_shows_its_squares(side, squares):
    picture = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    large = np.asarray(Image.open(io.BytesIO(png(picture, 4)))).astype(int)
    assert large.shape == (4 * side, 4 * side, 3)
    inside = np.abs(np.diff(large.reshape(side, 4, 4 * side, 3), axis=1)).mean()  # within what was one pixel
    assert (inside == 0) == squares


def test_a_grey_picture_with_odd_sides_becomes_a_film_too():
    grey = np.full((27, 27), 200, np.uint8)
    with av.open(io.BytesIO(mp4([grey, grey], times=1, rounds=1))) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(frames) == 2 and frames[0].shape == (28, 28, 3)
    assert np.abs(frames[0][4:20, 4:20].astype(int) - 200).max() < 5


def test_without_the_encoder_a_film_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setattr(walks, "films", lambda: False)
    with pytest.raises(LabError, match="pip install av"):
        mp4([np.zeros((8, 8), np.uint8)])


def test_a_minus_a_plus_c_is_c(colour):
    answer = arithmetic(colour, [Latent(1)], [Latent(1)], [Latent(2)])
    z, wanted = colour.point(answer), colour.point(Latent(2))
    assert float(torch.cosine_similarity(z, wanted, dim=0)) > 0.999
    with pytest.raises(LabError, match="B is empty"):
        arithmetic(colour, [Latent(1)], [], [Latent(2)])


def test_a_made_picture_is_found_again(colour):
    target = colour.make(points(colour, 1, 77))
    latent, apart_by = found(target, colour, 60)
    other = float((colour.make(points(colour, 1, 78)) - target).abs().mean()) * 127.5
    assert apart_by < other / 2
    assert colour.picture(latent).shape == (32, 32, 3)


@pytest.mark.parametrize("shape", [(10, 10), (300, 200, 3), (64, 64, 4), (5, 90, 3), (1, 1), (33, 20, 2)])
def test_pictures_of_any_size_or_grey_are_fitted(colour, digits, shape):
    image = np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8)
    assert fitted(image, colour).shape == (1, 3, 32, 32)
    assert fitted(image, digits).shape == (1, 1, 32, 32)


def seven(side: int = 320) -> np.ndarray:
    """Dark ink on white paper, small and in a corner."""
    paper = np.full((side, side), 255, np.uint8)
    paper[20:30, 20:80] = 10
    paper[20:120, 70:80] = 10
    return paper


def test_a_drawing_for_a_generator_of_characters_is_made_as_those_it_learned(digits):
    x = drawn(seven(), dataclasses.replace(digits, dataset="mnist"))
    assert x.shape == (1, 1, 32, 32) and float(x[0, 0, 0].max()) == -1
    ink = ((x[0, 0] + 1) / 2).numpy()
    rows, columns = np.nonzero(ink.max(1) > 0.2)[0], np.nonzero(ink.max(0) > 0.2)[0]
    assert 18 <= max(rows.max() - rows.min(), columns.max() - columns.min()) + 1 <= 22  # MNIST's box of 20
    assert abs(float((ink.sum(1) * np.arange(32)).sum() / ink.sum()) - 15.5) < 1.5  # its mass in the middle
    with pytest.raises(LabError, match="no ink"):
        drawn(np.full((320, 320), 255, np.uint8), dataclasses.replace(digits, dataset="mnist"))


def test_a_drawing_for_other_generators_is_only_fitted(colour, digits):
    assert float(drawn(seven(), colour).mean()) > 0.5  # white paper stays white
    assert float(drawn(seven(), dataclasses.replace(digits, dataset="fashion")).mean()) < -0.5  # clothes lie on black


@pytest.mark.parametrize("image", [np.zeros((0, 5), np.uint8), np.zeros((4, 4)), np.zeros((2, 2, 2, 2), np.uint8)])
def test_what_is_no_picture_is_refused(colour, image):
    with pytest.raises(LabError, match="allowed: grey or colour"):
        fitted(image, colour)


def test_a_checkpoint_that_does_not_fit_its_card_is_refused(tmp_path):
    config = RunConfig("noise", "gan-small", kind="gan", latent=16)
    made = pair("gan-small", (3, 32, 32), 16)
    tensors = {
        f"{name}.{key}": value for name, net in made._asdict().items() for key, value in net.state_dict().items()
    }
    card = Card("g", "gan-small", (3, 32, 32), ("picture",), kind="gan", config=config.to_dict())
    checkpoint.write(tmp_path / "good", tensors, card)
    assert opened(tmp_path / "good").size == 16
    checkpoint.write(tmp_path / "other", tensors, dataclasses.replace(card, net="dcgan"))
    with pytest.raises(LabError, match="does not fit its card"):
        opened(tmp_path / "other")
    checkpoint.write(tmp_path / "size", tensors, dataclasses.replace(card, shape=(1, 32, 32)))
    with pytest.raises(LabError, match=r"does not fit its card: last\.weight"):
        opened(tmp_path / "size")
    checkpoint.write(tmp_path / "kind", tensors, dataclasses.replace(card, kind="eye"))
    with pytest.raises(LabError, match="holds a eye; allowed here: a GAN"):
        opened(tmp_path / "kind")
    hurt = {**tensors, "generator.last.weight": tensors["generator.last.weight"] * torch.nan}
    with pytest.raises(LabError, match="holds a number that is none"):
        sampler("hurt", config, (3, 32, 32), (), hurt)


def test_pixels_are_bytes_with_the_ends_where_they_belong():
    x = torch.tensor([-1.0, 0.0, 1.0, 5.0]).view(1, 1, 2, 2)
    assert pixels(x).tolist() == [[[0, 128], [255, 255]]]
