"""train: one run, queued for a worker or trained here and now."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from core.cli.verb import Failed, settings
from core.config import PRESETS, RunConfig, preset
from core.runs.run import Run
from core.runs.store import Store

if TYPE_CHECKING:
    from core.train.facts import Fact


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preset", required=True, metavar="NAME", help=f"where to start from: {', '.join(PRESETS)}")
    settings(parser, "turn knobs, e.g. lr=0.01")
    parser.add_argument("--watch", action="store_true", help="train in the foreground and wait for the end")
    parser.add_argument("--name", help="what to call the run")


def run(told: argparse.Namespace) -> dict[str, Any]:
    config = preset(told.preset).parse(told.settings)
    check(config)
    store = Store()
    if not told.watch:
        from core.runs.engine import ensure_workers

        number = store.add(config, told.name, preset=told.preset)
        ensure_workers(store)
        return about(store, store.run(number))
    from core.runs.engine import train_now

    number = train_now(store, config, progress, told.name, told.preset)
    done = store.run(number)
    if done.status == "failed":
        print(f"inkling: run {number} failed: {done.error}", file=sys.stderr)
        raise Failed(about(store, done))
    return about(store, done)


def check(config: RunConfig) -> None:
    """Refuses now what the run would fail at in its first second, as far as that can be known without torch."""
    from core.data import registry
    from core.errors import unknown
    from core.nets.rewrite import rewrite

    if registry.state(config.dataset) == "absent":
        raise unknown("dataset", config.dataset, registry.names())
    if config.kind == "gan":
        from core.nets.plans import plan_of

        plan_of(config.net)
        return
    rewrite(config.net, config)
    if config.trunk:
        from core.runs.trunks import found

        found(config.trunk)


def about(store: Store, run: Run) -> dict[str, Any]:
    """The JSON of one run."""
    from core.runs.finish import checkpoint_dir

    folder = checkpoint_dir(run.id)
    figures = store.figures([run.id]).get(run.id, {})
    return {
        "id": run.id,
        "name": run.name,
        "status": run.status,
        "config": run.config.to_dict(),
        "metrics": {**{name: figure.last for name, figure in sorted(figures.items())}, **run.result},
        "seconds": run.seconds,
        "checkpoint": str(folder) if (folder / "card.json").is_file() else None,
        "weights_sha256": run.weights_sha256,
        "error": run.error,
    }


def progress(fact: "Fact") -> None:
    """A line on stderr per epoch, event and end."""
    from core.train.facts import Ended, Event, Metric

    if isinstance(fact, Metric) and "test/accuracy" in fact.values:
        accuracy, loss = fact.values["test/accuracy"], fact.values.get("test/loss", float("nan"))
        print(
            f"epoch {fact.epoch:6.2f}  {fact.seconds:7.1f} s  test accuracy {accuracy:.2%}  loss {loss:.4f}",
            file=sys.stderr,
            flush=True,
        )
    elif isinstance(fact, Event | Ended):
        print(fact.text, file=sys.stderr, flush=True)


def text(value: dict[str, Any]) -> str:
    if value["status"] == "queued":
        return f"Run {value['id']} ({value['name']}) is queued: `python -m core status` shows how far it is."
    accuracy = value["metrics"].get("test/accuracy")
    reached = f", test accuracy {accuracy:.2%}" if accuracy is not None else ""
    return f"Run {value['id']} ({value['name']}) is {value['status']} after {value['seconds']:.1f} s{reached}."
