"""Show the code: the very core function behind a picture."""

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from core.paths import ROOT


def show_code(*functions: Callable[..., Any], label: str = "Show the code") -> None:
    """An expander with the source of the functions that made what is above."""
    with st.expander(label, icon=":material/code:"):
        for function in functions:
            where, text = source(function)
            st.caption(where)
            st.code(text, language="python")


@functools.cache  # looking a function up walks through all modules: 50 ms with torch
def source(function: Callable[..., Any]) -> tuple[str, str]:
    """Where the function stands, and its text."""
    file = Path(inspect.getsourcefile(function) or "").resolve()
    lines, first = inspect.getsourcelines(function)
    name = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file.name
    return f"`{name}`, line {first}", "".join(lines)
