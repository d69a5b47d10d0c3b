"""Verb: what every file of this folder offers to the command line."""

import argparse
from typing import Any, NoReturn, Protocol

from core.errors import LabError


class Verb(Protocol):
    """A module with these functions is a verb; list it in core/cli/main.py."""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declares what the verb takes. Imports nothing heavy: --help must be quick."""

    def run(self, told: argparse.Namespace) -> Any:
        """Does it; the JSON value of `--json`."""

    def text(self, value: Any) -> str:
        """The same for people."""


class Parser(argparse.ArgumentParser):
    """One line for a wrong argument instead of a screenful."""

    def error(self, message: str) -> NoReturn:
        raise LabError(message)


def settings(parser: argparse.ArgumentParser, about: str) -> None:
    """`--set`, the same for every verb that turns knobs."""
    form = "KEY=VALUE"
    parser.add_argument("--set", nargs="+", action="extend", default=[], metavar=form, dest="settings", help=about)


class Failed(Exception):
    """The verb did its work and the result is bad news: the value is shown, the exit status is 1."""

    def __init__(self, value: Any) -> None:
        super().__init__("failed")
        self.value = value
