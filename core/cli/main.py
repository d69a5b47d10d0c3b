"""Finds the verb, runs it, prints its value: JSON alone on stdout with --json, everything else on stderr."""

import contextlib
import importlib
import json
import math
import os
import sys
from typing import IO, Any, cast

from core.cli.verb import Failed, Parser, Verb
from core.errors import LabError, unknown

VERBS = {  # verb -> what it does; its file has the same name
    "status": "device, precision, datasets, checkpoints and runs",
    "train": "train one run: queued, or in the foreground with --watch",
    "sweep": "vary knobs of a recipe with several seeds each, and say what difference they make",
    "recognise": "read digits and letters on drawings and photos",
    "inside": "every map of one picture in a network, as PNG files",
    "generate": "one picture of a generator as a PNG, the same one every time",
    "reproduce": "what the reports claim beside what is measured; run one of their experiments again",
    "export": "a run as code, notebook, ONNX, weights or table, for use without Inkling",
    "bench": "measure the lab against the plain way",
}


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0, 1 when what was done failed, 2 for a wrong argument, file or value."""
    words = sys.argv[1:] if arguments is None else arguments
    as_json, stdout = "--json" in words, sys.stdout
    try:
        with contextlib.redirect_stdout(sys.stderr):  # whatever a library prints must not get between the JSON
            verb, value, status = _do(words, stdout)
    except LabError as error:
        print(f"inkling: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("inkling: interrupted", file=sys.stderr)
        return 130
    try:
        print(json.dumps(plain(value), allow_nan=False) if as_json else verb.text(value), flush=True)
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def _do(words: list[str], stdout: IO[str]) -> tuple[Verb, Any, int]:
    name = next((word for word in words if not word.startswith("-")), None)
    if name is not None and name not in VERBS:
        raise unknown("The verb", name, VERBS)
    parser, verb = _parser(name)
    with contextlib.redirect_stdout(stdout):  # --help is what was asked for
        told = parser.parse_args(words)
    if verb is None:
        raise LabError(f"There is no verb. Allowed: {', '.join(VERBS)}.")
    try:
        return verb, verb.run(told), 0
    except Failed as failed:
        return verb, failed.value, 1


def _parser(name: str | None) -> tuple[Parser, Verb | None]:
    """The parser with the arguments of one verb only: the others need not even be imported."""
    parser = Parser(
        prog="python -m core", description="Inkling: draw it, train it, look inside it.", allow_abbrev=False
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs", parser_class=Parser)
    verb = None
    for each, about in VERBS.items():
        part = verbs.add_parser(each, help=about, description=about[0].upper() + about[1:] + ".", allow_abbrev=False)
        part.add_argument("--json", action="store_true", help="one JSON value on stdout and nothing else")
        if each == name:
            verb = cast(Verb, importlib.import_module(f"core.cli.{each}"))
            verb.arguments(part)
    return parser, verb


def plain(value: Any) -> Any:
    """JSON has no NaN and no infinity: null."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)
