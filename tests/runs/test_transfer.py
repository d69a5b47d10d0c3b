"""Transfer through the lab's doors: trunks by name, exact resume, features once, sentences for what does not fit."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.config import RunConfig
from core.data.dataset import Dataset, made
from core.errors import LabError
from core.nets import checkpoint
from core.nets.card import Card
from core.nets.line import build
from core.nets.transfer import joined, moved_parts, parts, rung
from core.runs import featurefiles, trunks
from core.runs.engine import train_now
from core.runs.moving import moved_at
from core.runs.openings import open_run
from core.runs.store import Store
from core.train.facts import Ended, Snapshot
from core.train.features import where
from core.train.fit import fit

CPU = torch.device("cpu")
LINE = "conv 4 3x3 | bn | relu | pool 2 | dropout2d 0.2 | flatten | linear 8 | relu | linear classes"


@pytest.fixture
def trunk(home) -> str:
    """A small network that knows five classes of grey pictures of 12x12."""
    net = build(LINE, (1, 12, 12), 5, seed=3)
    half = (0.4,)
    checkpoint.save(
        home / "checkpoints" / "small", net, Card("small", "", (1, 12, 12), tuple("abcde"), mean=half, std=half)
    )
    return "small"


def pictures(count: int, side: int = 12, channels: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    luck = np.random.default_rng(side)
    y = luck.integers(0, 2, count)
    x = luck.integers(0, 140, (count, channels, side, side))
    x[y == 0, :, :, : side // 2] += 80
    return torch.from_numpy(x.astype(np.uint8)), torch.from_numpy(y)


def data(side: int = 12, channels: int = 1) -> Dataset:
    return made("tiny", pictures(96, side, channels), pictures(40, side, channels), ("left", "right"))


@pytest.fixture
def tiny(home):
    folder = home / "data"
    folder.mkdir(parents=True, exist_ok=True)
    d = data()
    x_train, x_test = d.x_train[:, 0].numpy(), d.x_test[:, 0].numpy()
    np.savez(folder / "tiny.npz", x_train=x_train, y_train=d.y_train.numpy(), x_test=x_test, y_test=d.y_test.numpy())
    return folder


def config(**more) -> RunConfig:
    return RunConfig("tiny", trunk="small", epochs=3, batch_size=16, lr=0.01, precision="fp32", snapshots=3).replace(
        **more
    )


def trained(given: RunConfig, d: Dataset, resume: Snapshot | None = None) -> tuple[trunks.Ready, list]:
    ready = trunks.prepared(given, d, resume, CPU, lambda what, share: None)
    return ready, list(fit(ready.config, ready.data, CPU, resume=resume, **ready.given))


def snapshots(facts: list) -> list[Snapshot]:
    return [fact for fact in facts if isinstance(fact, Snapshot)]


def test_only_the_new_head_learns_and_the_snapshots_hold_the_whole_network(trunk):
    ready, facts = trained(config(), data())
    first, last = snapshots(facts)[0].weights, snapshots(facts)[-1].weights
    trunk_weights = checkpoint.load(checkpoint.find("small"))[0].state_dict()
    assert set(first) == set(last) == set(build(ready.config.net, (1, 12, 12), 2).state_dict())
    for name, value in trunk_weights.items():
        if not name.startswith("layers.8."):
            assert torch.equal(last[name], value), name
    assert not torch.equal(first["layers.8.weight"], last["layers.8.weight"])
    assert ready.given["features"] is not None and ready.given["features"].cut == 8


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"retrain": "last-2", "optimiser": "muon"},
        {"retrain": "all", "unfreeze_at": 1},
        {"retrain": "block", "average": 0.9},
        {"copies": 2, "rotate": 10.0},
        {"retrain": "scratch"},
        {"head": "gap-256", "optimiser": "sgd"},
    ],
    ids=lambda more: "-".join(map(str, more.values())) or "last",
)
def test_a_resumed_transfer_ends_with_the_very_weights_even_if_its_trunk_is_gone(trunk, monkeypatch, more):
    given = config(**more)
    ready, facts = trained(given, data())
    whole = snapshots(facts)
    middle = next(each for each in whole if 0 < each.step < whole[-1].step)
    monkeypatch.setattr(trunks, "found", None)  # nobody may ask for the trunk again
    _, again = trained(ready.config, data(), middle)
    for name, value in whole[-1].weights.items():
        assert torch.equal(snapshots(again)[-1].weights[name], value), name


def test_features_give_what_running_the_trunk_gives(trunk):
    _, facts = trained(config(), data())
    without = trunks.prepared(config(), data(), None, CPU, lambda what, share: None)
    slow = list(fit(without.config, without.data, CPU, start=without.given["start"]))
    fast_end, slow_end = (next(f for f in each if isinstance(f, Ended)).values for each in (facts, slow))
    assert fast_end["test/accuracy"] == pytest.approx(slow_end["test/accuracy"], abs=0.003)
    assert fast_end["test/loss"] == pytest.approx(slow_end["test/loss"], abs=1e-4)


@pytest.mark.parametrize(("most", "inside"), [(1 << 24, 1), (10, 2)], ids=["a small head", "a large head"])
def test_a_small_head_on_features_learns_with_one_thread_and_gives_the_others_back(trunk, monkeypatch, most, inside):
    from core.train import features
    from core.train.training import Training

    seen = []
    real = Training.advance
    monkeypatch.setattr(features, "LIGHT", most)
    monkeypatch.setattr(Training, "advance", lambda *given: seen.append(torch.get_num_threads()) or real(*given))
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        ready = trunks.prepared(config(), data(), None, CPU, lambda what, share: None)
        for _ in fit(ready.config, ready.data, CPU, **ready.given):
            assert torch.get_num_threads() == 2
        assert set(seen) == {inside}
        seen.clear()
        list(fit(ready.config, ready.data, CPU, start=ready.given["start"]))  # the trunk in every epoch
        assert set(seen) == {2}
    finally:
        torch.set_num_threads(before)


def test_features_are_computed_once_and_again_when_anything_they_depend_on_changes(trunk, monkeypatch):
    counted = []
    real = featurefiles.compute
    monkeypatch.setattr(featurefiles, "compute", lambda *given: counted.append(1) or real(*given))
    for _ in range(2):
        trained(config(), data())
    trained(config(lr=0.1, epochs=2), data())
    assert len(counted) == 1
    trained(config(scale="unit"), data())  # the trunk's own scale is taken: nothing changes
    assert len(counted) == 1
    d = data()
    trained(config(), replace(d, x_train=d.x_train.flip(3)))
    trained(config(copies=1, rotate=5.0), d)
    trained(config(copies=1, rotate=5.0, seed=4), d)
    assert len(counted) == 4


def test_a_damaged_feature_file_is_made_anew(trunk):
    trained(config(), data())
    (file,) = featurefiles.folder().iterdir()
    file.write_bytes(b"damaged")
    trained(config(), data())
    assert file.stat().st_size > 100


@pytest.mark.parametrize("more", [{"rotate": 10.0}, {"retrain": "all"}, {"unfreeze_at": 1}, {"retrain": "scratch"}])
def test_the_trunk_runs_every_epoch_where_its_answers_change(trunk, more):
    given, net, _ = trunks.start(config(**more), (1, 12, 12), 2)
    assert where(net, given, data()) == 0


def test_stages_climb_the_ladder_from_the_head_down():
    climbing = RunConfig(trunk="x", retrain="all", unfreeze_at=2)
    assert [rung(climbing, epoch) for epoch in range(9)] == ["last"] * 2 + ["last-2"] * 2 + ["block"] * 2 + ["all"] * 3
    assert rung(climbing.replace(unfreeze_at=0), 0) == "all"


def test_the_layers_below_the_head_learn_more_slowly(trunk):
    still = trained(config(retrain="all", trunk_rate=0.0), data())[1]
    first, last = snapshots(still)[0].weights, snapshots(still)[-1].weights
    assert torch.equal(first["layers.0.weight"], last["layers.0.weight"])
    assert not torch.equal(first["layers.8.weight"], last["layers.8.weight"])


def test_a_kept_head_answers_as_the_trunk_did_for_the_classes_it_knows(trunk):
    given = config(head="kept")
    _, net, notes = trunks.start(given, (1, 12, 12), 3, names=("d", "new", "a"))
    old = checkpoint.load(checkpoint.find("small"))[0].eval()
    x = torch.rand(4, 1, 12, 12)
    assert torch.equal(net.eval()(x)[:, [0, 2]], old(x)[:, [3, 0]])
    assert notes == ["The last layer begins with the trunk's answers to 2 of the 3 classes."]
    assert [name for name, p in net.named_parameters() if p.requires_grad] == ["layers.8.weight", "layers.8.bias"]


def test_a_run_that_keeps_its_head_begins_where_its_trunk_ended(tiny):
    store, first = Store(), config(trunk=None, net=LINE, epochs=4)
    done = store.run(train_now(store, first, lambda fact: None))
    on = config(trunk=f"run:{done.id}", head="kept", retrain="all", lr=1e-7)
    more = store.run(train_now(store, on, lambda fact: None))
    anew = [store.run(train_now(store, on.replace(head="linear", seed=seed), lambda fact: None)) for seed in range(3)]
    assert done.result["test/accuracy"] > 0.9
    assert more.result["test/accuracy"] == pytest.approx(done.result["test/accuracy"], abs=0.03)
    assert min(each.result["test/accuracy"] for each in anew) < 0.7, "a new head has to begin anew"


def test_a_head_cannot_be_kept_where_no_class_is_known(trunk):
    with pytest.raises(LabError, match="knows none of these classes: it answers a, b, c, d, …, and they are left, rig"):
        trained(config(head="kept"), data())
    with pytest.raises(LabError, match="answers with ImageNet's 1,000 classes; allowed with a backbone: linear"):
        trunks.start(RunConfig("photos", trunk="resnet18 pretrained", head="kept"), (3, 32, 32), 2)


def test_r1s_counter_says_21330_frozen_and_153_trainable():
    plan = trunks.plan(RunConfig("greek27", trunk="r1-lenet-mnist"), (1, 28, 28), 3)
    assert (plan.frozen, plan.trainable) == (21_330, 153)
    assert [(p.word, p.parameters, p.trainable) for p in plan.after if p.parameters] == [
        ("conv 10 5x5", 260, 0), ("conv 20 5x5", 5_020, 0), ("linear 50", 16_050, 0), ("linear classes", 153, 153),
    ]  # fmt: skip
    assert sum(part.parameters for part in plan.before) == 21_840


def test_r1s_animals_train_527114():
    plan = trunks.plan(RunConfig(trunk="resnet152", head="gap-256"), (3, 128, 128), 10)
    assert plan.trainable == 527_114


def test_other_sizes_and_colours_are_made_to_fit_and_that_is_said(trunk):
    given, net, notes = trunks.start(config(), (3, 20, 20), 2)
    assert given.net.startswith("resize 12 | conv 4 3x3") and len(notes) == 2
    grey = torch.rand(2, 1, 12, 12)
    old = checkpoint.load(checkpoint.find("small"))[0]
    same = net.layers[1](grey.expand(-1, 3, -1, -1))  # three equal colours look as grey did
    assert torch.allclose(same, old.layers[0](grey), atol=1e-5)


def test_a_trunk_whose_layers_do_not_fit_is_a_sentence(home):
    flat = build("flatten | linear 6 | relu | linear classes", (1, 12, 12), 3)
    checkpoint.save(home / "checkpoints" / "flat", flat, Card("flat", "", (1, 12, 12), tuple("abc")))
    with pytest.raises(LabError, match="does not fit these pictures: `linear 6` has weights for 144 numbers"):
        trunks.start(config(trunk="flat"), (3, 12, 12), 2)
    wide = build("conv 2 3x3 | gap | linear classes", (1, 12, 20), 3)
    checkpoint.save(home / "checkpoints" / "wide", wide, Card("wide", "", (1, 12, 20), tuple("abc")))
    with pytest.raises(LabError, match="only square ones can be resized"):
        trunks.start(config(trunk="wide"), (1, 12, 12), 2)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nonsense", "The trunk is 'nonsense'"),
        ("run:7", "run:7"),
        ("run:x", "allowed: run: and a run's number"),
        ("file:mobilenet_v2", "there is no .*mobilenet_v2.safetensors"),
        ("file:../../etc/passwd", "The trunk's file is"),
    ],
)
def test_a_trunk_that_is_not_there_is_a_sentence(home, name, said):
    with pytest.raises(LabError, match=said):
        trunks.found(name)


def test_knobs_that_would_make_another_trunk_of_it_are_refused(trunk):
    with pytest.raises(LabError, match="but kernel is 5; allowed with a trunk: none"):
        trunks.settled(config(kernel=5), (1, 12, 12))


def test_a_transfer_run_opens_like_any_other_and_its_frozen_layers_have_not_moved(trunk, tiny):
    store = Store()
    number = train_now(store, config(), lambda fact: None)
    run = store.run(number)
    assert run.status == "finished" and "linear classes" in run.config.net and run.config.trunk == "small"
    assert open_run(store, number).net.classes == 2
    moved = {part.word: share for part, share in moved_at(store, number) if share is not None}
    assert moved["conv 4 3x3"] == moved["linear 8"] == 0.0 and moved["linear classes"] > 0.01
    other = train_now(store, config(trunk=f"run:{number}", retrain="all"), lambda fact: None)
    assert store.run(other).status == "finished"  # a run is a trunk, too
    assert all(share > 0 for part, share in moved_at(store, other) if share is not None)


def test_a_trunk_that_is_gone_fails_the_run_with_a_sentence(tiny):
    store = Store()
    number = train_now(store, config(trunk="gone"), lambda fact: None)
    assert store.run(number).status == "failed" and "The trunk is 'gone'" in store.run(number).error


def test_the_moved_share_is_what_pytorch_says(trunk):
    net = checkpoint.load(checkpoint.find("small"))[0]
    before = {name: value.clone() for name, value in net.state_dict().items()}
    after = {name: value * 1.5 if name.startswith("layers.6") else value for name, value in before.items()}
    shares = {part.path: share for part, share in moved_parts(net, before, after)}
    assert shares["layers.6"] == pytest.approx(0.5) and shares["layers.0"] == 0.0 and shares["layers.2"] is None
    assert sum(part.parameters for part in parts(net)) == sum(p.numel() for p in net.parameters())


@pytest.mark.parametrize(
    ("line", "head", "wanted"),
    [
        ("conv 4 3x3 | relu | flatten | linear 9 | relu | linear classes", "linear",
         "conv 4 3x3 | relu | flatten | linear 9 | relu | linear classes"),
        ("conv 4 3x3 | relu | flatten | linear 9 | relu | linear classes", "gap-256",
         "conv 4 3x3 | relu | gap | linear 256 | relu | dropout 0.5 | linear classes"),
        ("resnet18 pretrained | linear classes", "gap-256",
         "resnet18 pretrained | linear 256 | relu | dropout 0.5 | linear classes"),
        ("res 8 | gap | dropout 0.2 | linear classes | scale 0.5", "linear",
         "res 8 | gap | dropout 0.2 | linear classes"),
    ],
)  # fmt: skip
def test_a_head_replaces_the_last_layer(line, head, wanted):
    assert joined(line, head, (1, 12, 12), (1, 12, 12)) == wanted
