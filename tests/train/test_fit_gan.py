"""A GAN's training: the facts it yields, exact resume, and what it says when things go wrong."""

import math
from collections.abc import Iterator

import pytest
import torch

from core.config import RunConfig
from core.data.dataset import Dataset, made
from core.errors import LabError
from core.nets.gan import pair
from core.train import duel as duel_file
from core.train import fit_gan as fit_gan_file
from core.train.duel import Duel
from core.train.facts import Ended, Event, Fact, Metric, Snapshot
from core.train.fit_gan import fit_gan
from core.train.gan_losses import d_loss, g_loss
from core.train.gan_pictures import squared
from core.train.slow import slow

CPU = torch.device("cpu")
SMALL = RunConfig("dots", "gan-small", epochs=2, batch_size=16, kind="gan", schedule="constant", lr=2e-4, average=0.9)


@pytest.fixture(autouse=True)
def quickly_judged(monkeypatch):
    """Nine times in eight steps 500 pictures are made and looked at: for the tests 50 will do."""
    monkeypatch.setattr(fit_gan_file, "SAMPLES", 50)


def dots(n: int = 64, side: int = 28, channels: int = 1) -> Dataset:
    luck = torch.Generator().manual_seed(0)
    x = torch.randint(0, 255, (n, channels, side, side), generator=luck, dtype=torch.uint8)
    y = torch.arange(n) % 2
    return made("dots", (x, y), (x[:4], y[:4]), ("even", "odd"))


def told(facts: Iterator[Fact]) -> list[Fact]:
    return list(facts)


def test_a_run_tells_both_scores_of_the_report_and_ends():
    facts = told(fit_gan(SMALL, dots(), CPU))
    names = {name for fact in facts if isinstance(fact, Metric) for name in fact.values}
    assert {"gan/d_right_on_real", "gan/g_fools_d", "gan/d_loss", "gan/g_loss"} <= names
    assert {"gan/feature_distance", "gan/diversity", "gan/nearest"} <= names
    assert isinstance(facts[-1], Ended) and facts[-1].reason == "finished"
    assert facts[-1].step == 8


@pytest.mark.parametrize(
    "changes",
    [{}, {"gan_loss": "hinge", "d_norm": "spectral", "diff_augment": True}, {"conditional": True, "r1": 1.0}],
    ids=["plain", "hinge", "by class with R1"],
)
def test_a_resumed_run_ends_with_the_very_same_weights(changes):
    config = SMALL.replace(**changes)
    whole = [fact for fact in fit_gan(config, dots(), CPU) if isinstance(fact, Snapshot)][-1]
    facts = fit_gan(config, dots(), CPU)
    fact = next(facts)
    while fact.step < 3:
        fact = next(facts)
    while not isinstance(fact, Snapshot):
        fact = facts.send("snapshot")
    facts.close()
    torch.randn(7)  # whatever else happens in this process
    assert 0 < fact.step < whole.step
    again = [each for each in fit_gan(config, dots(), CPU, resume=fact) if isinstance(each, Snapshot)][-1]
    assert again.step == whole.step
    for name, value in whole.weights.items():
        assert torch.equal(value, again.weights[name]), name


@pytest.mark.parametrize("norm", ["batch", "none"])
@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_training_only_one_leaves_the_other_as_it_was(player, norm):
    config = SMALL.replace(train_only=player, average=0.0, d_norm=norm)
    shots = [fact for fact in fit_gan(config, dots(), CPU) if isinstance(fact, Snapshot)]
    other = "discriminator" if player == "generator" else "generator"
    weights = [name for name, value in shots[0].weights.items() if "num_batches" not in name]
    moved = {name for name in weights if not torch.equal(shots[0].weights[name], shots[-1].weights[name])}
    assert any(name.startswith(player) for name in moved)
    assert not any(name.startswith(other) for name in moved)


def test_a_run_can_begin_with_the_weights_of_another():
    first = [fact for fact in fit_gan(SMALL, dots(), CPU) if isinstance(fact, Snapshot)][-1]
    second = next(iter(fact for fact in fit_gan(SMALL, dots(), CPU, start=first.weights) if isinstance(fact, Snapshot)))
    assert second.step == 0
    assert all(torch.equal(value, second.weights[name]) for name, value in first.weights.items())


def test_twenty_pictures_are_trained_on_and_the_page_is_warned():
    facts = told(fit_gan(SMALL, dots(20), CPU))
    warnings = [fact.text for fact in facts if isinstance(fact, Event)]
    assert any("Only 20 pictures" in text and "Change both" in text for text in warnings)
    assert isinstance(facts[-1], Ended)


