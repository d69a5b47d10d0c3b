"""Writes docs/reports.md from the code and the shipped results: `python -m docs.make_reports`."""

from pathlib import Path

from core.config.experiment import Experiment
from core.config.experiments import EXPERIMENTS, REPORTS
from core.look.reproduced import Standing, findings, standing
from core.runs import measured

HEAD = """# Five reports, run again

Five student reports trained networks and drew conclusions, from one run each. `core/config/reports_r0.py` to
`reports_r4.py` hold what they claim, figure by figure, with the recipe as far as it is given (`assumed` says what is
not). The [Reports page](pages.md) and [`python -m core reproduce`](cli.md) run any of it again.

- **Row**: one figure of a report with its recipe. A *probe* is a row of ours that shows why. `ours` is our own
  recipe.
- **Measured**: the mean over seeds, ± half of the 95 % interval of that mean (Student's t). One seed has no interval.
- **Reproduced**: within 1.5 points, at the same number of epochs. Where the rate is constant, the first epochs of a
  longer run are, bit for bit, the shorter run: so one run of 30 epochs also answers for 20, and a run of 3 stands in
  a row of 10 as *3 of 10 epochs*, never as reproduced.
- **Claim**: a conclusion of the authors, as a difference between two rows, judged by the interval of that difference
  (paired by seed): it holds, it is the other way round, or it cannot be told from chance.

The measured runs that come with the lab lie in `checkpoints/reports.json`, a run a line: seed, day, machine, load,
seconds, accuracy after each epoch, and every knob that is not at its default. `python -m core reproduce EXPERIMENT
--seeds 3 --record` adds to it; `python -m docs.make_reports` writes this page again. Seconds are comparable within
one machine and load only. CIFAR-10 was measured on a JPEG copy of its pictures, so a point or so below benchmark
figures. Most runs were tested in bf16 where they were trained in it, which may cost some tenths of a point; new
ones are tested in full precision.

"""


def row(stood: Standing) -> str:
    """A line of the table."""
    each, level = stood.row, stood.level
    claimed = "" if each.accuracy is None else f"{100 * each.accuracy:.2f}"
    if each.low is not None:
        claimed = f"{100 * each.low:.0f} to {100 * (each.accuracy or 0):.0f}"
    kind = "probe: " if each.probe and each.name != "ours" else ""
    if level is None:
        return f"| {kind}{each.title} | {claimed} | | | | |"
    spread = f" ± {100 * level.half:.2f}" if level.half is not None else ""
    of = each.config.epochs if each.config else stood.epochs
    epochs = f"{stood.epochs}" if stood.epochs == of else f"{stood.epochs} of {of}"
    busy = f" (load {stood.load:.0f})" if stood.load is not None and stood.load >= 2 else ""
    figure = f"{100 * level.mean:.2f}{spread}"
    return f"| {kind}{each.title} | {claimed} | {figure} | {level.seeds} | {epochs} | {stood.seconds:.1f}{busy} |"


def beside(experiment: Experiment) -> str:
    """The rows as they were measured in several ways, as a table: accuracy after each epoch."""
    assert experiment.aside is not None
    ways = measured.aside(experiment.aside[0])
    lines = [f"| row | claimed % | {' | '.join(f'{way} %' for way in ways)} |", "|---" * (2 + len(ways)) + "|"]
    for row in experiment.reported:
        found = [", ".join(f"{100 * one:.2f}" for one in values.get(row.title, ())) for values in ways.values()]
        if any(found):
            lines.append(f"| {row.title} | {100 * (row.accuracy or 0):.2f} | {' | '.join(found)} |")
    return "\n".join(lines)


def page() -> str:
    """The whole text."""
    records = measured.shipped(Path(__file__).parents[1] / "checkpoints" / "reports.json")
    parts = [HEAD]
    report = ""
    for each in EXPERIMENTS.values():
        if each.report != report:
            report = each.report
            parts.append(f"## {report}: {REPORTS[report]}\n")
        found = {one.name: standing(one, records) for one in each.all_rows}
        parts.append(f"### `{each.name}`: {each.title}\n\n{each.claim}\n\n*Left open*: {each.assumed}\n")
        parts.append("| row | claimed % | measured % | seeds | epochs | seconds |\n|---|---|---|---|---|---|")
        parts.append("\n".join(row(one) for one in found.values()) + "\n")
        judged = [one for one in findings(each, found) if one.kind != "unknown"]
        if judged:
            parts.append("\n".join(f"- {one.claim.text}: {one.sentence}" for one in judged) + "\n")
        if each.aside:
            parts.append(f"*Beside* (`checkpoints/{each.aside[0]}.json`): {each.aside[1]}.\n")
            parts.append(beside(each) + "\n")
        if each.why:
            parts.append(f"**Why.** {each.why}\n")
        if each.missing:
            parts.append(f"*To run it*: {each.missing}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    Path(__file__).with_name("reports.md").write_text(page())
