"""fit(): a plain training loop that yields facts. Whoever iterates it stores, plots or stops."""

import time
from collections.abc import Generator

import torch
from torch import Tensor, nn

from core.config import RunConfig
from core.data.batches import batches
from core.data.dataset import Dataset
from core.errors import LabError
from core.nets.network import network
from core.train.device import memory_mb, one_thread
from core.train.facts import Ended, Event, Fact, Metric, Snapshot, Tick
from core.train.features import Features, light, on_features
from core.train.training import Training
from core.train.watch import Clock, Watch, moments

HOPELESS = 1e4  # guessing among a thousand classes costs 7: no run comes back from here
Facts = Generator[Fact, str | None, None]


def fit(
    config: RunConfig,
    data: Dataset,
    device: torch.device,
    resume: Snapshot | None = None,
    start: nn.Module | None = None,
    clock: Clock = time.perf_counter,
    features: Features | None = None,
) -> Facts:
    """Trains, and tells about it. Send "snapshot" at any fact and a Snapshot of that very step follows.

    `resume` goes on from a snapshot exactly as if nothing had happened; `start` trains a given network instead of a
    new one, and `features` is what its frozen trunk makes of every picture: then only the rest trains. When a GPU runs
    out of memory, the last snapshot is tried again with each batch cut into two parts.
    """
    last = resume
    facts = attempt(config, data, device, resume, start, clock, features)
    quick = features is not None and start is not None and light(features, start, config)
    wish = None
    try:
        while True:
            with one_thread(quick):
                fact = facts.send(wish)
            last = fact if isinstance(fact, Snapshot) else last
            wish = yield fact
    except StopIteration:
        return
    except torch.OutOfMemoryError:
        if config.batch_size < 2 * config.accumulate:
            raise
    facts.close()
    torch.cuda.empty_cache()
    parts = 2 * config.accumulate
    said = (
        f"Memory ran out: each batch of {config.batch_size} now goes through in {parts} parts. The steps stay the same."
    )
    yield Event(last.step if last else 0, said, "warning")
    yield from attempt(config.replace(accumulate=parts), data, device, last, start, clock, features)


def attempt(
    config: RunConfig,
    data: Dataset,
    device: torch.device,
    resume: Snapshot | None,
    start: nn.Module | None,
    clock: Clock,
    features: Features | None = None,
) -> Facts:
    """One go at the whole run, from its beginning or from a snapshot."""
    if not data.labelled:
        raise LabError(
            f"Dataset {data.name!r} has pictures but no labels: a generator can learn from it, a classifier cannot."
        )
    if config.trunk and start is None:
        raise LabError(
            f"The trunk is {config.trunk!r}, but nobody has brought its weights: start the run from the lab."
        )
    net = start if start is not None else network(config, data.shape, len(data.classes))
    rest: dict[str, Tensor] = {}
    if features is not None:
        config, data, net, rest = on_features(config, data, net, features)
    run = Training(config, data.to(device), net, device, resume, rest)
    watch = Watch(clock, resume.seconds if resume else 0.0, moments(run.total, run.per_epoch, config.snapshots))
    if resume is None:
        with watch.paid():
            yield run.snapshot(0.0, keep=True)
    run.net.train()
    while run.step < run.total:
        epoch, place = divmod(run.step, run.per_epoch)
        run.luck.enter()
        for x, y in batches(run.x, run.y, config, data.mean, data.std, epoch, run.luck.augment, start=place):
            run.advance(x, y)
            if watch.due(run.step, run.per_epoch, run.total):
                run.luck.leave()
                end = yield from tell(run, watch)
                if end:
                    yield end
                    return
                run.luck.enter()
        run.luck.leave()
    figures = run.figures or run.test()
    yield Ended(run.step, "finished", f"Finished after {config.epochs} epoch{'s' * (config.epochs > 1)}.", figures)


def tell(run: Training, watch: Watch) -> Generator[Fact, str | None, Ended | None]:
    """The facts of one step edge; returns the end of the run if this was it."""
    epoch_over = run.step % run.per_epoch == 0
    wish, end = None, None
    if epoch_over or watch.metric_due(run.step, run.total):
        metric = measure(run, watch)
        wish = yield metric
        if not metric.values["train/loss"] < HOPELESS:  # NaN is not smaller than anything
            return diverged(run, metric.values["train/loss"])
    else:
        wish = yield Tick(run.step, run.epochs_done, watch.seconds())
    if epoch_over:
        loss, accuracy, _ = run.epoch.take()
        totals = {"epoch/train_loss": loss, "epoch/train_accuracy": accuracy}
        with watch.aside():
            figures = run.test() if run.test_due else {}
        wish = (yield Metric(run.step, run.epochs_done, watch.seconds(), totals | figures)) or wish
        end = verdict(run, figures) if figures else None
    if end is None and 0 < run.config.stop_seconds <= watch.seconds() and run.step < run.total:
        end = Ended(run.step, "time", f"Stopped after {run.config.stop_seconds:g} seconds, as asked.", run.test())
    keep = bool(wish) or end is not None or run.step in watch.keep
    if keep or watch.snapshot_due():
        with watch.paid():
            yield run.snapshot(watch.seconds(), keep)
    return end


def measure(run: Training, watch: Watch) -> Metric:
    """The figures since the last metric."""
    loss, accuracy, pictures = run.window.take(into=run.epoch)
    values = {
        "train/loss": loss,
        "train/accuracy": accuracy,
        "lr": run.lr,
        "images_per_second": pictures / max(watch.lap(), 1e-9),
        "gradient_norm": run.gradient_norm(),
        "memory_mb": memory_mb(run.device),
    }
    return Metric(run.step, run.epochs_done, watch.seconds(), values)


def verdict(run: Training, figures: dict[str, float]) -> Ended | None:
    """After an epoch: has the run reached its target, or stopped getting better?

    Both look at the held-out pictures if there are any. Without them they look at the test set, and the run says so:
    an accuracy that chose its own moment is a little too good.
    """
    config, judge = run.config, "val" if len(run.y_val) else "test"
    note = "" if judge == "val" else " (judged on the test set: hold out some training pictures for an honest figure)"
    accuracy, loss = figures[f"{judge}/accuracy"], figures[f"{judge}/loss"]
    if 0 < config.stop_accuracy <= accuracy:
        return Ended(
            run.step, "target", f"Reached {accuracy:.2%} of the wanted {config.stop_accuracy:.2%}{note}.", figures
        )
    run.worse = 0 if loss < run.best else run.worse + 1
    run.best = min(run.best, loss)
    if 0 < config.early_stop <= run.worse and run.step < run.total:
        return Ended(
            run.step, "early-stop", f"No better loss for {run.worse} epochs, so training ended{note}.", figures
        )
    return None


def diverged(run: Training, loss: float) -> Ended:
    """The sentence for a loss from which no run comes back."""
    config = run.config
    advice = [f"a lower learning rate (it is {config.lr:g}; try {config.lr / 10:g})"]
    if not config.clip:
        advice.append("a gradient clip of 1")
    if config.scale == "raw":
        advice.append("the pixel scale `standard` (raw pixels go up to 255)")
    what = "no longer a number" if loss != loss else f"{loss:.3g}"
    said = f"Training diverged: at step {run.step} the loss was {what}. Try {', or '.join(advice)}."
    return Ended(run.step, "diverged", said, {})