def test_a_handful_of_pictures_is_refused():
    with pytest.raises(LabError, match="has 5 pictures; a GAN needs 8"):
        Duel(SMALL, dots(5), CPU, None)


def test_pictures_without_labels_cannot_be_made_by_class():
    data = dots()
    bare = made("bare", (data.x_train, data.y_train), (data.x_test, data.y_test), ())
    with pytest.raises(LabError, match="has no labels"):
        Duel(SMALL.replace(conditional=True), bare, CPU, None)


def test_a_loss_that_is_no_number_ends_the_run_with_what_to_try(monkeypatch):
    monkeypatch.setattr(duel_file, "g_loss", lambda *_: torch.tensor(math.nan, requires_grad=True) * 1)
    end = told(fit_gan(SMALL, dots(), CPU))[-1]
    assert isinstance(end, Ended) and end.reason == "diverged"
    assert "no longer a number" in end.text and "lower learning rate" in end.text


def test_a_collapse_is_said(monkeypatch):
    monkeypatch.setattr(fit_gan_file, "PATIENCE", 1)
    monkeypatch.setattr(fit_gan_file, "compare", lambda *_: {"gan/diversity": 0.02, "gan/feature_distance": 400.0})
    texts = [fact.text for fact in told(fit_gan(SMALL, dots(), CPU)) if isinstance(fact, Event)]
    assert sum("has collapsed" in text for text in texts) == 1
    assert any("Try two D steps per G step" in text for text in texts)


@pytest.mark.parametrize(
    ("shape", "side"), [((1, 28, 28), 32), ((3, 32, 32), 32), ((3, 64, 64), 64), ((3, 90, 70), 64), ((1, 20, 31), 32)]
)
def test_pictures_of_any_size_become_square(shape, side):
    assert squared(torch.zeros((3, *shape), dtype=torch.uint8)).shape == (3, shape[0], side, side)


def test_losses_are_those_of_the_papers():
    real, fake = torch.tensor([0.5, 2.0]), torch.tensor([-2.0, 0.25])
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    torch.testing.assert_close(d_loss("bce", real, fake), bce(real, torch.ones(2)) + bce(fake, torch.zeros(2)))
    torch.testing.assert_close(
        d_loss("bce", real, fake, 0.1), bce(real, torch.full((2,), 0.9)) + bce(fake, torch.zeros(2))
    )
    torch.testing.assert_close(d_loss("hinge", real, fake), torch.tensor((0.5 + 0) / 2 + (0 + 1.25) / 2))
    torch.testing.assert_close(g_loss("bce", fake, None), bce(fake, torch.ones(2)))
    torch.testing.assert_close(g_loss("relativistic", fake, real), torch.nn.functional.softplus(real - fake).mean())


def test_the_networks_of_the_report_have_their_size():
    g, d = pair("dcgan", (3, 64, 64))
    # 128 -> 512x4x4, then four transposed convolutions 4x4; the batch norms have two numbers a channel
    weights = 128 * 512 * 16 + 512 * 256 * 16 + 256 * 128 * 16 + 128 * 64 * 16 + 64 * 3 * 16
    assert sum(p.numel() for p in g.parameters()) == weights + 2 * (512 + 256 + 128 + 64)
    assert g(torch.randn(2, 128)).shape == (2, 3, 64, 64) and d(torch.zeros(2, 3, 64, 64)).shape == (2,)
    with pytest.raises(LabError, match="allowed: 1 or 3 channels"):
        pair("dcgan", (3, 48, 48))
    with pytest.raises(LabError, match="Did you mean"):
        pair("dcgann", (3, 64, 64))


def test_the_same_seed_gives_the_same_networks_and_leaves_torchs_luck_alone():
    before = torch.get_rng_state()
    a, b = pair("gan-small", (1, 32, 32), seed=3), pair("gan-small", (1, 32, 32), seed=3)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(p, q) for p, q in zip(a.generator.parameters(), b.generator.parameters(), strict=True))


def test_in_slow_motion_each_player_gets_what_it_wants():
    config = SMALL.replace(lr=1e-3)
    weights = [fact for fact in fit_gan(config, dots(), CPU) if isinstance(fact, Snapshot)][-1].weights
    seen = slow(config, dots(), weights)
    gap = [float((real - made).mean()) for real, made in (seen.before, seen.after_d)]
    assert gap[1] > gap[0]  # the discriminator's step tells real from made better
    assert float(seen.after_g[1].mean()) > float(seen.after_d[1].mean())  # the generator's fools it more
    assert seen.real.shape == seen.made.shape == (8, 1, 32, 32) and not torch.equal(seen.made, seen.remade)
