"""Mistakes are counted as scikit-learn, SciPy and one's own fingers count them."""

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from core.errors import LabError
from core.look import confusion
from core.look.embedding import among, basis, neighbours, tsne
from core.look.finds import finds
from core.look.judged import Judged, judged, mapped
from core.look.side import Side, chance, sentence, side, together
from core.look.worst import worst

LUCK = np.random.default_rng(0)
TRUTH = LUCK.integers(0, 5, 400)
ANSWERS = np.where(LUCK.random(400) < 0.7, TRUTH, LUCK.integers(0, 5, 400))
NAMES = tuple("abcde")


@pytest.fixture(scope="module")
def seen(open_net):
    opened = open_net("conv 4 5x5 | relu | pool 4 | flatten | linear 16 | relu | linear classes")
    luck = torch.Generator().manual_seed(1)
    pictures = torch.randint(0, 256, (1203, 1, 28, 28), generator=luck, dtype=torch.uint8)
    return opened, pictures, torch.randint(0, 10, (1203,), generator=luck)


def test_the_matrix_is_scikit_learns():
    ours = confusion.matrix(TRUTH, ANSWERS, 5)
    np.testing.assert_array_equal(ours, confusion_matrix(TRUTH, ANSWERS))
    np.testing.assert_allclose(confusion.shares(ours), confusion_matrix(TRUTH, ANSWERS, normalize="true"))


def test_recall_and_precision_are_scikit_learns():
    rows = confusion.per_class(confusion.matrix(TRUTH, ANSWERS, 5), NAMES)
    np.testing.assert_allclose([row.recall for row in rows], recall_score(TRUTH, ANSWERS, average=None))
    np.testing.assert_allclose([row.precision for row in rows], precision_score(TRUTH, ANSWERS, average=None))


def test_a_class_without_pictures_has_no_recall_and_says_so():
    rows = confusion.per_class(confusion.matrix(np.array([0, 0]), np.array([0, 1]), 3), "xyz")
    assert rows[1].recall is None and rows[1].precision == 0 and rows[2].precision is None
    assert not confusion.shares(confusion.matrix(np.array([0]), np.array([0]), 2))[1].any()


@pytest.mark.parametrize(("right", "of"), [(990, 1000), (0, 7), (7, 7), (3, 10)])
def test_the_interval_is_scipys_wilson(right, of):
    known = stats.binomtest(right, of).proportion_ci(method="wilson")
    assert confusion.interval(right, of) == pytest.approx((known.low, known.high), abs=1e-9)


def test_pairs_are_both_directions_together_worst_first():
    counts = np.array([[9, 3, 0], [4, 9, 1], [0, 0, 9]])
    found = confusion.pairs(counts)
    assert [(each.first, each.second, each.there, each.back) for each in found] == [(1, 0, 4, 3), (1, 2, 1, 0)]


def test_judging_in_chunks_is_judging_at_once(seen):
    opened, pictures, truth = seen
    told: list[float] = []
    found = judged(opened, pictures, truth, told.append)
    np.testing.assert_allclose(found.probabilities, opened.probabilities(pictures).numpy(), atol=1e-6)
    with torch.inference_mode():
        whole = opened.net(opened.eats(pictures))
        features = opened.net.layers[:-1](opened.eats(pictures))
    np.testing.assert_allclose(
        found.losses, torch.nn.functional.cross_entropy(whole, truth, reduction="none"), atol=1e-5
    )
    np.testing.assert_allclose(found.features, features.numpy(), atol=1e-5)
    assert told[-1] == 1 and told == sorted(told) and len(told) == 3
    assert found.accuracy == pytest.approx(float((whole.argmax(1) == truth).float().mean()))


def test_judging_leaves_no_hook_behind(seen):
    opened, pictures, truth = seen
    judged(opened, pictures[:10], truth[:10])
    assert not any(module._forward_pre_hooks for module in opened.net.modules())


def test_the_worst_are_those_of_highest_loss(seen):
    opened, pictures, truth = seen
    found = judged(opened, pictures, truth)
    ten = worst(found)
    assert [each.picture for each in ten] == np.argsort(-found.losses, kind="stable")[:10].tolist()
    for each in ten:
        assert each.loss == pytest.approx(-np.log(found.probabilities[each.picture, each.truth]), rel=1e-4)
        assert each.answer == found.answers[each.picture]
        assert [chance for _, chance in each.top] == sorted((chance for _, chance in each.top), reverse=True)


def test_classes_of_other_pictures_are_found_by_name():
    assert mapped(torch.tensor([0, 1, 1]), ("b", "d"), NAMES).tolist() == [1, 3, 3]
    with pytest.raises(LabError, match=r"does not know: z\. It knows: a, b"):
        mapped(torch.tensor([0]), ("z",), NAMES)


