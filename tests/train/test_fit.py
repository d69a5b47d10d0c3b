"""fit(): the facts it yields, its stops, and exact resuming."""

import math
from collections.abc import Iterable
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.config import RunConfig
from core.data.dataset import Dataset, made
from core.errors import LabError
from core.nets.network import network
from core.train.facts import Ended, Event, Fact, Metric, Snapshot
from core.train.fit import fit

CPU = torch.device("cpu")
LINE = "conv 4 3x3 | bn | relu | pool 2 | conv 6 3x3 | relu | dropout 0.3 | flatten | linear 16 | relu | linear classes"


def blobs(count: int = 256, seed: int = 0) -> Dataset:
    """Four classes that a small net can tell apart: a bright corner each, in noise."""
    luck = torch.Generator().manual_seed(seed)

    def some(n: int) -> tuple[Tensor, Tensor]:
        y = torch.randint(0, 4, (n,), generator=luck)
        x = torch.randint(0, 120, (n, 1, 12, 12), generator=luck, dtype=torch.uint8)
        for corner, (row, column) in enumerate(((0, 0), (0, 6), (6, 0), (6, 6))):
            x[y == corner, :, row : row + 6, column : column + 6] += 90
        return x, y

    return made("blobs", some(count), some(200), ("a", "b", "c", "d"))


def config(**knobs: object) -> RunConfig:
    base = RunConfig("blobs", LINE, epochs=3, batch_size=32, lr=0.01, precision="fp32")
    return base.replace(**knobs)


def of(kind: type, facts: Iterable[Fact]) -> list:
    return [fact for fact in facts if isinstance(fact, kind)]


def weights(facts: list[Fact]) -> dict[str, Tensor]:
    return of(Snapshot, facts)[-1].weights


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_a_run_learns_and_says_so():
    facts = list(fit(config(epochs=6), blobs(), CPU))
    end = facts[-1]
    assert isinstance(end, Ended) and end.reason == "finished" and end.step == 6 * 8
    assert end.values["test/accuracy"] > 0.9
    names = {name for metric in of(Metric, facts) for name in metric.values}
    assert names >= {
        "train/loss",
        "train/accuracy",
        "test/loss",
        "test/accuracy",
        "lr",
        "images_per_second",
        "gradient_norm",
    }
    steps = [metric.step for metric in of(Metric, facts)]
    assert steps == sorted(steps) and steps[-1] == end.step


def test_one_step_equals_plain_pytorch():
    data, wish = (
        blobs(32),
        config(
            net="flatten | linear classes", epochs=1, optimiser="sgd", momentum=0.0, schedule="constant", shuffle=False
        ),
    )
    facts = list(fit(wish, data, CPU))
    net = network(wish, data.shape, 4)
    x = (data.x_train.float() / 255 - data.mean[0]) / data.std[0]
    loss = F.cross_entropy(net(x), data.y_train)
    loss.backward()
    with torch.no_grad():
        for p in net.parameters():
            p -= wish.lr * p.grad
    for name, value in net.state_dict().items():
        torch.testing.assert_close(weights(facts)[name], value)
    assert of(Metric, facts)[0].values["train/loss"] == pytest.approx(loss.item(), rel=1e-5)


def test_the_same_seed_gives_the_same_weights_and_another_seed_does_not():
    first, again, other = (list(fit(config(seed=s, rotate=10.0), blobs(), CPU)) for s in (1, 1, 2))
    assert same(weights(first), weights(again))
    assert not same(weights(first), weights(other))


def test_a_run_leaves_the_global_luck_alone_and_is_not_moved_by_it():
    torch.manual_seed(7)
    before = torch.get_rng_state()
    quiet = list(fit(config(), blobs(), CPU))
    assert torch.equal(before, torch.get_rng_state())
    noisy = []
    for fact in fit(config(), blobs(), CPU):
        torch.rand(3)  # whoever iterates uses the global generator, too
        noisy.append(fact)
    assert same(weights(quiet), weights(noisy))


RESUMED = {
    "adamw": {},
    "momentum": {"optimiser": "sgd", "momentum": 0.9, "nesterov": True, "schedule": "cosine"},
    "muon": {"optimiser": "muon"},
    "asgd": {"optimiser": "asgd", "schedule": "step", "step_every": 1},
    "averaged and augmented": {"average": 0.95, "shift": 0.2, "cutout": 3},
    "averaged muon": {"optimiser": "muon", "average": 0.95},
    "held out": {"holdout": 0.25, "clip": 1.0, "accumulate": 2},
    "mixed": {"cutmix": 0.7, "accumulate": 2, "label_smoothing": 0.1},
    "growing and seldom tested": {"grow": 0.8, "test_every": 2, "net": "conv 4 3x3 | bn | relu | gap | linear classes"},
}


