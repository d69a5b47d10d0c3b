"""The shipped generators: there, small, fitting their cards, and as good as the cards say."""

import pytest
import torch

from core.latent.atlas import kept
from core.latent.attributes import measured
from core.latent.latent import Latent
from core.latent.sampler import Sampler, opened, pixels
from core.look.opened import opened as read_by
from core.look.seen import made_seen
from core.nets import checkpoint

SIZES = {"dcgan-anime": 16_000_000, "gan-digits": 3_000_000}  # bytes at most


@pytest.mark.parametrize("name", SIZES)
def test_a_shipped_generator_fits_its_card_and_its_size(name):
    folder = checkpoint.find(name)
    sampler = opened(folder)  # weights that do not fit the card are refused
    card = checkpoint.card(folder)
    assert card.kind == "gan" and sampler.picture(Latent(1)).shape[:2] == card.shape[1:]
    assert sum(file.stat().st_size for file in folder.iterdir()) <= SIZES[name]
    assert len(sampler.directions) >= 6 and set(card.figures["direction_fits"]) == set(sampler.directions)
    atlas = kept(sampler.extras)
    assert atlas is not None and len(atlas.size) == sampler.size


@pytest.fixture(scope="module")
def digits() -> Sampler:
    return opened(checkpoint.find("gan-digits"))


def test_made_digits_are_read_as_what_was_asked_for(digits):
    assert digits.classes == tuple("0123456789")
    network = read_by(*checkpoint.load(checkpoint.find("ink-digits")))
    labels = torch.arange(200) % 10
    z = torch.randn(200, digits.size, generator=torch.Generator().manual_seed(99))
    made = pixels(digits.many(z, labels))
    read = network.probabilities(torch.stack([made_seen(network, each, True, 28)[0] for each in made])).argmax(1)
    right = read == torch.tensor([network.index(digits.classes[label]) for label in labels])
    told = checkpoint.card(checkpoint.find("gan-digits")).figures["read_as_asked"]["all"]
    assert float(right.float().mean()) > told - 0.06


def test_made_digits_of_one_class_differ_at_least_half_as_much_as_real_ones(digits):
    assert checkpoint.card(checkpoint.find("gan-digits")).figures["diversity_within_class"]["all"] >= 0.5


@pytest.mark.parametrize("name", ["slant", "pen width", "width", "height"])
def test_a_direction_of_the_digits_moves_what_its_name_says_in_every_class(digits, name):
    way = digits.directions[name]
    z = torch.randn(40, digits.size, generator=torch.Generator().manual_seed(7))
    labels = torch.arange(40) % 10
    less, more = (measured(digits.many(z + place * way, labels), (name,), "mnist")[:, 0] for place in (-3, 3))
    assert float((more - less).view(4, 10).mean(0).min()) > 0
