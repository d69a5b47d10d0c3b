"""The nearest pictures, against the slow and obvious way."""

import time

import numpy as np
import pytest
import torch
from torch import nn

from core.look.neighbours import BATCH, by_features, by_pixels, features


def pictures(count: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(0, 256, (count, 1, 28, 28), generator=torch.Generator().manual_seed(seed), dtype=torch.uint8)


def test_the_nearest_by_pixels_are_those_of_a_full_search():
    images, picture = pictures(BATCH + 300), pictures(1, 7)[0]
    rows, wanted = images.flatten(1).numpy().astype(np.float64), picture.flatten().numpy().astype(np.float64)
    alike = rows @ wanted / np.linalg.norm(rows, axis=1) / np.linalg.norm(wanted)
    found = by_pixels(picture, images, 5)
    assert [each.index for each in found] == np.argsort(-alike)[:5].tolist()
    assert [each.alike for each in found] == pytest.approx(np.sort(alike)[::-1][:5], abs=1e-5)


def test_a_training_picture_finds_itself_and_blank_pictures_harm_nobody():
    images = pictures(50)
    images[3] = 0
    found = by_pixels(images[17], images)
    assert found[0].index == 17 and found[0].alike == pytest.approx(1, abs=1e-5)
    assert 3 not in [each.index for each in found]
    assert len(by_pixels(images[3], images)) == 5


def test_fewer_pictures_than_asked_for_are_all_there_is():
    assert len(by_pixels(pictures(1)[0], pictures(3), 5)) == 3


def test_features_are_what_the_last_layer_gets():
    torch.manual_seed(1)
    trunk, head = nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU()), nn.Linear(16, 3)
    images = pictures(BATCH + 5)
    found = features(nn.Sequential(trunk, head), lambda part: part.float() / 255, images)
    assert torch.allclose(found, trunk(images.float() / 255), atol=1e-5)
    assert by_features(found[9], found)[0].index == 9


def test_a_network_without_a_linear_layer_is_known_by_its_answers():
    net = nn.Sequential(nn.Conv2d(1, 3, 28), nn.Flatten())
    assert features(net, lambda part: part.float(), pictures(4)).shape == (4, 3)


def test_sixty_thousand_pictures_are_searched_before_anyone_waits():
    images, picture = pictures(60_000), pictures(1, 7)[0]
    by_pixels(picture, images)
    started = time.perf_counter()
    by_pixels(picture, images)
    assert time.perf_counter() - started < 0.5  # it takes 0.04 s on one quiet core
