"""Report R3's network ends in a softmax; PyTorch's cross-entropy takes a softmax, too. What does taking it twice cost?

Writes R3's default net as code (the lab's own export), once as it is and once with a second softmax in the loss, trains
both and keeps the test accuracy after each epoch in checkpoints/softmax-twice.json. Momentum 0.9 and a rate of 0.01 go
a hundred times as far per step as R3's 0.001 without momentum: three epochs stand for its three hundred.

    LAB_DATA=… python -m checkpoints.make.softmax_twice [EPOCHS]
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.config import preset
from core.paths import shipped
from core.runs.exporting import written
from core.train.device import describe

LOSS = "F.cross_entropy(net(x), y)"
TWICE = "F.cross_entropy(net(x).softmax(1), y)"


def accuracies(code: str) -> list[float]:
    """Runs a script in a process of its own; the test accuracy after each epoch."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "run.py"
        file.write_text(code)
        done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True)
    return [round(float(each) / 100, 4) for each in re.findall(r"accuracy ([\d.]+)%", done.stdout)]


def main() -> None:
    epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    config = preset("r3-default").replace(epochs=epochs, lr=0.01, momentum=0.9)
    code = written(config, "R3's default net", None)
    assert LOSS in code
    found = {name: accuracies(text) for name, text in (("once", code), ("twice", code.replace(LOSS, TWICE)))}
    about = {"made": time.strftime("%Y-%m-%d"), "machine": describe()["device"], "config": config.changed()}
    (shipped() / "softmax-twice.json").write_text(json.dumps(about | {"accuracy": found}, indent=1) + "\n")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
