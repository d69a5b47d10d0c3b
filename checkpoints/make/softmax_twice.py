"""Report R3's network ends in a softmax; PyTorch's cross-entropy takes a softmax, too. What does taking it twice cost?

Writes every rung of R3's ladder as code (the lab's own export), each once as it is and once with a second softmax in
the loss, trains them and keeps the test accuracy after each epoch in checkpoints/softmax-twice.json. Momentum 0.9 and
ten times the rate go a hundred times as far per step as R3's plain SGD: an epoch stands for a hundred, three for all.

    LAB_DATA=… python -m checkpoints.make.softmax_twice [RUNG …] [--epochs N]     without a rung: all of them
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from core.config.experiments import EXPERIMENTS
from core.paths import shipped
from core.runs.exporting import written
from core.train.device import describe

LADDER = EXPERIMENTS["r3-ladder"]
RUNGS = {row.title: row.config for row in LADDER.reported if row.config is not None}
LOSS = "F.cross_entropy(net(x), y)"
LOSSES = {"one softmax": LOSS, "two softmaxes": "F.cross_entropy(net(x).softmax(1), y)"}
FILE = "softmax-twice.json"


def accuracies(code: str) -> list[float]:
    """Runs a script in a process of its own; the test accuracy after each epoch."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "run.py"
        file.write_text(code)
        done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True)
    return [round(float(each) / 100, 4) for each in re.findall(r"accuracy ([\d.]+)%", done.stdout)]


def measure(rungs: Iterable[str], epochs: int) -> None:
    """Trains each rung with both losses; what is measured is written at once."""
    file = shipped() / FILE
    kept = json.loads(file.read_text()) if file.is_file() else {}
    found = kept["accuracy"] if kept.get("epochs") == epochs else {name: {} for name in LOSSES}  # no mixed lengths
    for rung in rungs:
        config = RUNGS[rung].replace(epochs=epochs, lr=10 * RUNGS[rung].lr, momentum=0.9)
        code = written(config, f"R3's {rung}", None)
        assert LOSS in code
        for name, loss in LOSSES.items():
            found[name][rung] = accuracies(code.replace(LOSS, loss))
            about = {"made": time.strftime("%Y-%m-%d"), "machine": describe()["device"], "epochs": epochs}
            file.write_text(json.dumps(about | {"accuracy": found}, indent=1) + "\n")
            print(rung, name, found[name][rung], flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rung", nargs="*", metavar="RUNG", help=", ".join(RUNGS))
    parser.add_argument("--epochs", type=int, default=3)
    chosen = parser.parse_args()
    strange = [each for each in chosen.rung if each not in RUNGS]
    if strange:
        parser.error(f"RUNG is {strange[0]!r}; allowed: {', '.join(RUNGS)}")
    measure(chosen.rung or RUNGS, chosen.epochs)


if __name__ == "__main__":
    main()
