"""Report R3's network ends in a softmax; PyTorch's cross-entropy takes a softmax, too. What does taking it twice cost?

Writes rungs of R3's ladder as code (the lab's own export), each once as it is and once with a second softmax in the
loss, trains them and keeps the test accuracy after each epoch in checkpoints/softmax-twice.json. Momentum 0.9 and a
rate of 0.01 go a hundred times as far per step as R3's 0.001 without momentum: an epoch stands for a hundred.

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
from typing import Any

from core.config import preset
from core.paths import shipped
from core.runs.exporting import written
from core.train.device import describe

RUNGS: dict[str, dict[str, Any]] = {
    "3.2 default": {},
    "4.D dropout": {"net": "r3-4d"},
    "4.E batch norm": {"net": "r3-4e"},
}
LOSS = "F.cross_entropy(net(x), y)"
LOSSES = {"once": LOSS, "twice": "F.cross_entropy(net(x).softmax(1), y)"}
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
    base = preset("r3-default").replace(epochs=epochs, lr=0.01, momentum=0.9)
    file = shipped() / FILE
    found = json.loads(file.read_text())["accuracy"] if file.is_file() else {}
    for rung in rungs:
        code = written(base.replace(**RUNGS[rung]), f"R3's {rung}", None)
        assert LOSS in code
        for name, loss in LOSSES.items():
            found[f"{rung}, {name}"] = accuracies(code.replace(LOSS, loss))
            about = {"made": time.strftime("%Y-%m-%d"), "machine": describe()["device"], "config": base.changed()}
            file.write_text(json.dumps(about | {"rungs": RUNGS, "accuracy": found}, indent=1) + "\n")
            print(rung, name, found[f"{rung}, {name}"], flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rung", nargs="*", metavar="RUNG", help=", ".join(RUNGS))
    parser.add_argument("--epochs", type=int, default=2)
    chosen = parser.parse_args()
    strange = [each for each in chosen.rung if each not in RUNGS]
    if strange:
        parser.error(f"RUNG is {strange[0]!r}; allowed: {', '.join(RUNGS)}")
    measure(chosen.rung or RUNGS, chosen.epochs)


if __name__ == "__main__":
    main()
