"""Facts of a run in words that fit on one line."""

from core.config import RunConfig
from core.nets.named import NETS
from core.runs.run import Run

LOOKS = {  # status -> (icon, colour of its badge)
    "queued": (":material/schedule:", "gray"),
    "running": (":material/play_arrow:", "blue"),
    "paused": (":material/pause:", "orange"),
    "stopped": (":material/stop:", "gray"),
    "finished": (":material/check:", "green"),
    "failed": (":material/error:", "red"),
}


def percent(share: float) -> str:
    """0.9886 -> 98.86 %."""
    return f"{100 * share:.2f} %"


FEW = 100  # pictures: below, two decimals of a per cent say more than was seen


def share(right: float, count: int) -> str:
    """The share of right answers: of few pictures their number."""
    return percent(right) if count >= FEW else f"{round(right * count)} of {count}"


def duration(seconds: float) -> str:
    """7 s, 2 min 5 s, 1 h 3 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def facts(run: Run) -> str:
    """What the list says about a run: its state, and how far it is."""
    if run.status == "running" and run.doing and not run.step:
        return run.doing
    if run.status == "running":
        left = f", {duration(run.remaining)} left" if run.remaining is not None else ""
        return f"running {run.progress:.0%}{left}"
    if run.status == "paused":
        return f"paused at {run.progress:.0%}"
    if run.status == "stopped" and run.reason == "pruned":
        return f"pruned after epoch {run.epoch:.3g}"
    if run.seconds:
        return f"{run.status}, {duration(run.seconds)}"
    return run.status


def progress(run: Run) -> str:
    """The line above the curves."""
    if run.status == "queued":
        return "Waiting in the queue: a worker takes it as soon as one is free."
    if run.status == "running" and run.doing:
        return f"{run.doing} …"
    parts = [f"epoch {run.epoch:.2f} of {run.config.epochs}", f"step {run.step:,}"]
    if run.status == "running" and run.remaining is not None:
        parts.append(f"{duration(run.remaining)} left")
    if run.seconds:
        parts.append(f"{duration(run.seconds)} so far" if run.active else f"took {duration(run.seconds)}")
    if run.device:
        parts.append(run.device)
    return " · ".join(parts)


def recipe(config: RunConfig) -> str:
    """A recipe in one sentence."""
    if config.kind == "gan":
        who = {
            "both": "",
            "generator": ", only the generator learns",
            "discriminator": ", only the discriminator learns",
        }
        return (
            f"**{config.net}**, a generator and its discriminator, on **{config.dataset}**, {config.epochs} "
            f"epoch{'s' * (config.epochs != 1)} at {config.lr:g}, {config.batch_size} pictures a step"
            + who[config.train_only]
        )
    net = config.net if config.net in NETS else "an own network"
    net = config.trunk or net
    often = f"{config.epochs} epoch{'s' * (config.epochs != 1)}"
    some = f"{config.train_size:,} pictures of " if config.train_size else ""
    return (
        f"**{net}** on {some}**{config.dataset}**, {often} with {config.optimiser} at {config.lr:g} "
        f"({config.schedule}), {config.batch_size} pictures a step"
    )


def plain(text: str) -> str:
    """A visitor's text without its markdown."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|<>$:~^" else letter for letter in text)