def test_four_kinds_of_pictures_are_counted():
    one, other = np.array([1, 1, 0, 0, 1], bool), np.array([1, 0, 1, 0, 0], bool)
    assert side(one, other) == Side(both=1, first=2, second=1, neither=1)


@pytest.mark.parametrize(("first", "second"), [(0, 5), (10, 3), (7, 7), (40, 22), (900, 800), (0, 0)])
def test_mcnemar_is_scipys_binomial_test(first, second):
    known = stats.binomtest(first, first + second).pvalue if first + second else 1.0
    assert chance(first, second) == pytest.approx(known, rel=1e-6)


def test_no_winner_is_named_when_a_coin_could_have_done_it():
    assert "no real difference" in sentence(Side(900, 12, 8, 80), "run 1", "run 2")
    real = sentence(Side(900, 40, 8, 52), "run 1", "run 2")
    assert "run 1 is better" in real and "run 1 wins 40" in real
    assert "exactly the same pictures" in sentence(Side(9, 0, 0, 1), "run 1", "run 2")


def test_the_map_is_scikit_learns_pca_up_to_signs():
    features = LUCK.normal(size=(300, 7)).astype(np.float32) @ LUCK.normal(size=(7, 7)).astype(np.float32)
    ours, known = basis([features[:100], features[100:]]), PCA(2).fit(features)
    np.testing.assert_allclose(np.abs(ours.axes), np.abs(known.components_), atol=1e-4)
    np.testing.assert_allclose(ours.explained, known.explained_variance_ratio_, atol=1e-5)
    np.testing.assert_allclose(np.abs(ours.place(features)), np.abs(known.transform(features)), atol=1e-3)


def test_the_map_does_not_flip_when_all_features_change_their_order():
    features = LUCK.normal(size=(60, 4)).astype(np.float32)
    np.testing.assert_allclose(basis([features]).axes, basis([features[::-1]]).axes, atol=1e-5)


def test_a_single_feature_makes_a_line():
    flat = basis([np.arange(10, dtype=np.float32)[:, None]])
    assert not flat.place(np.ones((3, 1)))[:, 1].any() and flat.explained == (1.0, 0.0)


def test_tsne_keeps_neighbours_together_and_tells_how_far_it_is():
    middles = 8 * np.eye(6, 20)
    features = (middles[np.arange(300) % 6] + LUCK.normal(size=(300, 20))).astype(np.float32)
    told: list[float] = []
    places = tsne(features, told.append)
    assert places.shape == (300, 2) and trustworthiness(features, places, n_neighbors=10) > 0.9
    assert told == sorted(told) and 0.99 < told[-1] <= 1
    np.testing.assert_array_equal(places, tsne(features))


def test_too_few_pictures_for_tsne_get_a_sentence():
    with pytest.raises(LabError, match="needed for a t-SNE map"):
        tsne(np.zeros((3, 5), np.float32))


def test_the_nearest_are_never_oneself_and_in_order():
    features = LUCK.normal(size=(1500, 3)).astype(np.float32)
    places, distances = neighbours(features, 4)
    apart = np.linalg.norm(features[:, None] - features[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    np.testing.assert_array_equal(places, np.argsort(apart, 1)[:, :4])
    np.testing.assert_allclose(distances, np.sort(apart, 1)[:, :4], atol=2e-3)


def test_a_new_picture_lands_where_its_like_are():
    known, places = LUCK.normal(size=(50, 6)).astype(np.float32), LUCK.normal(size=(50, 2))
    np.testing.assert_allclose(among(known[7:8], known, places)[0], places[7], atol=1e-2)


def test_finds_are_counted_by_what_people_made_of_each_label():
    truth = {1: 0, 2: 0, 3: 0, 4: 5, 5: 6}
    found = finds({1: 7, 2: 7, 3: 7}, {1: 0, 2: 4, 4: 9, 5: 6}, truth)
    assert (found.right, found.third, found.missed, found.alarms) == ((1,), (2,), (3,), (4,))
    assert found.found == 2 and found.flipped == 3


def test_two_networks_asked_together_answer_with_the_mean_of_what_they_say():
    def of(*first: float) -> Judged:
        chances = np.array([[each, 1 - each] for each in first], np.float32)
        return Judged(np.zeros(len(first), int), chances, np.zeros(len(first)), np.zeros((len(first), 1)))

    # sure and right beats unsure and wrong, whichever of the two it is; alone each is right on half of them
    said = together(of(0.9, 0.9, 0.4, 0.3), of(0.4, 0.3, 0.9, 0.6))
    assert "right on 75.00%: +25.00 points" in said
