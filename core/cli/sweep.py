"""sweep: vary knobs of a preset, several seeds each; queued for the workers, or watched to the end."""

import argparse
import sys
import time
from typing import TYPE_CHECKING, Any

from core.cli.verb import Failed, settings
from core.config import PRESETS, preset
from core.config.plan import PRUNERS, SAMPLERS, Plan
from core.config.vary import parse
from core.runs.store import Store

if TYPE_CHECKING:  # scipy comes with it: half a second
    from core.runs.outcome import Outcome, Point

POLL = 0.5  # seconds between two looks while watching


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preset", required=True, metavar="NAME", help=f"where to start from: {', '.join(PRESETS)}")
    settings(parser, "turn knobs for all runs")
    parser.add_argument(
        "--vary",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUES",
        help="what is varied: batch_size=32,64,128 or lr=1e-4..1e-1:log, or lr=1e-4..1e-1:log:5 for five values; "
        "may be given several times",
    )
    about = "; ".join(f"{name}: {what}" for name, what in SAMPLERS.items())
    parser.add_argument("--sampler", metavar="NAME", help=f"{about} (default: grid for values, tpe for a range)")
    parser.add_argument("--trials", type=int, metavar="N", help="points to try with random or tpe (default: 20)")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="seeds for every point (default: 3)")
    about = "; ".join(f"{name}: {what}" for name, what in PRUNERS.items() if name != "none")
    parser.add_argument("--prune", nargs="?", const="median", default="none", metavar="HOW", help=f"{about}")
    parser.add_argument("--watch", action="store_true", help="wait for the end; Ctrl-C leaves it to the workers")


def run(told: argparse.Namespace) -> dict[str, Any]:
    from core.runs import pacing, sweeping
    from core.runs.engine import ensure_workers
    from core.runs.outcome import outcome

    plan = planned(told)
    store = Store()
    expected = pacing.estimate(store, plan)
    number = sweeping.begin(store, plan)
    ensure_workers(store)
    if told.watch:
        watch(store, number)
    now = outcome(store, number)
    value = about(now) | {"estimate_seconds": expected.seconds}
    if told.watch and now.is_over and not now.count("finished"):
        print(f"inkling: no run of sweep {number} finished", file=sys.stderr)
        raise Failed(value)
    return value


def planned(told: argparse.Namespace) -> Plan:
    """The plan that the words describe."""
    varied = tuple(parse(each) for each in told.vary)
    sampler = told.sampler or ("tpe" if any(each.count is None for each in varied) else "grid")
    base = preset(told.preset).parse(told.settings)
    trials = 20 if told.trials is None else told.trials
    return Plan(base, varied, sampler, trials, told.seeds, told.prune, told.preset)


def watch(store: Store, number: int) -> None:
    """A line on stderr for every run that is over, until the sweep is. The runs belong to the workers."""
    from core.runs.engine import ensure_workers
    from core.runs.outcome import outcome

    seen: set[int] = set()
    try:
        while True:
            ensure_workers(store)
            now = outcome(store, number)
            for point in now.points:
                for cell in point.cells:
                    if cell.run is None or cell.run in seen or cell.state in ("queued", "running", "paused"):
                        continue
                    seen.add(cell.run)
                    reached = "" if cell.value is None else f"  {cell.value:.2%}"
                    told = f"{point.label}  run {cell.run}  {cell.state}{reached}{'  (was there before)' * cell.reused}"
                    print(f"{now.done:>4} of {now.total}  {told}", file=sys.stderr, flush=True)
            if now.is_over:
                return
            time.sleep(POLL)
    except KeyboardInterrupt:
        print(f"inkling: sweep {number} goes on without you; stop it on the Train page", file=sys.stderr)


def about(now: "Outcome") -> dict[str, Any]:
    """The JSON of one sweep."""
    found = now.verdict()
    importances, how = now.importances() if now.is_over else ({}, "")
    return {
        "id": now.sweep.id,
        "name": now.sweep.name,
        "status": now.sweep.status,
        "metric": now.plan.metric,
        "sampler": now.plan.sampler,
        "runs": now.total,
        "done": now.done,
        "finished": now.count("finished"),
        "pruned": now.count("pruned"),
        "failed": now.count("failed"),
        "reused": now.reused,
        "seconds_left": now.seconds_left,
        "points": [_point(point) for point in now.points],
        "verdict": found.sentence,
        "winner": found.winner,
        "importances": importances,
        "importances_by": how,
    }


def _point(point: "Point") -> dict[str, Any]:
    known = point.measured
    return {
        "knobs": dict(point.knobs),
        "label": point.label,
        "mean": known.mean if known else None,
        "half": known.half if known else None,
        "seeds": len(point.values),
        "runs": [
            {"run": cell.run, "seed": cell.seed, "state": cell.state, "value": cell.value} for cell in point.cells
        ],
    }


def text(value: dict[str, Any]) -> str:
    number, runs = value["id"], value["runs"]
    if value["status"] not in ("finished", "stopped"):
        seconds, known = value["estimate_seconds"], value["reused"]
        took = "" if seconds is None else f", about {_roughly(seconds)}"
        again = f" ({known} of them are known already)" if known else ""
        return f"Sweep {number} ({value['name']}): {runs} runs queued{again}{took}. Watch it: /train?sweep={number}"
    lines = [f"Sweep {number} ({value['name']}) is {value['status']}: {value['finished']} of {runs} runs finished."]
    width = max((len(point["label"]) for point in value["points"]), default=0)
    for point in value["points"]:
        mean, half = point["mean"], point["half"]
        said = "no result" if mean is None else f"{mean:.2%}" + ("" if half is None else f" ± {100 * half:.2f}")
        lines.append(f"  {point['label']:<{width}}  {said}  ({point['seeds']} seed{'s' * (point['seeds'] != 1)})")
    return "\n".join([*lines, value["verdict"]])


def _roughly(seconds: float) -> str:
    from core.runs.pacing import roughly

    return roughly(seconds)