@pytest.mark.parametrize("knobs", RESUMED.values(), ids=RESUMED)
def test_a_run_resumed_in_mid_epoch_ends_with_the_very_same_weights_and_metrics(knobs: dict):
    wish, data = config(**knobs), blobs()
    whole = list(fit(wish, data, CPU))
    facts = fit(wish, data, CPU)
    asked, stored = None, None
    for _ in range(1000):
        fact = facts.send(asked)
        asked = "snapshot" if isinstance(fact, Metric) and fact.step == 11 else None  # epochs are 8 (or 6) steps long
        if isinstance(fact, Snapshot) and fact.step == 11:
            stored = fact
            break
    assert stored is not None and stored.resume
    facts.close()
    tensors = {name: value.clone(memory_format=torch.contiguous_format) for name, value in stored.resume.items()}
    stored = replace(stored, resume=tensors)  # a file does not keep the layout in memory
    before = {name: value.clone() for name, value in tensors.items()}
    rest = list(fit(wish, data, CPU, resume=stored))
    assert same(weights(whole), weights(rest))
    assert losses(whole, after=11) == losses(rest, after=11)
    assert same(before, tensors), "a snapshot must survive being resumed from"


def losses(facts: list[Fact], after: int) -> dict[tuple[int, str], float]:
    timed = ("images_per_second", "memory_mb")
    return {
        (metric.step, name): value
        for metric in of(Metric, facts)
        if metric.step > after
        for name, value in metric.values.items()
        if name not in timed
    }


def test_pictures_grow_stair_by_stair_to_their_full_size(monkeypatch: pytest.MonkeyPatch):
    seen: list[int] = []
    forward = nn.Conv2d.forward

    def watched(self: nn.Conv2d, x: Tensor) -> Tensor:
        if self.training:
            seen.append(x.shape[-1])
        return forward(self, x)

    monkeypatch.setattr(nn.Conv2d, "forward", watched)
    list(fit(config(net="conv 4 3x3 | relu | gap | linear classes", grow=0.5, epochs=3), blobs(), CPU))
    assert seen == [8] * 4 + [9] * 4 + [10] * 4 + [12] * 12  # 12 pixels: 7.5, 9, 10.5 (to even), then all


@pytest.mark.parametrize(
    ("net", "said"),
    [
        (LINE, r"grow is 0\.5, but with `flatten` .* one size .* allowed: 0, or .* `gap` or `gmp`"),
        ("conv 4 3x3 | conv 4 9x9 | gap | linear classes", r"grow is 0\.5, but pictures of 8 x 8 pixels are too small"),
    ],
)
def test_growing_pictures_are_refused_by_a_network_that_cannot_read_small_ones(net: str, said: str):
    with pytest.raises(LabError, match=said):
        list(fit(config(net=net, grow=0.5), blobs(), CPU))


