"""Writes docs/knobs.md from the code: `python -m docs.make_knobs`."""

from pathlib import Path

from core.config import KNOBS, PRESETS, Knob

HEAD = """# Knobs and presets

Everything about a run is one `RunConfig` (`core/config/run.py`). The sidebar, the command line (`--set key=value`), the
stored run and this table are made from it; `python -m docs.make_knobs` writes the table again.
"""


def allowed(knob: Knob) -> str:
    if knob.choices:
        return ", ".join(knob.choices)
    if knob.kind is bool:
        return "true, false"
    return f"{knob.low:g} to {knob.high:g}" if knob.low is not None and knob.high is not None else "text"


def table(fold: str) -> str:
    rows = [
        f"| `{knob.name}` | {allowed(knob)} | `{knob.default}` | {knob.help} |"
        for knob in KNOBS.values()
        if knob.fold == fold
    ]
    return "\n".join(
        [f"\n## {fold.capitalize()}\n", "| knob | allowed | default | what it does |", "|---|---|---|---|", *rows]
    )


def presets() -> str:
    rows = [f"| `{name}` | {each.title} | {each.about} |" for name, each in PRESETS.items()]
    return "\n".join(["\n## Presets\n", "| preset | title | recipe |", "|---|---|---|", *rows])


if __name__ == "__main__":
    parts = [HEAD, *(table(fold) for fold in ("basic", "optimiser", "data", "transfer", "gan")), presets()]
    Path(__file__).with_name("knobs.md").write_text("\n".join(parts) + "\n")
