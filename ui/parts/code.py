"""Show the code: the very core function behind a picture."""

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
            where = Path(inspect.getsourcefile(function) or "").resolve()
            line = inspect.getsourcelines(function)[1]
            st.caption(f"`{where.relative_to(ROOT) if where.is_relative_to(ROOT) else where.name}`, line {line}")
            st.code(inspect.getsource(function), language="python")
