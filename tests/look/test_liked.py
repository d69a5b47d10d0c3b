"""What a filter likes: its strongest patches in a set of pictures, and a picture made for it."""

import torch

from core.data.scaling import scaled
from core.look.liked import made, patches, resized, strongest
from core.look.maps import record


def test_the_strongest_pictures_are_those_of_the_plain_way(open_net, picture):
    opened, many = open_net(), picture(count=40)
    likes = strongest(opened, many, "layers.3")
    assert likes.picture.shape == likes.value.shape == (20, 9)
    for channel in (0, 11):
        plain = torch.tensor([float(record(opened, each)[3].after[channel].max()) for each in many])
        value, number = plain.topk(9)
        torch.testing.assert_close(likes.value[channel], value)
        assert likes.picture[channel].tolist() == number.tolist()


def test_the_place_is_where_the_map_has_that_value(open_net, picture):
    opened, many = open_net("r4-tinyvgg", (3, 32, 32)), picture((3, 32, 32), count=12)
    likes = strongest(opened, many, "layers.2")
    number, row, column = (int(each[4, 0]) for each in (likes.picture, likes.row, likes.column))
    view = next(v for v in record(opened, many[number]) if v.path == "layers.2")
    assert torch.isclose(view.after[4, row, column], likes.value[4, 0], atol=1e-4)


def test_a_patch_is_all_that_the_place_can_see(open_net, picture):
    opened, many = open_net(), picture(count=10)
    likes = strongest(opened, many, "layers.0")
    cuts = patches(opened, many, "layers.0", likes, 3)
    assert [tuple(cut.shape) for cut in cuts] == [(1, 5, 5)] * 9
    number, row, column = (int(each[3, 0]) for each in (likes.picture, likes.row, likes.column))
    assert torch.equal(cuts[0], many[number][:, row : row + 5, column : column + 5])
    whole = scaled(cuts[0][None], opened.scale, opened.mean, opened.std)
    conv = opened.net.layers[0]
    answer = float(((whole[0] * conv.weight[3]).sum() + conv.bias[3]).detach())
    assert abs(answer - float(likes.value[3, 0])) < 1e-3


def test_a_patch_that_reaches_over_the_edge_is_black_there(open_net, picture):
    opened, many = open_net("conv 3 5x5 p2 | gap | linear classes", (1, 9, 9)), picture((1, 9, 9), count=20) | 1
    likes = strongest(opened, many, "layers.0")
    corner = likes.__class__(*(torch.zeros(3, 1, dtype=torch.long) for _ in range(4)))
    cut = patches(opened, many, "layers.0", corner, 0)[0]
    assert tuple(cut.shape) == (1, 5, 5)
    assert not cut[:, :2].any() and not cut[:, :, :2].any() and cut[0, 2, 2] == many[0, 0, 0, 0]


def test_fewer_than_nine_pictures_give_fewer_patches(open_net, picture):
    assert strongest(open_net(), picture(count=4), "layers.0").picture.shape == (10, 4)


def test_a_filter_without_maps_has_favourites_too(open_net, picture):
    likes = strongest(open_net(), picture(count=20), "layers.8")
    assert likes.picture.shape == (50, 9)


def test_a_made_picture_excites_its_filter_more_than_noise(open_net, picture):
    opened = open_net()
    image = made(opened, "layers.3", 5)
    assert image.shape == (1, 28, 28) and image.min() >= 0 and image.max() <= 1
    bytes_ = (image * 255).round().to(torch.uint8)
    after = record(opened, bytes_)[3].after[5, 4, 4]
    best_noise = max(record(opened, picture(seed=seed))[3].after[5, 4, 4] for seed in range(50))
    assert after > best_noise + 0.5


def test_the_same_seed_makes_the_same_picture(open_net):
    opened = open_net()
    first = made(opened, "layers.0", 1, seed=3, steps=8)
    assert torch.equal(first, made(opened, "layers.0", 1, seed=3, steps=8))
    assert not torch.equal(first, made(opened, "layers.0", 1, seed=4, steps=8))


def test_a_net_that_resizes_its_picture_cuts_patches_of_the_picture_itself(open_net, picture):
    opened = open_net("resize 32 | conv 3 8x8 s8 | gap | linear classes", (1, 16, 16))
    assert resized(opened) == (0.5, 0.5)
    many = picture((1, 16, 16), count=9)
    likes = strongest(opened, many, "layers.1")
    assert tuple(patches(opened, many, "layers.1", likes, 0)[0].shape) == (1, 4, 4)
