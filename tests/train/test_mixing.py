"""Mixed pictures: labels by the area that can be seen, chances that are kept, and runs that use them."""

import pytest
import torch

from core.config import RunConfig
from core.data.dataset import made
from core.nets.network import network
from core.train.features import where
from core.train.mixing import cutmixed


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def numbered(n: int, height: int = 10, width: int = 14) -> torch.Tensor:
    """Each picture filled with its own number."""
    return torch.arange(n).float().view(n, 1, 1, 1).expand(n, 3, height, width).clone()


def test_labels_count_exactly_the_area_that_each_class_fills():
    x, y = numbered(40), torch.arange(40)
    mixed, shares = cutmixed(x, y, 40, 1.0, chance())
    for picture, share in zip(mixed, shares, strict=True):
        seen = torch.bincount(picture[0].flatten().long(), minlength=40) / picture[0].numel()
        torch.testing.assert_close(share, seen)
        assert torch.equal(picture[0], picture[2]), "all channels get the same piece"
    assert int((shares.max(1).values < 1).sum()) > 30


def test_a_piece_is_one_rectangle():
    mixed, _ = cutmixed(numbered(40), torch.arange(40), 40, 1.0, chance(1))
    for number, picture in enumerate(mixed[:, 0]):
        foreign = picture != number
        rows, columns = foreign.any(1), foreign.any(0)
        assert int(foreign.sum()) == int(rows.sum()) * int(columns.sum())


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_only_that_share_of_the_pictures_is_mixed(share: float):
    x = numbered(2000, 4, 4)
    mixed, shares = cutmixed(x, torch.arange(2000) % 7, 7, share, chance(2))
    untouched = (mixed == x).flatten(1).all(1)
    assert torch.equal(shares[untouched].max(1).values, torch.ones(int(untouched.sum())))
    # a piece of less than half a pixel, or one that shows nothing, leaves its picture as it was
    assert share - 0.12 <= 1 - float(untouched.float().mean()) <= share + 0.03


def test_the_same_chance_gives_the_same_pictures_and_the_batch_itself_stays():
    x = torch.rand(16, 3, 8, 8, generator=chance(3))
    before = x.clone()
    one, same, other = (cutmixed(x, torch.arange(16) % 4, 4, 0.8, chance(seed)) for seed in (5, 5, 6))
    assert torch.equal(one[0], same[0]) and torch.equal(one[1], same[1])
    assert not torch.equal(one[0], other[0]) and torch.equal(x, before)


def test_a_frozen_trunk_sees_mixed_pictures_anew_in_every_epoch():
    some = torch.zeros(8, 1, 12, 12, dtype=torch.uint8), torch.arange(8) % 4
    data = made("black", some, some, ("a", "b", "c", "d"))
    config = RunConfig(trunk="r1-lenet", net="conv 4 3x3 | relu | flatten | linear classes")
    net = network(config, data.shape, len(data.classes))
    assert where(net, config, data) > 0
    assert where(net, config.replace(cutmix=0.5), data) == 0
