"""bench: figures of the lab beside the plain way's, measured now on this machine."""

import argparse
import importlib
from typing import Any

from bench import BENCHES
from core.errors import unknown


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help=f"what to measure: {', '.join(BENCHES)}")
    parser.add_argument("--quick", action="store_true", help="smaller, for a first look")


def run(told: argparse.Namespace) -> dict[str, Any]:
    if told.name not in BENCHES:
        raise unknown("The bench", told.name, BENCHES)
    value: dict[str, Any] = importlib.import_module(f"bench.{told.name}").measure(told.quick)
    return value


def text(value: dict[str, Any]) -> str:
    return "\n".join(_lines(value, ""))


def _lines(value: dict[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for key, each in value.items():
        if isinstance(each, dict):
            lines += [f"{indent}{key}", *_lines(each, indent + "  ")]
        else:
            lines.append(f"{indent}{key:28} {f'{each:.4g}' if isinstance(each, float) else each}")
    return lines