def test_a_run_that_tests_seldom_tests_its_last_epoch():
    facts = list(fit(config(epochs=5, test_every=3), blobs(), CPU))
    over = [metric for metric in of(Metric, facts) if "epoch/train_loss" in metric.values]
    assert len(over) == 5
    assert [metric.step // 8 for metric in over if "test/accuracy" in metric.values] == [3, 5]
    assert facts[-1].values["test/accuracy"] == over[-1].values["test/accuracy"]


def test_a_run_that_trains_in_bf16_is_tested_in_full_precision_as_the_pages_use_it():
    data, this = blobs(), config(precision="bf16")
    facts = list(fit(this, data, CPU))
    net = network(this, data.shape, len(data.classes))
    net.load_state_dict(weights(facts))
    with torch.inference_mode():
        answer = net.eval()(((data.x_test / 255) - torch.tensor(data.mean)) / torch.tensor(data.std))
    assert facts[-1].values["test/loss"] == pytest.approx(float(F.cross_entropy(answer, data.y_test)), rel=1e-5)


def test_moments_to_keep_are_spread_over_the_run_and_include_its_start_and_end():
    kept = [
        snapshot.step for snapshot in of(Snapshot, fit(config(epochs=10, snapshots=5), blobs(), CPU)) if snapshot.keep
    ]
    assert kept == [0, 16, 32, 48, 64, 80]


def test_divergence_ends_the_run_with_advice():
    line = "conv 4 3x3 | leaky | flatten | linear 16 | leaky | linear classes"
    wild = config(lr=10.0, optimiser="sgd", schedule="constant", scale="raw", epochs=20, net=line)
    end = list(fit(wild, blobs(), CPU))[-1]
    assert end.reason == "diverged" and end.step < 20 * 8
    assert "lower learning rate (it is 10; try 1)" in end.text and "standard" in end.text


def test_a_target_accuracy_ends_the_run_and_the_test_set_is_named_as_judge():
    end = list(fit(config(epochs=50, stop_accuracy=0.9), blobs(), CPU))[-1]
    assert end.reason == "target" and end.step < 50 * 8 and "test set" in end.text
    end = list(fit(config(epochs=50, stop_accuracy=0.9, holdout=0.25), blobs(), CPU))[-1]
    assert end.reason == "target" and "test set" not in end.text and end.values["val/accuracy"] >= 0.9


def test_early_stopping_waits_for_its_patience():
    end = list(fit(config(epochs=300, early_stop=2, optimiser="adam", schedule="constant", lr=0.02), blobs(), CPU))[-1]
    assert end.reason == "early-stop" and "2 epochs" in end.text


def test_a_time_limit_ends_the_run_at_a_step_edge():
    end = list(fit(config(epochs=2000, stop_seconds=0.3), blobs(), CPU))[-1]
    assert end.reason == "time" and 0 < end.step < 2000 * 8


def test_held_out_pictures_are_not_trained_on():
    facts = list(fit(config(holdout=0.25, epochs=1), blobs(), CPU))
    assert facts[-1].step == 6  # 192 of 256 pictures in batches of 32
    assert "val/accuracy" in facts[-1].values


def test_memory_running_out_is_answered_by_smaller_parts(monkeypatch: pytest.MonkeyPatch):
    sizes, forward = [], nn.Conv2d.forward

    def tight(self: nn.Conv2d, x: Tensor) -> Tensor:
        if self.training and len(x) > 16:
            raise torch.OutOfMemoryError("CUDA out of memory (as a small card would say)")
        sizes.append(len(x))
        return forward(self, x)

    monkeypatch.setattr(nn.Conv2d, "forward", tight)
    facts = list(fit(config(), blobs(), CPU))
    assert "2 parts" in of(Event, facts)[0].text and of(Event, facts)[0].level == "warning"
    assert facts[-1].reason == "finished" and facts[-1].step == 24


def test_a_batch_that_cannot_be_cut_further_says_memory_ran_out(monkeypatch: pytest.MonkeyPatch):
    def never(self: nn.Conv2d, x: Tensor) -> Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(nn.Conv2d, "forward", never)
    with pytest.raises(torch.OutOfMemoryError):
        list(fit(config(batch_size=1, net="conv 2 3x3 | flatten | linear classes"), blobs(8), CPU))


def test_accumulated_parts_give_the_gradient_of_the_whole_batch():
    plain = {"net": "conv 3 3x3 | relu | flatten | linear classes", "epochs": 1, "optimiser": "sgd", "momentum": 0.0}
    whole, parts = (list(fit(config(accumulate=n, **plain), blobs(), CPU)) for n in (1, 3))
    for name, value in weights(whole).items():
        torch.testing.assert_close(weights(parts)[name], value, rtol=1e-4, atol=1e-6)


def test_training_loss_of_the_whole_epoch_is_the_mean_over_its_pictures():
    facts = list(fit(config(epochs=1, lr=1e-7, net="flatten | linear classes"), blobs(100), CPU))
    start = of(Snapshot, facts)[0]
    data = blobs(100)
    x = (data.x_train.float() / 255 - data.mean[0]) / data.std[0]
    weight, bias = start.weights.values()
    expected = F.cross_entropy(x.flatten(1) @ weight.T + bias, data.y_train).item()
    measured = next(m.values["epoch/train_loss"] for m in of(Metric, facts) if "epoch/train_loss" in m.values)
    assert math.isclose(measured, expected, rel_tol=1e-3)


def test_one_picture_too_many_for_the_batches_does_not_break_batch_norm():
    facts = list(fit(config(epochs=1, net="flatten | linear 8 | bn | relu | linear classes"), blobs(33), CPU))
    assert facts[-1].reason == "finished" and facts[-1].step == 1


def test_pictures_without_labels_are_refused():
    with pytest.raises(LabError, match="'blobs' has pictures but no labels"):
        list(fit(config(), replace(blobs(), classes=()), CPU))


def test_speed_counts_neither_testing_nor_storing():
    class Clock:
        now = 0.0

        def __call__(self) -> float:
            self.now += 0.001  # a step edge asks a few times
            return self.now

    clock, rates = Clock(), []
    for fact in fit(config(epochs=4, snapshots=100), blobs(), CPU, clock=clock):
        if isinstance(fact, Snapshot):
            clock.now += 50.0  # a slow disk
        elif isinstance(fact, Metric) and "images_per_second" in fact.values:
            rates.append(fact.values["images_per_second"])
    assert max(rates) < 5 * min(rates), rates
