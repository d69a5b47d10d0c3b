"""Script: a run as plain PyTorch, without Inkling: a Python file or a notebook that gives the very same numbers."""

import json
import re
import textwrap
from collections.abc import Sequence

from core.config import KNOBS, RunConfig
from core.errors import LabError
from core.nets.grammar import parse
from core.nets.rewrite import rewrite
from core.nets.shapes import walk
from core.train.script_augment import augmentation
from core.train.script_data import Source, batches, pictures, scaling
from core.train.script_net import net
from core.train.script_train import TEST, loop, optimiser

UNDERSTOOD = frozenset(
    (
        *(
            "dataset",
            "net",
            "epochs",
            "batch_size",
            "lr",
            "seed",
            "activation",
            "dropout",
            "batch_norm",
            "kernel",
            "filters",
        ),
        *(
            "optimiser",
            "momentum",
            "nesterov",
            "weight_decay",
            "schedule",
            "warmup",
            "step_every",
            "step_factor",
            "label_smoothing",
            "average",
            "clip",
            "early_stop",
            "stop_accuracy",
            "precision",
            "accumulate",
            "snapshots",
            "test_every",
        ),
        *(
            "shuffle",
            "scale",
            "train_size",
            "holdout",
            "crop",
            "shift",
            "rotate",
            "zoom",
            "shear",
            "flip",
            "brightness",
            "contrast",
            "saturation",
            "sharpness",
            "cutout",
            "cutmix",
            "grow",
        ),
    )
)
IMPORTS = {  # how a name shows in the text -> the line it needs
    r"\bcopy\.": "import copy",
    r"\bmath\.": "import math",
    r"\bnumpy\.": "import numpy",
    r"\btorch\.": "import torch",
    r"\btorchvision\.": "import torchvision",
    r"\bnn\.": "from torch import nn",
    r"\bF\.": "from torch.nn import functional as F",
}
Part = tuple[str, str]  # what it is, in a sentence; its code


def check(config: RunConfig) -> None:
    """A LabError that names every knob of this run that a script cannot follow."""
    strange = [name for name in config.changed() if name not in UNDERSTOOD]
    if config.stop_seconds:
        raise LabError(
            f"This run cannot be exported as code: stop_seconds is {config.stop_seconds:g}, and a run that ends by the "
            "clock ends elsewhere each time. Allowed: 0 (off)."
        )
    if strange:
        said = ", ".join(f"{KNOBS[name].label} ({name})" for name in strange)
        raise LabError(
            f"This run cannot be exported as code: it turns {said}, which a plain script does not follow yet. Allowed: "
            "these at their defaults."
        )


def parts(config: RunConfig, source: Source, bf16: bool, threads: int | None = None) -> list[Part]:
    """The sections of the script, in order: a sentence and the code."""
    check(config)
    line = rewrite(config.net, config)
    places = walk(parse(line), source.shape, len(source.classes))
    drops = any(place.layer.word in ("dropout", "dropout2d") for place in places)
    changes = augmentation(config, source)
    found: list[Part] = [
        ("The pictures.", pictures(config, source)),
        (f"The network: `{line}`.", net(places)),
        ("What the network eats.", scaling(config, source)),
    ]
    if changes:
        found.append(("Augmentation: every epoch each picture is changed anew.", changes))
    found += [
        ("Batches.", batches(config, source)),
        ("How each gradient becomes a step.", optimiser(config, bf16)),
        ("How good is it?", TEST.strip("\n")),
        ("Training.", loop(config, source, bf16, drops)),
    ]
    setup = [
        f"SEED = {config.seed}",
        "torch.set_flush_denormal(True)  # tiny numbers count as zero: much faster, and part of the same numbers",
    ]
    if threads:
        setup.append(f"torch.set_num_threads({threads})  # as the lab shares this machine's cores")
    code = "\n".join(setup + [text for _, text in found])
    needed = [line for sign, line in IMPORTS.items() if re.search(sign, code)]
    standard = [line for line in needed if line in ("import copy", "import math")]
    others = sorted((line for line in needed if line not in standard), key=lambda line: (line.startswith("from"), line))
    imports = "\n".join([*standard, *([""] if standard else []), *others])
    return [("What it needs.", f"{imports}\n\n" + "\n".join(setup)), *found]


def python(title: str, about: Sequence[str], sections: Sequence[Part], logged: float | None) -> str:
    """The script as a file."""
    head = '"""' + "\n\n".join([title, *about]) + '\n"""\n'
    body = [sections[0][1], *(f"{_comment(said)}\n{code}" for said, code in sections[1:]), _verdict(logged)]
    return head + "\n" + "\n\n\n".join(body) + "\n"


def _comment(said: str) -> str:
    return textwrap.fill(said, 110, initial_indent="# ", subsequent_indent="# ", break_long_words=False)


def notebook(title: str, about: Sequence[str], sections: Sequence[Part], logged: float | None) -> str:
    """The same as a Jupyter notebook: a cell of words before each cell of code."""
    cells = [_cell("markdown", "\n\n".join([f"# {title}", *about]))]
    for said, code in sections:
        cells += [_cell("markdown", f"## {said}"), _cell("code", code)]
    cells.append(_cell("code", _verdict(logged)))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def _cell(kind: str, text: str) -> dict[str, object]:
    cell: dict[str, object] = {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _verdict(logged: float | None) -> str:
    said = "" if logged is None else f"; Inkling logged {logged!r}"
    return f'print(f"test accuracy {{accuracy!r}}{said}")'
