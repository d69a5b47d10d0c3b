"""fit_gan(): the training loop of a generator and its discriminator, yielding the same facts as fit()."""

import math
import time
from collections.abc import Generator

import torch
from torch import Tensor

from core.config import RunConfig
from core.data.dataset import Dataset
from core.train import duel_snapshot
from core.train.device import memory_mb
from core.train.duel import Duel
from core.train.facts import Ended, Event, Metric, Snapshot, Tick
from core.train.fit import Facts
from core.train.likeness import Reference
from core.train.watch import Clock, Watch, moments

HOPELESS = 1e4
JUDGED = 25  # how often over a run the pictures are compared with the real ones
SAMPLES = 500  # pictures for that
FEW = 1000  # fewer training pictures than this are soon known by heart
COLLAPSED = 0.35  # of the real pictures' diversity
PATIENCE = 300  # steps before a generator can be said to have collapsed
WINS = (0.97, 0.03)  # right on real above, fooled below: the discriminator has won


def fit_gan(
    config: RunConfig,
    data: Dataset,
    device: torch.device,
    resume: Snapshot | None = None,
    start: dict[str, Tensor] | None = None,
    clock: Clock = time.perf_counter,
) -> Facts:
    """Trains both networks in turn, and tells about it. Send "snapshot" at any fact and one of that step follows.

    `resume` goes on exactly as if nothing had happened; `start` begins a new run with a snapshot's weights.
    """
    given = Snapshot(0, 0.0, 0.0, start, {}) if start is not None and resume is None else resume
    duel = Duel(config, data, device, given)
    watch = Watch(clock, resume.seconds if resume else 0.0, moments(duel.total, duel.per_epoch, config.snapshots))
    judged = moments(duel.total, duel.per_epoch, JUDGED)
    with watch.aside():
        reference = Reference(duel.x)
    said: set[str] = set(resume.meta.get("said", ())) if resume else set()
    if resume is None:
        if len(duel.x) < FEW:
            yield Event(0, few(len(duel.x), config), "warning")
        with watch.paid():
            yield duel_snapshot.take(duel, 0.0, keep=True)
    figures: dict[str, float] = {}
    while duel.step < duel.total:
        epoch, place = divmod(duel.step, duel.per_epoch)
        duel.luck.enter()
        for chosen in duel.places(epoch, place):
            duel.advance(chosen)
            if duel.step in judged or watch.due(duel.step, duel.per_epoch, duel.total):
                duel.luck.leave()
                end = yield from tell(duel, watch, reference, judged, figures, said)
                if end:
                    yield end
                    return
                duel.luck.enter()
        duel.luck.leave()
    yield Ended(duel.step, "finished", f"Finished after {config.epochs} epoch{'s' * (config.epochs > 1)}.", figures)


def tell(
    duel: Duel, watch: Watch, reference: Reference, judged: frozenset[int], figures: dict[str, float], said: set[str]
) -> Generator[Metric | Tick | Event | Snapshot, str | None, Ended | None]:
    """The facts of one step edge; returns the end of the run if this was it."""
    wish, end = None, None
    if watch.metric_due(duel.step, duel.total) or duel.step % duel.per_epoch == 0:
        metric = measure(duel, watch)
        wish = yield metric
        bad = [value for name, value in metric.values.items() if name.endswith("_loss") and not abs(value) < HOPELESS]
        if bad:
            return diverged(duel, bad[0])
        text = winning(metric.values)
        if text and duel.step >= PATIENCE and "wins" not in said:
            said.add("wins")
            wish = (yield Event(duel.step, text, "warning")) or wish
    else:
        wish = yield Tick(duel.step, duel.epochs_done, watch.seconds())
    if duel.step in judged or duel.step == duel.total:
        with watch.aside():
            figures.update(compare(duel, reference))
        wish = (yield Metric(duel.step, duel.epochs_done, watch.seconds(), dict(figures))) or wish
        if figures["gan/diversity"] < COLLAPSED and duel.step >= PATIENCE and "collapse" not in said:
            said.add("collapse")
            wish = (yield Event(duel.step, collapsed(figures["gan/diversity"], duel.config), "warning")) or wish
    if 0 < duel.config.stop_seconds <= watch.seconds() and duel.step < duel.total:
        end = Ended(duel.step, "time", f"Stopped after {duel.config.stop_seconds:g} seconds, as asked.", dict(figures))
    keep = bool(wish) or end is not None or duel.step in watch.keep
    if keep or watch.snapshot_due():
        with watch.paid():
            snapshot = duel_snapshot.take(duel, watch.seconds(), keep)
            snapshot.meta["said"] = sorted(said)
            yield snapshot
    return end


def measure(duel: Duel, watch: Watch) -> Metric:
    """The figures since the last metric."""
    pictures = duel.window.pictures * duel.batch
    values = duel.window.take() | {
        "lr": duel.lr,
        "images_per_second": pictures / max(watch.lap(), 1e-9),
        "gradient_norm": duel.gradient_norm(),
        "memory_mb": memory_mb(duel.device),
    }
    return Metric(duel.step, duel.epochs_done, watch.seconds(), values)


def compare(duel: Duel, reference: Reference) -> dict[str, float]:
    """Made beside real pictures, always from the same latents: the figures differ by the generator alone."""
    z = torch.randn(SAMPLES, duel.config.latent, generator=torch.Generator().manual_seed(5)).to(duel.device)
    found = reference.compare(duel.samples(z))
    return {
        "gan/feature_distance": found.distance,
        "gan/diversity": found.diversity,
        "gan/nearest": found.nearest,
    }


def few(n: int, config: RunConfig) -> str:
    advice = "" if config.diff_augment else " switch `Change both` on, and"
    return (
        f"Only {n} pictures: the discriminator will soon know them by heart, and the generator can at best copy them."
        f" For pictures of its own{advice} bring 1,000 or more."
    )


def collapsed(diversity: float, config: RunConfig) -> str:
    advice = ["more steps per picture (a smaller batch)", "another seed"]
    if not config.diff_augment:
        advice.insert(0, "`Change both`")
    if config.d_steps == 1:
        advice.insert(0, "two D steps per G step")
    return (
        f"All its pictures look nearly alike ({diversity:.0%} of the real ones' diversity): the generator has collapsed"
        f" onto what fools the discriminator best. Try {', '.join(advice[:-1])} or {advice[-1]}."
    )


def winning(values: dict[str, float]) -> str | None:
    right, fooled = values.get("gan/d_right_on_real", 0.0), values.get("gan/g_fools_d", 1.0)
    if right < WINS[0] or fooled > WINS[1]:
        return None
    return (
        f"The discriminator wins: {right:.0%} right on real pictures, fooled by {fooled:.0%} of the made ones, so the"
        " generator learns little from it. Try `Change both`, label smoothing 0.1, or a lower D learning rate."
    )


def diverged(duel: Duel, loss: float) -> Ended:
    what = "no longer a number" if math.isnan(loss) else f"{loss:.3g}"
    advice = f"a lower learning rate (it is {duel.config.lr:g}; try {duel.config.lr / 4:g})"
    advice += " or `spectral` as D norm" if duel.config.d_norm != "spectral" else ""
    advice += ", and precision fp32" if duel.dtype is not None else ""
    return Ended(duel.step, "diverged", f"Training broke: at step {duel.step} a loss was {what}. Try {advice}.", {})
